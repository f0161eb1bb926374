package io.evenkeel.workflow;

import io.evenkeel.decide.Known;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport.PhaseTime;
import java.time.Instant;
import java.util.Collection;
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
 * @param paused whether the fleet is paused: then nothing is rebalanced
 * @param openElsewhere other VPNs whose outage was open when this one began
 * @param known the fleet's engines, of whichever VPN
 * @param phasesBefore of the runs before this one of the same outage; empty in the first
 * @param usable names of dependents that consumers could use when it was opened, and still can
 *     where the VPN proves to run
 * @param recoverNow whether a person asked for it: then it is started whatever the policy
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
    boolean paused,
    List<String> openElsewhere,
    List<Known> known,
    List<PhaseTime> phasesBefore,
    List<String> usable,
    boolean recoverNow) {
  public OutageRequest {
    dependents = List.copyOf(dependents);
    owed = List.copyOf(owed);
    openElsewhere = List.copyOf(openElsewhere);
    known = List.copyOf(known);
    phasesBefore = List.copyOf(phasesBefore);
    usable = List.copyOf(usable);
  }

  /** The same outage, of which something else is wanted by now. */
  OutageRequest wanting(
      FleetConfig wanted, boolean nowPaused, Collection<String> nowOpenElsewhere) {
    return new OutageRequest(
        wanted,
        vpn,
        cause,
        because,
        seenAt,
        ended,
        askedFor,
        vpnBefore,
        dependents,
        lastForwardedPort,
        owed,
        nowPaused,
        List.copyOf(nowOpenElsewhere),
        known,
        phasesBefore,
        usable,
        recoverNow);
  }

  /** The same outage, to be gone on with in a new run: its history has become long. */
  OutageRequest continued(
      boolean stillEnded, boolean stillAsked, List<PhaseTime> soFar, boolean stillRecoverNow) {
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
        paused,
        openElsewhere,
        known,
        soFar,
        List.of(),
        stillRecoverNow);
  }
}
