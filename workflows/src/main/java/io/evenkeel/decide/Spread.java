package io.evenkeel.decide;

import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.fleet.VpnSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/**
 * How many engines each configured VPN has while a plan is made, and which: those that are there,
 * and those that the plan has put or taken. An engine that is put, or is to be left, counts, and is
 * never chosen.
 */
final class Spread {
  private final List<VpnSpec> open;
  private final Collection<String> busy;
  private final Map<String, List<Assignment>> engines = new TreeMap<>();
  private final Map<String, Integer> counts = new TreeMap<>();

  /**
   * Of the fleet as it is.
   *
   * @param vpns all that are configured; engines elsewhere are left out
   * @param closed names of those that are never chosen; the others are open
   * @param busy ids of engines that are not idle
   */
  Spread(List<VpnSpec> vpns, Collection<String> closed, FleetIndex index, Collection<String> busy) {
    this.open = vpns.stream().filter(vpn -> !closed.contains(vpn.name())).toList();
    this.busy = busy;
    vpns.forEach(vpn -> counts.put(vpn.name(), 0));
    for (Assignment engine : index.assignments().values()) {
      if (engine.managed() && counts.containsKey(engine.vpn())) {
        if (!engine.left()) {
          engines.computeIfAbsent(engine.vpn(), _ -> new ArrayList<>()).add(engine);
        }
        put(engine.vpn());
      }
    }
  }

  /** The VPNs that are chosen among, in the configuration's order; none: nothing may be chosen. */
  List<VpnSpec> open() {
    return open;
  }

  /** Those of the open VPNs that are there, not to be left, not taken; VPN by VPN, then by name. */
  List<Assignment> onOpen() {
    return open.stream().flatMap(vpn -> on(vpn).stream()).toList();
  }

  private List<Assignment> on(VpnSpec vpn) {
    return engines.getOrDefault(vpn.name(), List.of());
  }

  /** Those of the VPN that nobody uses, by name. */
  List<Assignment> idleOn(VpnSpec vpn) {
    return on(vpn).stream().filter(engine -> !busy.contains(engine.container().id())).toList();
  }

  /** The last of those that is not forwarded and may go; null: there is none. */
  @Nullable Assignment lastIdleOn(VpnSpec vpn, Predicate<Assignment> mayGo) {
    return idleOn(vpn).stream()
        .filter(engine -> !engine.forwarded())
        .filter(mayGo)
        .max(Comparator.comparing(engine -> engine.container().name()))
        .orElse(null);
  }

  /** Engines that the VPN has by now. */
  int count(VpnSpec vpn) {
    return counts.getOrDefault(vpn.name(), 0);
  }

  /**
   * Of the open VPNs that have room; the first one in the configuration's order where several have
   * as few. Null: none has room.
   */
  @Nullable VpnSpec emptiest(Predicate<VpnSpec> hasRoom) {
    return open.stream().filter(hasRoom).min(Comparator.comparingInt(this::count)).orElse(null);
  }

  /** Of the open VPNs; the last one in the configuration's order where several have as many. */
  VpnSpec fullest() {
    return open.reversed().stream().max(Comparator.comparingInt(this::count)).orElseThrow();
  }

  /** One more, which is not there yet. */
  void put(VpnSpec vpn) {
    put(vpn.name());
  }

  private void put(String vpn) {
    counts.merge(vpn, 1, Integer::sum);
  }

  /** One less. */
  void take(Assignment engine) {
    engines.getOrDefault(engine.vpn(), new ArrayList<>()).remove(engine);
    counts.merge(engine.vpn(), -1, Integer::sum);
  }
}
