package io.evenkeel.worker;

import java.net.BindException;
import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the worker, and with it the fleet's monitor. */
@EnableScheduling
@SpringBootApplication
public class EvenkeelWorker {
  private static final int USAGE = 2;

  private static final int FAILED = 1;

  /**
   * Ends with 2 and one line where a setting cannot be taken, with 1 and one line where the address
   * is not to be had.
   */
  public static void main(String[] args) {
    try {
      var _ = application().run(args);
    } catch (RuntimeException failure) {
      Throwable root = failure;
      while (root.getCause() != null) {
        root = root.getCause();
      }
      System.err.println("evenkeel: the worker does not start: " + reason(root));
      if (!(root instanceof BindException)) {
        failure.printStackTrace();
      }
      System.exit(FAILED);
    }
  }

  private static String reason(Throwable root) {
    return root instanceof BindException
        ? "SERVER_ADDRESS and SERVER_PORT: " + root.getMessage()
        : root.toString();
  }

  /** The application, its settings read before anything else is made. */
  public static SpringApplication application() {
    SpringApplication application = new SpringApplication(EvenkeelWorker.class);
    application.addInitializers(context -> {
      try {
        Settings settings = Settings.read(context.getEnvironment()::getProperty);
        context.getBeanFactory().registerSingleton("settings", settings);
      } catch (Settings.Malformed malformed) {
        System.err.println("evenkeel: " + malformed.getMessage());
        System.exit(USAGE);
      }
    });
    return application;
  }
}
