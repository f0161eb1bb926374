package io.evenkeel.bench.faults;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What was done and seen when, in seconds since the sequence's begin. */
final class Timeline {
  private final long began = System.nanoTime();
  private final List<String> lines = new ArrayList<>();

  double seconds() {
    return (System.nanoTime() - began) / 1e9;
  }

  synchronized void add(String what) {
    lines.add(String.format(Locale.ROOT, "%7.2f  %s", seconds(), what));
  }

  synchronized List<String> lines() {
    return List.copyOf(lines);
  }
}
