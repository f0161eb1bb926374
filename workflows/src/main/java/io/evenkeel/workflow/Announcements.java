package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import org.slf4j.Logger;

/**
 * Closed outages, as told to somebody outside where the policy says so; no recovery waits for it.
 */
final class Announcements {
  private static final Logger log = Workflow.getLogger(Announcements.class);

  private int underWay;

  /** Whether somebody is still to be told. */
  boolean isUnderWay() {
    return underWay > 0;
  }

  void announce(FleetConfig config, OutageReport report) {
    if (!config.policy().announces()) {
      return;
    }
    underWay++;
    FleetActivities announcer =
        new Steps(config.policy()).announcement("announce the outage of " + report.vpn());
    Promise<Void> _ =
        Async.procedure(announcer::announce, report)
            .handle((_, failure) -> {
              underWay--;
              if (failure != null) {
                log.warn(
                    "nobody was told of the outage of {}: {}",
                    report.vpn(),
                    OutageLog.rootMessage(failure));
              }
              return null;
            });
  }
}
