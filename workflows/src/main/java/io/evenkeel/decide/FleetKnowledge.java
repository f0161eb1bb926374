package io.evenkeel.decide;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.TunnelReading;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What is known of a fleet. One look's absence forgets nothing: a container is gone when Docker
 * answered twice without it, and when everything vanishes at once the knowledge freezes.
 *
 * @param fingerprint of the last look
 * @param known every container that is not gone, sorted by name; one per name
 * @param tunnels the last reading of each VPN, sorted
 * @param missing looks in a row without a container, by its id
 * @param homes VPN by container name
 * @param unhealthySince by VPN name
 * @param frozen why nothing is concluded from what was seen; empty: it is not frozen
 */
public record FleetKnowledge(
    String fingerprint,
    List<Container> known,
    List<TunnelReading> tunnels,
    Map<String, Integer> missing,
    Map<String, String> homes,
    Map<String, Instant> unhealthySince,
    String frozen) {

  /** One list may lack what is there. */
  static final int LOOKS_UNTIL_GONE = 2;

  private static final int FEW_ENGINES = 3;
  private static final double TOO_MANY_AT_ONCE = 0.55;

  public FleetKnowledge {
    known = List.copyOf(known);
    tunnels = List.copyOf(tunnels);
  }

  public static FleetKnowledge nothing() {
    return new FleetKnowledge("", List.of(), List.of(), Map.of(), Map.of(), Map.of(), "");
  }

  /** Whether the look said nothing new and nothing is pending: there is nothing to decide. */
  public boolean settledBy(Observation seen) {
    return !seen.whole()
        && seen.changed().isEmpty()
        && seen.vanished().isEmpty()
        && seen.tunnels().isEmpty()
        && missing.isEmpty()
        && unhealthySince.isEmpty();
  }

  /** The knowledge after one answered look. */
  public FleetKnowledge after(Observation seen, FleetConfig config) {
    Map<String, Container> byName = new TreeMap<>();
    known.forEach(c -> byName.put(c.name(), c));
    Set<String> absent = new HashSet<>(missing.keySet());
    if (seen.whole()) {
      known.forEach(c -> absent.add(c.id()));
    }
    absent.addAll(seen.vanished());
    for (Container container : seen.changed()) {
      byName.values().removeIf(c -> c.id().equals(container.id()));
      byName.put(container.name(), container);
      absent.remove(container.id());
    }
    Map<String, Integer> stillMissing = new TreeMap<>();
    for (Container container : byName.values()) {
      if (absent.contains(container.id())) {
        stillMissing.put(container.id(), missing.getOrDefault(container.id(), 0) + 1);
      }
    }
    String freeze = frozenBecause(byName, stillMissing.keySet(), config);
    if (freeze.isEmpty()) {
      byName
          .values()
          .removeIf(c -> stillMissing.getOrDefault(c.id(), 0) >= looksUntilGone(c, config));
      stillMissing.keySet().retainAll(byName.values().stream().map(Container::id).toList());
    }
    List<Container> now = new ArrayList<>(byName.values());
    return new FleetKnowledge(
        seen.fingerprint(),
        now,
        tunnelsAfter(seen),
        stillMissing,
        homesAfter(now, config),
        unhealthyAfter(now, config, seen.at()),
        freeze);
  }

  /** A VPN that is gone is one look longer known: its outage is opened meanwhile. */
  private static int looksUntilGone(Container container, FleetConfig config) {
    return LOOKS_UNTIL_GONE + (config.vpn(container.name()).isPresent() ? 1 : 0);
  }

  private static String frozenBecause(
      Map<String, Container> byName, Set<String> absent, FleetConfig config) {
    List<Container> vpns =
        byName.values().stream().filter(c -> config.vpn(c.name()).isPresent()).toList();
    if (vpns.size() > 1 && vpns.stream().allMatch(c -> absent.contains(c.id()))) {
      return "all " + vpns.size() + " VPNs vanished from the list at once";
    }
    List<Container> engines =
        byName.values().stream()
            .filter(config.scope()::manages)
            .filter(c -> config.vpn(c.name()).isEmpty())
            .toList();
    long lost = engines.stream().filter(c -> absent.contains(c.id())).count();
    return engines.size() >= FEW_ENGINES && lost >= TOO_MANY_AT_ONCE * engines.size()
        ? lost + " of " + engines.size() + " engines vanished from the list at once"
        : "";
  }

  private List<TunnelReading> tunnelsAfter(Observation seen) {
    Map<String, TunnelReading> byVpn = new TreeMap<>();
    tunnels.forEach(t -> byVpn.put(t.vpn(), t));
    seen.tunnels().forEach(t -> byVpn.put(t.vpn(), t));
    return List.copyOf(byVpn.values());
  }

  private Map<String, String> homesAfter(List<Container> now, FleetConfig config) {
    Map<String, String> after = new TreeMap<>();
    FleetIndexer.index(config, now, homes)
        .assignments()
        .forEach((name, assignment) -> {
          if (!assignment.vpn().isEmpty()) {
            after.put(name, assignment.vpn());
          }
        });
    return after;
  }

  private Map<String, Instant> unhealthyAfter(List<Container> now, FleetConfig config, Instant at) {
    Map<String, Instant> after = new TreeMap<>();
    for (Container container : now) {
      if (config.vpn(container.name()).isPresent()
          && container.running()
          && container.health() == Health.UNHEALTHY) {
        Instant since = unhealthySince.getOrDefault(container.name(), at);
        Instant start = container.startedAt();
        // A start begins it anew, whether or not a look saw it in between.
        after.put(container.name(), start != null && since.isBefore(start) ? at : since);
      }
    }
    return after;
  }

  /** The fleet's index as known now. */
  public FleetIndex index(FleetConfig config) {
    return FleetIndexer.index(config, known, homes);
  }

  /** A VPN's last reading; unknown where there is none. */
  public TunnelReading tunnel(String vpn) {
    return tunnels.stream()
        .filter(t -> t.vpn().equals(vpn))
        .findFirst()
        .orElse(TunnelReading.unknown(vpn));
  }

  /**
   * Every name in use. One that is put aside is the one that goes: once a look lacks it, it was
   * removed, and whoever took its place is finished.
   */
  public Set<String> names() {
    Set<String> names = new TreeSet<>();
    known.stream()
        .filter(c -> !Aside.is(c.name()) || !missing.containsKey(c.id()))
        .forEach(c -> names.add(c.name()));
    return names;
  }

  /** The same, to be looked at as a whole and decided on anew. */
  public FleetKnowledge withoutFingerprint() {
    return new FleetKnowledge("", known, tunnels, missing, homes, unhealthySince, frozen);
  }

  /** Nothing is frozen any more: a person has looked. What is missing is gone. */
  public FleetKnowledge thawed() {
    List<Container> there = known.stream().filter(c -> !missing.containsKey(c.id())).toList();
    return new FleetKnowledge("", there, tunnels, Map.of(), homes, unhealthySince, "");
  }
}
