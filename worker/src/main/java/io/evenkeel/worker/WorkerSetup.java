package io.evenkeel.worker;

import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.activities.Heartbeats;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.ProvisionBalancedWorkflowImpl;
import io.evenkeel.workflow.ReindexWorkflowImpl;
import io.evenkeel.workflow.TaskQueues;
import io.evenkeel.workflow.VpnOutageWorkflowImpl;
import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.client.WorkflowClient;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import io.temporal.worker.WorkerFactoryOptions;
import io.temporal.worker.WorkerOptions;
import java.time.Duration;

/** What takes a fleet's tasks from Temporal, and how many at once. */
final class WorkerSetup {
  /**
   * What a killed worker was to do next, and only it could from its cache, goes to the next one.
   */
  private static final Duration DEAD_WORKERS_TASK_WAITS = Duration.ofSeconds(2);

  private final String fleet;
  private final FleetActivitiesImpl activities;
  private final MeterRegistry metrics;

  WorkerSetup(String fleet, FleetActivitiesImpl activities, MeterRegistry metrics) {
    this.fleet = fleet;
    this.activities = activities;
    this.metrics = metrics;
  }

  /** The workers of one connection, not yet started. */
  WorkerFactory workers(WorkflowClient client, TemporalHost.Mode mode) {
    WorkerFactory workers =
        WorkerFactory.newInstance(
            client,
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
                mode == TemporalHost.Mode.EMBEDDED ? Duration.ZERO : DEAD_WORKERS_TASK_WAITS);
    Worker worker = workers.newWorker(TaskQueues.of(fleet), options.build());
    worker.registerWorkflowImplementationTypes(
        FleetMonitorWorkflowImpl.class,
        VpnOutageWorkflowImpl.class,
        ReindexWorkflowImpl.class,
        ProvisionBalancedWorkflowImpl.class);
    worker.registerActivitiesImplementations(activities);
    return workers;
  }
}
