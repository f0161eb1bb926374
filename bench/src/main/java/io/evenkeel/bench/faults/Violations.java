package io.evenkeel.bench.faults;

import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/** What must never be, and was seen: each once, with its place in the timeline. Thread-safe. */
final class Violations {
  private final Timeline timeline;
  private final Set<String> all = new LinkedHashSet<>();

  Violations(Timeline timeline) {
    this.timeline = timeline;
  }

  synchronized void add(String what) {
    if (all.add(what)) {
      timeline.add("VIOLATION: " + what);
    }
  }

  synchronized List<String> all() {
    return List.copyOf(all);
  }
}
