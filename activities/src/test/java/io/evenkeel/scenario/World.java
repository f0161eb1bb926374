package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.activities.EngineTemplate;
import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.activities.Heartbeats;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import io.evenkeel.fleet.VpnSpec;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflow;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.MonitorState;
import io.evenkeel.workflow.OutageProgress;
import io.evenkeel.workflow.ProvisionBalancedWorkflowImpl;
import io.evenkeel.workflow.ReindexWorkflowImpl;
import io.evenkeel.workflow.TaskQueues;
import io.evenkeel.workflow.VpnOutageWorkflow;
import io.evenkeel.workflow.VpnOutageWorkflowImpl;
import io.grpc.StatusRuntimeException;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.activity.ActivityOptions;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.workflowservice.v1.DescribeWorkflowExecutionRequest;
import io.temporal.client.ActivityCompletionException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptor;
import io.temporal.common.interceptors.WorkflowOutboundCallsInterceptorBase;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.time.ZoneId;
import java.time.ZoneOffset;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.extension.AfterEachCallback;
import org.junit.jupiter.api.extension.ExtensionContext;

/**
 * A simulated Docker host under the real workflows and activities, in skipped time. Registered as
 * an extension it keeps its histories, and ends, after each scenario.
 */
final class World implements AutoCloseable, AfterEachCallback {
  static final String FLEET = "test";

  /** The activity on whose behalf a thread works: time waits for each, and each waits once. */
  private static final InheritableThreadLocal<ActivityExecutionContext> ACTIVITY =
      new InheritableThreadLocal<>();

  private static final Duration SHORTLY = Duration.ofSeconds(1);

  final TestWorkflowEnvironment temporal;
  final SimulatedFleet fleet;
  final List<OutageReport> announced = new CopyOnWriteArrayList<>();
  private final WorkflowClient client;

