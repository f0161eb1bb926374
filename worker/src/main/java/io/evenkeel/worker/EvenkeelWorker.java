package io.evenkeel.worker;

import org.springframework.boot.SpringApplication;
import org.springframework.boot.autoconfigure.SpringBootApplication;
import org.springframework.scheduling.annotation.EnableScheduling;

/** Starts the worker, and with it the fleet's monitor. */
@EnableScheduling
@SpringBootApplication
public class EvenkeelWorker {
  private static final int USAGE = 2;

  /** Ends with 2 and one line where a setting cannot be taken. */
  public static void main(String[] args) {
    var _ = application().run(args);
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
