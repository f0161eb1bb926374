package io.evenkeel.worker;

import io.evenkeel.client.FleetReader;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Sign;
import io.evenkeel.workflow.FleetMonitorWorkflow;
import io.evenkeel.workflow.MonitorState;
import io.evenkeel.workflow.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.client.BatchRequest;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowOptions;
import io.temporal.client.WorkflowServiceException;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The worker's calls to its fleet's monitor. Each is tried once; one that Temporal does not take
 * now is told in the log, and to be made again. Thread-safe.
 */
final class MonitorCaller {
  private static final Logger log = LoggerFactory.getLogger(MonitorCaller.class);

  private final TemporalLink link;
  private final FleetConfig configured;

  MonitorCaller(TemporalLink link, FleetConfig configured) {
    this.link = link;
    this.configured = configured;
  }

  /**
   * Starts the monitor where none runs; either way it gets the configuration.
   *
   * @return whether Temporal has taken it
   */
  boolean start() {
    WorkflowClient client = link.client();
    if (client == null) {
      return false;
    }
    try {
      String fleet = configured.fleet();
      FleetMonitorWorkflow monitor =
          client.newWorkflowStub(
              FleetMonitorWorkflow.class,
              WorkflowOptions.newBuilder()
                  .setTaskQueue(TaskQueues.of(fleet))
                  .setWorkflowId(TaskQueues.monitorId(fleet))
                  .setStaticSummary("keeps fleet " + fleet + " on an even keel")
                  .setWorkflowTaskTimeout(TaskQueues.SILENT_WORKER)
                  .build());
      BatchRequest batch = client.newSignalWithStartRequest();
      FleetConfig config =
          configured.withPolicy(configured.policy().withSearchAttributes(link.searchAttributes()));
      batch.add(monitor::run, MonitorState.initial(config));
      batch.add(monitor::reconfigure, config);
      var _ = client.signalWithStart(batch);
      return true;
    } catch (StatusRuntimeException | WorkflowServiceException notYet) {
      log.warn("the monitor cannot be started: {}; trying again", TemporalLink.rootOf(notYet));
      return false;
    }
  }

  /**
   * Tells it what the watch saw.
   *
   * @return whether Temporal has taken it
   */
  boolean tell(List<Sign> signs) {
    WorkflowClient client = link.client();
    if (client == null) {
      return false;
    }
    try {
      client
          .newWorkflowStub(FleetMonitorWorkflow.class, TaskQueues.monitorId(configured.fleet()))
          .signs(signs);
      return true;
    } catch (StatusRuntimeException | WorkflowServiceException notYet) {
      log.warn(
          "{} signs cannot be told: {}; trying again", signs.size(), TemporalLink.rootOf(notYet));
      return false;
    }
  }

  /**
   * Asks it.
   *
   * @throws IllegalStateException while Temporal has not answered yet
   */
  FleetReader reader() {
    WorkflowClient client = link.client();
    if (client == null) {
      throw new IllegalStateException("Temporal does not answer yet at " + link.target());
    }
    return new FleetReader(client, configured.fleet());
  }
}