  World() {
    temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(EvenkeelData.converter())
                        .build())
                .setWorkerFactoryOptions(
                    WorkerFactoryOptions.newBuilder()
                        .setWorkerInterceptors(new Heartbeats(), new NamedActivities())
                        .build())
                .build());
    client = temporal.getWorkflowClient();
    fleet = new SimulatedFleet(new SkippedClock(), this::waitUntil);
    Worker worker =
        temporal.newWorker(
            TaskQueues.of(FLEET),
            // By the wall clock it would be held back for longer than skipped time allows.
            WorkerOptions.newBuilder()
                .setMaxHeartbeatThrottleInterval(Duration.ofMillis(1))
                .build());
    worker.registerWorkflowImplementationTypes(
        FleetMonitorWorkflowImpl.class,
        VpnOutageWorkflowImpl.class,
        ReindexWorkflowImpl.class,
        ProvisionBalancedWorkflowImpl.class);
    worker.registerActivitiesImplementations(
        new FleetActivitiesImpl(
            fleet,
            fleet,
            fleet,
            announced::add,
            new EngineTemplate(
                "engine:1",
                Map.of("OPENVPN_PASSWORD", SimulatedFleet.SECRET),
                List.of("--token=" + SimulatedFleet.SECRET),
                Map.of("engine.password", SimulatedFleet.SECRET)),
            new SkippedClock()));
    temporal.start();
  }

  /** Five engines on each of two VPNs; the first of each has the forwarded port. */
  World withFiveAndFive() {
    fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    passes(Duration.ofSeconds(1));
    for (int i = 0; i < 5; i++) {
      fleet.engine("acestream-" + (i + 1), "vpn1", 19_000 + i, i == 0);
      fleet.engine("acestream-" + (i + 6), "vpn2", 19_500 + i, i == 0);
    }
    return this;
  }

  static FleetConfig config(int target) {
    return config(target, Policy.defaults());
  }

  static FleetConfig config(int target, Policy policy) {
    return new FleetConfig(
        FLEET,
        SimulatedFleet.MANAGER,
        List.of(new VpnSpec("vpn1", 19_000, 19_499), new VpnSpec("vpn2", 19_500, 19_999)),
        target,
        FleetConfig.MOST_ENGINES,
        policy);
  }

  /** Starts the monitor and lets its first look happen. */
  World watchedBy(FleetConfig config) {
    FleetMonitorWorkflow starting =
        client.newWorkflowStub(
            FleetMonitorWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.of(FLEET))
                .setWorkflowId(TaskQueues.monitorId(FLEET))
                .build());
    var _ = WorkflowClient.start(starting::run, MonitorState.initial(config));
    passes(Duration.ofSeconds(5));
    return this;
  }

  /** The same rules, looked at rarely: for weeks that are to pass quickly. */
  static Policy everyHalfHour(Policy p) {
    return new Policy(
        Duration.ofMinutes(30),
        p.unhealthyTimeout(),
        p.revive(),
        p.startupTimeout(),
        p.portTimeout(),
        p.dockerTimeout(),
        p.dockerRetries(),
        p.dockerRetryDelay(),
        p.engineNamePrefix(),
        p.searchAttributes(),
        p.rebalance(),
        p.announces());
  }

  /** The newest run's history; empty where there was never one. */
  Optional<WorkflowExecutionHistory> history(String workflowId) {
    try {
      return Optional.of(client.fetchHistory(workflowId));
    } catch (StatusRuntimeException notFound) {
      return Optional.empty();
    }
  }

  int historyLength(String workflowId) {
    return history(workflowId).map(h -> h.getEvents().size()).orElse(0);
  }

  String runId(String workflowId) {
    return client
        .getWorkflowServiceStubs()
        .blockingStub()
        .describeWorkflowExecution(
            DescribeWorkflowExecutionRequest.newBuilder()
                .setNamespace(client.getOptions().getNamespace())
                .setExecution(WorkflowExecution.newBuilder().setWorkflowId(workflowId))
                .build())
        .getWorkflowExecutionInfo()
        .getExecution()
        .getRunId();
  }

  void terminate(String workflowId) {
    client.newUntypedWorkflowStub(workflowId).terminate("a person did it");
  }

  /** Until it is terminated a workflow of somebody else's has this id: no other one can begin. */
  void isHeldUp(String workflowId) {
    FleetMonitorWorkflow other =
        client.newWorkflowStub(
            FleetMonitorWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.of(FLEET))
                .setWorkflowId(workflowId)
                .build());
    FleetConfig nobodys =
        new FleetConfig(
            "other",
            "other.app",
            List.of(),
            FleetConfig.NO_TARGET,
            FleetConfig.MOST_ENGINES,
            Policy.defaults());
    var _ = WorkflowClient.start(other::run, MonitorState.initial(nobodys));
  }

  FleetMonitorWorkflow monitor() {
    return client.newWorkflowStub(FleetMonitorWorkflow.class, TaskQueues.monitorId(FLEET));
  }

  FleetView view() {
    return monitor().fleet();
  }

  FleetView.Vpn vpn(String name) {
    return view().vpns().stream().filter(v -> v.name().equals(name)).findFirst().orElseThrow();
  }

  /** Names of those that consumers can use by the open outage's own word; empty: none is open. */
  List<String> shownByTheOutage(String vpn) {
    return progress(vpn).map(OutageProgress::shown).orElse(List.of());
  }

  /** What the VPN's outage says of itself; empty: none is open. */
  Optional<OutageProgress> progress(String vpn) {
    return Optional.ofNullable(vpn(vpn).outage())
        .map(o -> client.newWorkflowStub(VpnOutageWorkflow.class, o.workflowId()).progress());
  }

  void passes(Duration time) {
    temporal.sleep(time);
  }

  /**
   * A call that is not answered: the calls of one activity wait side by side. None sleeps through
   * the end of its activity: the test server counts who holds its time, and an activity that it has
   * given up while it sleeps is counted twice; its time then stands still, or the next sleep fails.
   */
  private void waitUntil(Instant moment) {
    ActivityExecutionContext activity = ACTIVITY.get();
    Clock clock = new SkippedClock();
    Instant givenUp = givenUp(activity.getInfo()).minus(SHORTLY);
    synchronized (activity) {
      Instant until = moment.isBefore(givenUp) ? moment : givenUp;
      Duration left = Duration.between(clock.instant(), until);
      if (left.isPositive()) {
        temporal.sleep(left);
      }
      if (until.isBefore(moment)) {
        // So near that the test server's time may go as fast as any other until then.
        Awaitility.await().atMost(Duration.ofSeconds(30)).until(() -> !lives(activity));
      }
    }
  }

  private static Instant givenUp(ActivityInfo activity) {
    Instant attempt =
        Instant.ofEpochMilli(activity.getCurrentAttemptScheduledTimestamp())
            .plus(activity.getStartToCloseTimeout());
    Instant all =
        Instant.ofEpochMilli(activity.getScheduledTimestamp())
            .plus(activity.getScheduleToCloseTimeout());
    boolean bounded = activity.getScheduleToCloseTimeout().isPositive();
    return bounded && all.isBefore(attempt) ? all : attempt;
  }

  Instant now() {
    return Instant.ofEpochMilli(temporal.currentTimeMillis());
  }

  /** What the watch tells when a VPN's log stream ends. */
  void logStreamEnds(String vpn) {
    endedAt(vpn, now());
  }

  /** The same, late. */
  void endedAt(String vpn, Instant moment) {
    monitor().signs(List.of(new Sign(Sign.Kind.VPN_PROCESS_ENDED, vpn, fleet.id(vpn), moment)));
  }

  /** What the watch tells of Docker's event. */
  void isStarted(String vpn) {
    Instant now = Instant.ofEpochMilli(temporal.currentTimeMillis());
    monitor().signs(List.of(new Sign(Sign.Kind.VPN_STARTED, vpn, fleet.id(vpn), now)));
  }

  /** What the watch tells of an engine's end. */
  void isChanged(String id) {
    Instant now = Instant.ofEpochMilli(temporal.currentTimeMillis());
    monitor().signs(List.of(new Sign(Sign.Kind.CHANGED, "", id, now)));
  }

  void stopIsSeen(String vpn) {
    Instant now = Instant.ofEpochMilli(temporal.currentTimeMillis());
    monitor()
        .signs(
            List.of(
                new Sign(Sign.Kind.VPN_STOP_ASKED, vpn, fleet.id(vpn), now),
                new Sign(Sign.Kind.VPN_PROCESS_ENDED, vpn, fleet.id(vpn), now)));
  }

  @Override
  public void afterEach(ExtensionContext scenario) {
    try {
      Histories.keep(scenario.getRequiredTestMethod().getName(), this);
      Histories.of(this)
          .forEach((workflow, history) ->
              assertThat(Histories.words(history))
                  .as("secrets in the history of %s", workflow)
                  .doesNotContain(SimulatedFleet.SECRET));
    } finally {
      close();
    }
  }

  @Override
  public void close() {
    temporal.close();
  }

  private static boolean lives(ActivityExecutionContext activity) {
    try {
      activity.heartbeat(null);
      return true;
    } catch (ActivityCompletionException nobodyWaits) {
      return false;
    }
  }

  /**
   * Calls know their activity, and no activity dies of silence: heartbeats come by the wall clock,
   * which skipped time does not wait for.
   */
  private static final class NamedActivities extends WorkerInterceptorBase {
    @Override
    public WorkflowInboundCallsInterceptor interceptWorkflow(WorkflowInboundCallsInterceptor next) {
      return new WorkflowInboundCallsInterceptorBase(next) {
        @Override
        public void init(WorkflowOutboundCallsInterceptor outbound) {
          super.init(new MaySayNothing(outbound));
        }
      };
    }

    @Override
    public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
      return new ActivityInboundCallsInterceptorBase(next) {
        @Override
        public void init(ActivityExecutionContext context) {
          ACTIVITY.set(context);
          super.init(context);
        }
      };
    }
  }

  /** The test server's time. */
  private final class SkippedClock extends Clock {
    @Override
    public ZoneId getZone() {
      return ZoneOffset.UTC;
    }

    @Override
    public Clock withZone(ZoneId zone) {
      return this;
    }

    @Override
    public Instant instant() {
      return Instant.ofEpochMilli(temporal.currentTimeMillis());
    }
  }

  private static final class MaySayNothing extends WorkflowOutboundCallsInterceptorBase {
    MaySayNothing(WorkflowOutboundCallsInterceptor next) {
      super(next);
    }

    @Override
    public <R> ActivityOutput<R> executeActivity(ActivityInput<R> input) {
      return super.executeActivity(
          new ActivityInput<>(
              input.getActivityName(),
              input.getResultClass(),
              input.getResultType(),
              input.getArgs(),
              ActivityOptions.newBuilder(input.getOptions()).setHeartbeatTimeout(null).build(),
              input.getHeader()));
    }
  }
}
