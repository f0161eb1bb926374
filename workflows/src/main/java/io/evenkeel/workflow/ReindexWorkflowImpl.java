package io.evenkeel.workflow;

import io.evenkeel.decide.FleetIndex;
import io.evenkeel.decide.FleetIndexer;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.temporal.workflow.Workflow;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;

/** One whole look, then the labels; touches no container. */
public final class ReindexWorkflowImpl implements ReindexWorkflow {
  private static final Logger log = Workflow.getLogger(ReindexWorkflowImpl.class);

  @Override
  public FleetIndex reindex(FleetConfig config, List<Container> known) {
    Steps steps = new Steps(config.policy());
    Observation seen =
        steps
            .docker("list " + config.fleet() + " and read the labels")
            .look(config.scope(), "", config.scope().vpns());
    Map<String, Container> before = new TreeMap<>();
    known.forEach(c -> before.put(c.name(), c));
    FleetIndex index =
        Workflow.sideEffect(
            FleetIndex.class, () -> FleetIndexer.index(config, seen.changed(), Map.of()));
    index
        .assignments()
        .forEach((name, place) -> {
          Container old = before.get(name);
          boolean lacked = before.isEmpty() || (old != null && old.label(Labels.VPN).isEmpty());
          if (place.managed() && !place.vpn().isEmpty() && lacked) {
            log.info("Restored VPN assignment for engine {}: {}", name, place.vpn());
          }
        });
    index.notes().forEach(note -> log.info("reindex of {}: {}", config.fleet(), note));
    return index;
  }
}
