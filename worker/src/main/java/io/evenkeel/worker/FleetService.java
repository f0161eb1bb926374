package io.evenkeel.worker;

import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.activities.Heartbeats;
import io.evenkeel.client.FleetReader;
import io.evenkeel.docker.DockerContainers;
import io.evenkeel.docker.DockerEvents;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Sign;
import io.evenkeel.watch.Watch;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflow;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.MonitorState;
import io.evenkeel.workflow.ProvisionBalancedWorkflowImpl;
import io.evenkeel.workflow.ReindexWorkflowImpl;
import io.evenkeel.workflow.TaskQueues;
import io.evenkeel.workflow.VpnOutageWorkflowImpl;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.BatchRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Service;

/**
 * The worker's life: waits for Temporal and Docker, however long, then runs the fleet's workflows
 * and the watch. It never ends because one of the two is away.
 */
@Service
class FleetService implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(FleetService.class);

  /**
   * What a killed worker was to do next, and only it could from its cache, goes to the next one.
   */
  private static final Duration DEAD_WORKERS_TASK_WAITS = Duration.ofSeconds(2);

  private static final Duration SUPERVISION = Duration.ofMillis(250);

  private final Settings settings;
  private final TemporalHost host;
  private final Room room;
  private final FleetActivitiesImpl activities;
  private final DockerContainers containers;
  private final MeterRegistry metrics;
  private final SignQueue signs = new SignQueue();
  private final SignOverlay overlay = new SignOverlay();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean running;
  private volatile boolean connected;
  private volatile boolean searchAttributes;
  private volatile @Nullable WorkflowClient client;
  private volatile @Nullable WorkerFactory factory;
  private volatile @Nullable Watch watch;

  FleetService(
      Settings settings,
      FleetActivitiesImpl activities,
      DockerContainers containers,
      MeterRegistry metrics) {
    this.metrics = metrics;
    this.settings = settings;
    this.host = new TemporalHost(settings);
    this.room = new Room(settings.dataDir());
    this.activities = activities;
    this.containers = containers;
  }

  boolean connected() {
    return connected;
  }

  /** What keeps Temporal from its work, in a few words; empty where nothing does. */
  String troubleWithTemporal() {
    if (!connected) {
      return "does not answer; trying again";
    }
    return room.isEnough() ? "" : "hardly any room for its file in " + room;
  }

  /** Asks or tells the fleet through Temporal. */
  FleetReader reader() {
    WorkflowClient now = client;
    if (now == null) {
      throw new IllegalStateException("Temporal does not answer yet at " + host.target());
    }
    return new FleetReader(now, settings.config().fleet());
  }

  /** The fleet as its monitor knows it, with what the watch has just seen. */
  FleetView view() {
    return overlay.over(reader().fleet());
  }

  @Override
  public void start() {
    running = true;
    threads.add(Thread.ofPlatform().name("temporal-host").start(this::live));
  }

  private void live() {
    String fleet = settings.config().fleet();
    log.info("fleet {}: Temporal {}, VPNs {}", fleet, host, settings.config().scope().vpns());
    while (running && !connect()) {
      pause(Duration.ofSeconds(1));
    }
    while (running && !containers.ping()) {
      log.warn("Docker does not answer; the fleet's monitor waits for it");
      pause(Duration.ofSeconds(2));
    }
    while (running && !startMonitor()) {
      pause(Duration.ofSeconds(1));
    }
    if (!running) {
      return;
    }
    Watch starting =
        new Watch(
            new DockerEvents(containers, settings.config().managerLabel()),
            settings.config().scope(),
            this::take,
            overlay::doubt,
            Clock.systemUTC());
    watch = starting;
    starting.start();
    threads.add(Thread.ofPlatform().name("signs").start(this::deliver));
    log.info("fleet {}: watching", fleet);
    while (running) {
      supervise();
      pause(SUPERVISION);
    }
  }

  private boolean connect() {
    @Nullable WorkflowServiceStubs stubs = null;
    try {
      host.ensure();
      stubs = WorkflowServiceStubs.newServiceStubs(stubsOptions());
      stubs.healthCheck();
      WorkflowClient made =
          WorkflowClient.newInstance(
              stubs,
              WorkflowClientOptions.newBuilder()
                  .setNamespace(settings.temporal().namespace())
                  .setDataConverter(EvenkeelData.converter())
                  .build());
      WorkerFactory workers = workers(made);
      workers.start();
      NamespaceSetup setup = new NamespaceSetup(stubs, settings.temporal().namespace());
      if (host.mode() != TemporalHost.Mode.EMBEDDED) {
        searchAttributes = setup.searchAttributes();
        setup.retention(settings.temporal().historyDays());
      }
      client = made;
      factory = workers;
      connected = true;
      return true;
    } catch (IOException | StatusRuntimeException | IllegalArgumentException notYet) {
      log.warn("Temporal does not answer at {}: {}; trying again", host.target(), line(notYet));
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

  private WorkerFactory workers(WorkflowClient made) {
    WorkerFactory workers =
        WorkerFactory.newInstance(
            made,
            WorkerFactoryOptions.newBuilder()
                .setWorkflowCacheSize(100)
                .setWorkerInterceptors(new RetryCounter(metrics), new Heartbeats())
                .build());
    WorkerOptions.Builder options =
        WorkerOptions.newBuilder()
            .setMaxConcurrentActivityExecutionSize(40)
            .setMaxConcurrentWorkflowTaskPollers(4)
            .setMaxConcurrentActivityTaskPollers(4)
            .setMaxHeartbeatThrottleInterval(Heartbeats.EVERY)
            .setStickyQueueScheduleToStartTimeout(
                host.mode() == TemporalHost.Mode.EMBEDDED
                    ? Duration.ZERO
                    : DEAD_WORKERS_TASK_WAITS);
    io.temporal.worker.Worker worker =
        workers.newWorker(TaskQueues.of(settings.config().fleet()), options.build());
    worker.registerWorkflowImplementationTypes(
        FleetMonitorWorkflowImpl.class,
        VpnOutageWorkflowImpl.class,
        ReindexWorkflowImpl.class,
        ProvisionBalancedWorkflowImpl.class);
    worker.registerActivitiesImplementations(activities);
    return workers;
  }

  private boolean startMonitor() {
    WorkflowClient now = client;
    if (now == null) {
      return false;
    }
    try {
      String fleet = settings.config().fleet();
      FleetMonitorWorkflow monitor =
          now.newWorkflowStub(
              FleetMonitorWorkflow.class,
              WorkflowOptions.newBuilder()
                  .setTaskQueue(TaskQueues.of(fleet))
                  .setWorkflowId(TaskQueues.monitorId(fleet))
                  .setStaticSummary("keeps fleet " + fleet + " on an even keel")
                  .setWorkflowTaskTimeout(TaskQueues.SILENT_WORKER)
                  .build());
      BatchRequest batch = now.newSignalWithStartRequest();
      FleetConfig config =
          settings
              .config()
              .withPolicy(settings.config().policy().withSearchAttributes(searchAttributes));
      batch.add(monitor::run, MonitorState.initial(config));
      batch.add(monitor::reconfigure, config);
      var _ = now.signalWithStart(batch);
      return true;
    } catch (StatusRuntimeException | WorkflowServiceException notYet) {
      log.warn("the monitor cannot be started: {}; trying again", line(notYet));
      return false;
    }
  }

  /** Temporal's dev server is started again when it has gone; the SDK reconnects by itself. */
  private void supervise() {
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
        log.error("Temporal cannot be started: {}", line(failed));
      }
    } else if (!connected) {
      log.info("Temporal answers again: {}", host);
      connected = true;
    }
  }

  /** The watch's hand: never blocks it. */
  private void take(List<Sign> seen) {
    overlay.take(seen);
    signs.offer(seen);
  }

  private void deliver() {
    try {
      while (running) {
        send(signs.take());
      }
    } catch (InterruptedException interrupted) {
      log.debug("no more signs are delivered");
    }
  }

  private void send(List<Sign> batch) throws InterruptedException {
    while (running) {
      WorkflowClient now = client;
      try {
        if (now != null) {
          now.newWorkflowStub(
                  FleetMonitorWorkflow.class, TaskQueues.monitorId(settings.config().fleet()))
              .signs(batch);
          return;
        }
      } catch (StatusRuntimeException | WorkflowServiceException notYet) {
        log.warn("{} signs cannot be told: {}; trying again", batch.size(), line(notYet));
      }
      Thread.sleep(500);
    }
  }

  private static String line(Exception failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    return root.toString();
  }

  private void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interrupted) {
      running = false;
    }
  }

  @Override
  public void stop() {
    running = false;
    Watch watching = watch;
    if (watching != null) {
      watching.close();
    }
    WorkerFactory workers = factory;
    if (workers != null) {
      workers.shutdownNow();
    }
    host.close();
    threads.forEach(Thread::interrupt);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
