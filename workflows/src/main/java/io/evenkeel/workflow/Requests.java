package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetIndex;
import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.decide.Known;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What a monitor gives to the workflows that it begins, of what it knows. Pure: it asks nobody. */
final class Requests {
  private Requests() {}

  /**
   * What was seen of an outage.
   *
   * @param at when
   * @param ended whether it was the end of the VPN's process
   * @param asked whether somebody stopped the VPN through Docker
   */
  record Seen(Instant at, boolean ended, boolean asked) {}

  /**
   * What an outage rests on beside the knowledge.
   *
   * @param owed names of dependents that earlier outages have left undone
   * @param paused whether the fleet is paused
   * @param openElsewhere other VPNs whose outage is open
   */
  record Given(List<String> owed, boolean paused, List<String> openElsewhere) {}

  /** A dependent is usable where it is now, and where the VPN may still run. */
  static OutageRequest outage(
      FleetConfig config,
      FleetKnowledge knowledge,
      FleetDecision.OpenOutage outage,
      Seen seen,
      Given given) {
    FleetIndex index = knowledge.index(config);
    Container vpn = FleetDecision.vpn(knowledge, outage.vpn());
    List<Container> dependents = dependents(outage.vpn(), index);
    return new OutageRequest(
        config,
        outage.vpn(),
        outage.cause(),
        outage.because(),
        seen.at(),
        seen.ended(),
        seen.asked(),
        vpn,
        dependents,
        knowledge.tunnel(outage.vpn()).forwardedPort(),
        given.owed(),
        given.paused(),
        given.openElsewhere(),
        Known.of(index),
        List.of(),
        mayRun(vpn, knowledge, seen) ? usable(dependents, outage.vpn(), knowledge) : List.of(),
        outage.cause().equals("asked"));
  }

  /** Who is in the network of another VPN shares nothing with this one. */
  private static List<Container> dependents(String vpn, FleetIndex index) {
    return index.assignments().values().stream()
        .filter(a -> a.vpn().equals(vpn) && !a.elsewhere())
        .map(Assignment::container)
        .toList();
  }

  private static boolean mayRun(@Nullable Container vpn, FleetKnowledge knowledge, Seen seen) {
    return !seen.ended() && vpn != null && !knowledge.missing().containsKey(vpn.id());
  }

  private static List<String> usable(
      List<Container> dependents, String vpn, FleetKnowledge knowledge) {
    return dependents.stream()
        .filter(dependent -> FleetViews.isUsable(dependent, vpn, knowledge))
        .map(dependent -> Aside.original(dependent.name()))
        .toList();
  }

  /**
   * Closed to the run are VPNs that get no engines now, and the open ones.
   *
   * @param open VPNs whose outage runs or awaits a look
   * @param resting names of engines that are not started now
   */
  static ProvisionRequest provision(
      FleetConfig config,
      FleetKnowledge knowledge,
      Collection<String> open,
      boolean mayRemove,
      List<String> busy,
      List<String> resting) {
    Set<String> shut = new TreeSet<>(open);
    shut.addAll(FleetDecision.closedVpns(config, knowledge));
    return new ProvisionRequest(
        config,
        List.copyOf(shut),
        FleetDecision.ports(knowledge),
        mayRemove,
        config.policy().rebalance(),
        busy,
        Known.of(knowledge.index(config)),
        resting);
  }
}
