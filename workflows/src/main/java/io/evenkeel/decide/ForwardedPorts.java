package io.evenkeel.decide;

import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.VpnSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * Who gets the VPNs' forwarded ports: one engine of each VPN at most. A port is an engine's from
 * its making on, so that another port means another making.
 */
final class ForwardedPorts {
  /** An engine that is to be made anew with that port. */
  record Renewal(Assignment engine, int port, String because) {}

  private final Map<String, Integer> ports;
  private final Spread spread;
  private final Predicate<Container> unfinished;
  private final Set<String> taken = new TreeSet<>();

  /**
   * As the fleet has them.
   *
   * @param ports by VPN, where it has one
   * @param unfinished engines that are being replaced already, and are passed over
   */
  ForwardedPorts(
      FleetIndex index,
      Map<String, Integer> ports,
      Spread spread,
      Predicate<Container> unfinished) {
    this.ports = ports;
    this.spread = spread;
    this.unfinished = unfinished;
    index.assignments().values().stream()
        .filter(engine -> engine.managed() && engine.forwarded())
        .forEach(engine -> taken.add(engine.vpn()));
  }

  private int of(String vpn) {
    return ports.getOrDefault(vpn, 0);
  }

  /** The VPN's port, where it has one that no engine has; it is taken from now on. 0: none. */
  int take(VpnSpec vpn) {
    int port = of(vpn.name());
    return port > 0 && taken.add(vpn.name()) ? port : 0;
  }

  /** Forwarded engines of the open VPNs that were made with another port than their VPN has now. */
  List<Renewal> changed() {
    List<Renewal> renewals = new ArrayList<>();
    for (Assignment engine : spread.onOpen()) {
      int port = of(engine.vpn());
      String madeWith = engine.container().label(Labels.P2P_PORT);
      if (port > 0
          && engine.forwarded()
          && !unfinished.test(engine.container())
          && !madeWith.isEmpty()
          && !madeWith.equals(Integer.toString(port))) {
        renewals.add(new Renewal(engine, port, "forwarded port " + madeWith + " -> " + port));
      }
    }
    return renewals;
  }

  /** Ports of the open VPNs that came when all engines there were made: an idle one takes it. */
  List<Renewal> late() {
    List<Renewal> renewals = new ArrayList<>();
    for (VpnSpec vpn : spread.open()) {
      Assignment taker = firstIdleOfOurs(vpn);
      int port = taker == null ? 0 : take(vpn);
      if (taker != null && port > 0) {
        renewals.add(
            new Renewal(
                taker,
                port,
                vpn.name() + " has the forwarded port " + port + " and nobody uses it"));
      }
    }
    return renewals;
  }

  /** One that runs and was made by us: another one's image and settings are not ours to know. */
  private @Nullable Assignment firstIdleOfOurs(VpnSpec vpn) {
    return spread.idleOn(vpn).stream()
        .filter(e -> e.container().running() && !unfinished.test(e.container()))
        .filter(e -> !e.container().label(Labels.P2P_PORT).isEmpty())
        .min(Comparator.comparing(e -> e.container().name()))
        .orElse(null);
  }
}
