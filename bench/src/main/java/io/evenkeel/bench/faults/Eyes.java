package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.io.IOException;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;

/** Looks at the containers again and again: more than wanted, two for one name or one port. */
final class Eyes {
  private static final long SAMPLE_MILLIS = 150;

  private final Fleet fleet;
  private final Plan plan;
  private final Violations violations;
  private final Timeline timeline;
  private volatile Map<String, Seen> last = Map.of();

  Eyes(Fleet fleet, Plan plan, Violations violations, Timeline timeline) {
    this.fleet = fleet;
    this.plan = plan;
    this.violations = violations;
    this.timeline = timeline;
  }

  /** What was there at the last look, by name; nothing while the engine is away. */
  Map<String, Seen> last() {
    return last;
  }

  /** Goes on until it is over. */
  void sample(BooleanSupplier over) throws InterruptedException {
    Set<String> doubtful = Set.of();
    String before = "";
    while (!over.getAsBoolean()) {
      try {
        Map<String, Seen> now = fleet.list();
        last = now;
        Set<String> wrong = wrong(now.values());
        // Twice: a list is no photograph.
        Set<String> again = new TreeSet<>(wrong);
        again.retainAll(doubtful);
        again.forEach(violations::add);
        doubtful = wrong;
        String told = tell(now.values());
        if (!told.equals(before)) {
          timeline.add(told);
          before = told;
        }
      } catch (IOException away) {
        doubtful = Set.of();
        last = Map.of();
        if (!before.equals("engine away")) {
          before = "engine away";
          timeline.add("the engine does not answer the bench: " + away.getMessage());
        }
      }
      Thread.sleep(SAMPLE_MILLIS);
    }
  }

  /** What must never be, in one look. */
  Set<String> wrong(Collection<Seen> now) {
    Set<String> wrong = new TreeSet<>();
    List<Seen> running = now.stream().filter(Seen::running).filter(Seen::isEngine).toList();
    int most = fleet.target() + (plan.hasAny(Kind.ENGINE_RECREATED) ? 1 : 0);
    if (running.size() > most) {
      wrong.add(running.size() + " engines run, " + fleet.target() + " are wanted");
    }
    Map<String, Long> slots =
        now.stream()
            .filter(Seen::running)
            .collect(Collectors.groupingBy(Seen::slot, Collectors.counting()));
    slots.forEach((slot, count) -> {
      if (count > 1) {
        wrong.add(count + " containers run for the name " + fleet.shortly(slot));
      }
    });
    Map<String, Long> places =
        running.stream()
            .collect(
                Collectors.groupingBy(
                    c -> "port " + c.port() + " behind " + fleet.shortly(c.vpn()),
                    Collectors.counting()));
    places.forEach((place, count) -> {
      if (count > 1) {
        wrong.add(count + " engines run for " + place);
      }
    });
    return wrong;
  }

  private String tell(Collection<Seen> now) {
    StringBuilder text = new StringBuilder("containers:");
    for (int vpn = 1; vpn <= 2; vpn++) {
      String name = fleet.vpn(vpn);
      String state =
          now.stream()
              .filter(c -> c.name().equals(name))
              .map(Seen::state)
              .findFirst()
              .orElse("none");
      long running = now.stream().filter(c -> c.vpn().equals(name) && c.running()).count();
      long all = now.stream().filter(c -> c.vpn().equals(name)).count();
      text.append(" vpn").append(vpn).append(' ').append(state).append(' ');
      text.append(running).append('/').append(all).append(';');
    }
    now.stream()
        .filter(c -> c.name().endsWith(Fleet.ASIDE))
        .forEach(
            c -> text.append(' ').append(fleet.shortly(c.name())).append(' ').append(c.state()));
    return text.toString();
  }
}
