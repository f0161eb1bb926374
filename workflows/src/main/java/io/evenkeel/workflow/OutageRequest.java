package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport.PhaseTime;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an outage begins with.
 *
 * @param cause as the monitor read it; the confirm phase has the last word
 * @param because what it rests on
 * @param seenAt when the evidence was seen
 * @param ended whether the evidence is the end of the VPN's process
 * @param askedFor whether somebody stopped the VPN through Docker
 * @param vpnBefore the VPN as last seen; null where it never was
 * @param dependents engines and guests of it, as last seen, sorted by name
 * @param lastForwardedPort the last one known; 0: none
 * @param owed names of dependents that ran when an earlier outage began, and were not attached
 *     since
 * @param phasesBefore of the runs before this one of the same outage; empty in the first
 */
public record OutageRequest(
    FleetConfig config,
    String vpn,
    String cause,
    String because,
    Instant seenAt,
    boolean ended,
    boolean askedFor,
    @Nullable Container vpnBefore,
    List<Container> dependents,
    int lastForwardedPort,
    List<String> owed,
    List<PhaseTime> phasesBefore) {
  public OutageRequest {
    dependents = List.copyOf(dependents);
    owed = List.copyOf(owed);
    phasesBefore = List.copyOf(phasesBefore);
  }

  /** The same outage, to be gone on with in a new run: its history has become long. */
  OutageRequest continued(boolean stillEnded, boolean stillAsked, List<PhaseTime> soFar) {
    return new OutageRequest(
        config,
        vpn,
        cause,
        because,
        seenAt,
        stillEnded,
        stillAsked,
        vpnBefore,
        dependents,
        lastForwardedPort,
        owed,
        soFar);
  }
}
