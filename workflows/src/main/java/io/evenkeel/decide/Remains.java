package io.evenkeel.decide;

import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.TreeMap;
import java.util.TreeSet;

/**
 * What outages have left undone.
 *
 * @param owed names of dependents that ran when their VPN's outage began and were not attached
 *     since: they are started whatever has ended them
 * @param refused names of dependents that could not be attached, and until when that is not tried
 *     again
 * @param failures how often that has come to nothing so far, by name
 */
public record Remains(
    List<String> owed, Map<String, Instant> refused, Map<String, Integer> failures) {
  private static final Duration REFUSED_FOR = Duration.ofMinutes(1);
  private static final Duration FAILED_FOR = Duration.ofSeconds(5);

  public Remains {
    owed = List.copyOf(owed);
    refused = Map.copyOf(refused);
    failures = Map.copyOf(failures);
  }

  public static Remains none() {
    return new Remains(List.of(), Map.of(), Map.of());
  }

  /** An outage of these begins. */
  public Remains opened(List<Container> dependents) {
    TreeSet<String> now = new TreeSet<>(owed);
    for (Container dependent : dependents) {
      if (dependent.alive()) {
        now.add(Aside.original(dependent.name()));
      }
    }
    return new Remains(List.copyOf(now), refused, failures);
  }

  /**
   * A look has shown what ended together with its VPN, which is owed a start, what is attached by
   * now, whoever did that, and what is gone.
   *
   * @param open VPNs whose outage is open: until it ends the list may say what is no longer so
   */
  public Remains seen(
      FleetConfig config, FleetKnowledge before, FleetKnowledge now, Collection<String> open) {
    TreeSet<String> still = new TreeSet<>(owed);
    Map<String, Instant> later = new TreeMap<>(refused);
    Map<String, Integer> failed = new TreeMap<>(failures);
    Map<String, Assignment> were = before.index(config).assignments();
    Map<String, Assignment> are = now.index(config).assignments();
    failed.keySet().retainAll(are.keySet().stream().map(Aside::original).toList());
    for (Assignment assignment : are.values()) {
      Container dependent = assignment.container();
      Container vpn = FleetDecision.vpn(now, assignment.vpn());
      Container vpnBefore = FleetDecision.vpn(before, assignment.vpn());
      Assignment was = were.get(dependent.name());
      String name = Aside.original(dependent.name());
      if (vpn == null || open.contains(assignment.vpn())) {
        continue;
      }
      if (dependent.running()
          && vpn.running()
          && AttachmentRule.of(dependent, vpn, false) == AttachmentRule.Remedy.LEAVE) {
        still.remove(name);
        if (failed.remove(name) != null) {
          later.remove(name);
        }
      } else if (vpnBefore != null
          && hasEnded(vpnBefore, vpn)
          && was != null
          && was.container().running()
          && !dependent.running()) {
        still.add(name);
      }
    }
    return new Remains(List.copyOf(still), later, failed);
  }

  private static boolean hasEnded(Container vpnBefore, Container vpn) {
    return vpnBefore.running()
        && !(vpn.running() && Objects.equals(vpn.startedAt(), vpnBefore.startedAt()));
  }

  /**
   * An outage has ended with these deeds. What failed once is tried again at once, for Docker may
   * just have been in trouble; then, as what was refused, more and more rarely.
   *
   * @param growing false, as it was once: a refusal lasts a minute each time, a failure not at all
   */
  public Remains closed(List<EngineDeed> deeds, Instant now, boolean growing) {
    TreeSet<String> still = new TreeSet<>(owed);
    Map<String, Instant> later = new TreeMap<>(refused);
    Map<String, Integer> failed = new TreeMap<>(failures);
    for (EngineDeed deed : deeds) {
      DeedOutcome outcome = DeedOutcome.of(deed);
      if (outcome == DeedOutcome.SETTLED) {
        still.remove(deed.name());
        later.remove(deed.name());
        failed.remove(deed.name());
        continue;
      }
      int times = growing ? failed.merge(deed.name(), 1, Integer::sum) : 1;
      if (outcome == DeedOutcome.REFUSED) {
        later.put(deed.name(), now.plus(BackOff.after(REFUSED_FOR, times - 1)));
      } else if (times > 1) {
        later.put(deed.name(), now.plus(BackOff.after(FAILED_FOR, times - 2)));
      }
    }
    return new Remains(List.copyOf(still), later, failed);
  }

  /**
   * The same, where what was refused long enough ago may be tried again; so may what would wait for
   * longer than anybody does, since the clock was set back.
   */
  public Remains at(Instant now) {
    Map<String, Instant> later = new TreeMap<>(refused);
    Instant longest = now.plus(BackOff.LONGEST);
    later
        .entrySet()
        .removeIf(wait ->
            !now.isBefore(wait.getValue())
                || (failures.containsKey(wait.getKey()) && wait.getValue().isAfter(longest)));
    return new Remains(owed, later, failures);
  }

  /** Whether a refusal has lasted long enough: there is something to decide on. */
  public boolean isDueAt(Instant now) {
    return !at(now).equals(this);
  }
}
