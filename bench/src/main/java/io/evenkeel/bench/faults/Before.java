package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;

/** What was there before the first fault, and who may touch what of it. Thread-safe. */
final class Before {
  private final Fleet fleet;
  private final Plan plan;
  private final Map<String, Seen> containers;
  private final Map<String, String> starts = new TreeMap<>();
  private final Map<Integer, Map<String, String>> volumes = new TreeMap<>();
  private final Set<String> hit = ConcurrentHashMap.newKeySet();
  private final Set<String> moved = ConcurrentHashMap.newKeySet();

  Before(Fleet fleet, Plan plan, Map<String, Seen> containers) {
    this.fleet = fleet;
    this.plan = plan;
    this.containers = containers;
  }

  /** Takes it down. */
  static Before of(Fleet fleet, Plan plan) throws IOException {
    Before before = new Before(fleet, plan, fleet.list());
    for (Seen one : before.containers()) {
      before.starts.put(one.name(), fleet.startedAt(one.id()));
    }
    for (int vpn = 1; vpn <= 2; vpn++) {
      before.volumes.put(vpn, fleet.volumes(vpn));
    }
    return before;
  }

  List<Seen> containers() {
    return List.copyOf(containers.values());
  }

  String startedAt(Seen one) {
    return starts.getOrDefault(one.name(), "");
  }

  Map<String, String> volumesOfGuest(int vpn) {
    return volumes.getOrDefault(vpn, Map.of());
  }

  /** The name of the engine that a fault of the plan means. */
  String engine(Fault fault) {
    List<String> names =
        containers.values().stream()
            .filter(c -> c.vpn().equals(fleet.vpn(fault.vpn())))
            .map(Seen::name)
            .toList();
    return names.get(fault.engine() % names.size());
  }

  /** From now on the bench itself touches this container. */
  void hits(String container) {
    hit.add(container);
  }

  boolean isHit(Seen one) {
    return hit.contains(one.name());
  }

  /** Whether no fault of the plan hits it. */
  private boolean isSpared(Seen one) {
    boolean behindOne = one.vpn().equals(fleet.vpn(1)) || one.name().equals(fleet.guest(1));
    int vpn = behindOne || one.name().equals(fleet.vpn(1)) ? 1 : 2;
    return !plan.hits(vpn) && !hit.contains(one.name());
  }

  /**
   * Whether nobody has a reason to touch it, now that it was touched. An engine that somebody
   * removes, or makes again elsewhere, may unbalance the fleet: then one idle one moves.
   */
  boolean isWronged(Seen one) {
    if (!isSpared(one)) {
      return false;
    }
    if (!one.isEngine()) {
      return true;
    }
    moved.add(one.name());
    return moved.size()
        > plan.faults().stream()
            .filter(f -> Set.of(Kind.ENGINE_REMOVED, Kind.ENGINE_RECREATED).contains(f.kind()))
            .count();
  }
}
