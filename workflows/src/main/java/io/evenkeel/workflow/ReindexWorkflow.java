package io.evenkeel.workflow;

import io.evenkeel.decide.FleetIndex;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/**
 * Rebuilds the knowledge of a fleet from one listing and the labels; id {@code reindex/<fleet>}.
 */
@WorkflowInterface
public interface ReindexWorkflow {
  @WorkflowMethod
  FleetIndex reindex(FleetConfig config, List<Container> known);
}
