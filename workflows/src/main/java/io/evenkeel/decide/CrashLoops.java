package io.evenkeel.decide;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Engines that the provisioning starts or makes, again and again, because none stays up: its
 * process ends, or somebody removes it. The first relapse is started at once; before the next ones
 * the engine rests for 10, 20, 40, ... 300 s. One that has run for a minute begins anew.
 *
 * @param starts since each engine stayed up last, by name
 */
public record CrashLoops(Map<String, Starts> starts) {
  private static final Duration FIRST_REST = Duration.ofSeconds(10);
  private static final Duration STAYS_UP = Duration.ofMinutes(1);

  /**
   * How one engine was started.
   *
   * @param last when it was started last
   * @param rests whether it is not to be started now, should it have ended again
   */
  public record Starts(int times, Instant last, boolean rests) {
    /** Until when it is not started again. */
    public Instant restsUntil() {
      return times < 2 ? last : last.plus(BackOff.after(FIRST_REST, times - 2));
    }

    /** The clock may have been set back: nobody waits for longer than the longest rest. */
    private boolean isOverAt(Instant now) {
      return !now.isBefore(restsUntil()) || last.isAfter(now);
    }
  }

  public CrashLoops {
    starts = Map.copyOf(starts);
  }

  public static CrashLoops none() {
    return new CrashLoops(Map.of());
  }

  /** Whether one of these was started before, and has not stayed up since. */
  public boolean isAnyAgain(Collection<String> names) {
    return names.stream().anyMatch(starts::containsKey);
  }

  /** These were started, or made and started. */
  public CrashLoops started(Collection<String> names, Instant now) {
    Map<String, Starts> after = new TreeMap<>(starts);
    for (String name : names) {
      Starts before = after.get(name);
      int times = before == null ? 1 : before.times() + 1;
      after.put(name, new Starts(times, now, times > 1));
    }
    return new CrashLoops(after);
  }

  /** These were removed, as somebody wanted. */
  public CrashLoops without(Collection<String> names) {
    Map<String, Starts> after = new TreeMap<>(starts);
    after.keySet().removeAll(names);
    return new CrashLoops(after);
  }

  /**
   * A look has shown these: what has run for a minute stays up, what is gone is forgotten later.
   */
  public CrashLoops seen(Collection<Container> all, Instant now) {
    if (starts.isEmpty()) {
      return this;
    }
    Map<String, Starts> after = new TreeMap<>(starts);
    Set<String> there = new TreeSet<>();
    for (Container container : all) {
      String name = Aside.original(container.name());
      there.add(name);
      // Its own start counts too: a look may see it run just before it ends again.
      Instant start = container.startedAt();
      Starts of = after.get(name);
      if (of != null
          && container.running()
          && start != null
          && !now.isBefore(start.plus(STAYS_UP))
          && !now.isBefore(of.last().plus(STAYS_UP))) {
        var _ = after.remove(name);
      }
    }
    after
        .entrySet()
        .removeIf(engine ->
            !there.contains(engine.getKey())
                && !now.isBefore(engine.getValue().restsUntil().plus(STAYS_UP)));
    return new CrashLoops(after);
  }

  /** The same, where whoever has rested for long enough no longer rests. */
  public CrashLoops at(Instant now) {
    Map<String, Starts> after = new TreeMap<>(starts);
    after.replaceAll(
        (_, of) -> of.rests() && of.isOverAt(now) ? new Starts(of.times(), of.last(), false) : of);
    return new CrashLoops(after);
  }

  /** Whether somebody has rested for long enough: there is something to decide on. */
  public boolean isDueAt(Instant now) {
    return !at(now).equals(this);
  }

  /** Names of engines that are not to be started now, should they have ended again; in order. */
  public List<String> resting() {
    return starts.entrySet().stream()
        .filter(engine -> engine.getValue().rests())
        .map(Map.Entry::getKey)
        .sorted()
        .toList();
  }

  /** How that one was started, if it rests; null: it does not. */
  public @Nullable Starts rest(String name) {
    Starts of = starts.get(name);
    return of != null && of.rests() ? of : null;
  }
}
