package io.evenkeel.worker;

import io.evenkeel.workflow.EvenkeelData;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.time.Duration;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's link to Temporal: made once, with the workers at its end, and supervised from then
 * on. None of its methods fails because Temporal is away. One thread connects and supervises; any
 * may ask.
 */
final class TemporalLink implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TemporalLink.class);

  private final Settings.Temporal settings;
  private final WorkerSetup setup;
  private final TemporalHost host;
  private final Room room;
  private volatile boolean connected;
  private volatile boolean searchAttributes;
  private volatile @Nullable WorkflowClient client;
  private volatile @Nullable WorkerFactory factory;

  TemporalLink(Settings settings, WorkerSetup setup) {
    this.settings = settings.temporal();
    this.setup = setup;
    this.host = new TemporalHost(settings);
    this.room = new Room(settings.dataDir());
  }

  /** Whether Temporal answered when it was last looked at. */
  boolean connected() {
    return connected;
  }

  /** What keeps Temporal from its work, in a few words; empty where nothing does. */
  String trouble() {
    if (!connected) {
      return "does not answer; trying again";
    }
    return room.isEnough() ? "" : "hardly any room for its file in " + room;
  }

  /** Temporal's client; null until the link is made, and never again from then on. */
  @Nullable WorkflowClient client() {
    return client;
  }

  /** Whether the namespace knows the search attributes; false until the link is made. */
  boolean searchAttributes() {
    return searchAttributes;
  }

  /** host:port of Temporal. */
  String target() {
    return host.target();
  }

  /**
   * Tries once to make the link, starts the workers and prepares the namespace.
   *
   * @return whether it is made; if not, the reason is in the log
   */
  boolean connect() {
    @Nullable WorkflowServiceStubs stubs = null;
    try {
      host.ensure();
      stubs = WorkflowServiceStubs.newServiceStubs(stubsOptions());
      stubs.healthCheck();
      WorkflowClient made =
          WorkflowClient.newInstance(
              stubs,
              WorkflowClientOptions.newBuilder()
                  .setNamespace(settings.namespace())
                  .setDataConverter(EvenkeelData.converter())
                  .build());
      WorkerFactory workers = setup.workers(made, host.mode());
      workers.start();
      prepare(new NamespaceSetup(stubs, settings.namespace()));
      client = made;
      factory = workers;
      connected = true;
      return true;
    } catch (IOException | StatusRuntimeException | IllegalArgumentException notYet) {
      log.warn("Temporal does not answer at {}: {}; trying again", target(), rootOf(notYet));
      if (stubs != null) {
        stubs.shutdownNow();
      }
      return false;
    }
  }

  private WorkflowServiceStubsOptions stubsOptions() throws IOException {
    return host.connection()
        .options()
        .setRpcTimeout(Duration.ofSeconds(5))
        .setConnectionBackoffResetFrequency(Duration.ofSeconds(1))
        .build();
  }

  private void prepare(NamespaceSetup namespace) {
    if (host.mode() != TemporalHost.Mode.EMBEDDED) {
      searchAttributes = namespace.searchAttributes();
      namespace.retention(settings.historyDays());
    }
  }

  /** Temporal's dev server is started again when it has gone; the SDK reconnects by itself. */
  void supervise() {
    if (host.mode() == TemporalHost.Mode.DEV) {
      room.look();
    }
    WorkflowClient now = client;
    boolean answers = host.answers(now == null ? null : now.getWorkflowServiceStubs());
    if (!answers) {
      if (connected) {
        log.warn(
            "Temporal has gone from {}; nothing is lost, the fleet goes on when it is back", host);
      }
      connected = false;
      try {
        host.ensure();
      } catch (IOException failed) {
        log.error("Temporal cannot be started: {}", rootOf(failed));
      }
    } else if (!connected) {
      log.info("Temporal answers again: {}", host);
      connected = true;
    }
  }

  /** What a failure comes from, in one line. */
  static String rootOf(Exception failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString();
  }

  @Override
  public void close() {
    WorkerFactory workers = factory;
    if (workers != null) {
      workers.shutdownNow();
    }
    host.close();
  }

  @Override
  public String toString() {
    return host.toString();
  }
}
