package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import io.temporal.api.enums.v1.ParentClosePolicy;
import io.temporal.workflow.ChildWorkflowOptions;
import io.temporal.workflow.Workflow;

/** The children of a fleet's workflows; each id is a lock, and each outlives its parent's run. */
final class Children {
  private Children() {}

  static VpnOutageWorkflow outage(FleetConfig config, String vpn, String because) {
    return Workflow.newChildWorkflowStub(
        VpnOutageWorkflow.class,
        options(TaskQueues.outageId(config.fleet(), vpn), "outage of " + vpn + ": " + because));
  }

  static ReindexWorkflow reindex(FleetConfig config) {
    return Workflow.newChildWorkflowStub(
        ReindexWorkflow.class, options(TaskQueues.reindexId(config.fleet()), "reindex"));
  }

  static ProvisionBalancedWorkflow provision(FleetConfig config) {
    return Workflow.newChildWorkflowStub(
        ProvisionBalancedWorkflow.class,
        options(TaskQueues.provisionId(config.fleet()), "target " + config.target()));
  }

  private static ChildWorkflowOptions options(String id, String summary) {
    return ChildWorkflowOptions.newBuilder()
        .setWorkflowId(id)
        .setStaticSummary(Steps.brief(summary))
        .setWorkflowTaskTimeout(TaskQueues.SILENT_WORKER)
        .setParentClosePolicy(ParentClosePolicy.PARENT_CLOSE_POLICY_ABANDON)
        .build();
  }
}
