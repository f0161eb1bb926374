package io.evenkeel.workflow;

import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;

/** Brings a fleet to its target, evenly spread; id {@code provision/<fleet>}. */
@WorkflowInterface
public interface ProvisionBalancedWorkflow {
  @WorkflowMethod
  ProvisionReport provision(ProvisionRequest request);
}
