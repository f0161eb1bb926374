package io.evenkeel.decide;

import java.time.Duration;

/** Pauses between attempts: each twice the one before, and not more than five minutes. */
public final class BackOff {
  static final Duration LONGEST = Duration.ofMinutes(5);

  private BackOff() {}

  /** The pause after one of that length. */
  public static Duration longer(Duration pause) {
    Duration twice = pause.multipliedBy(2);
    return twice.compareTo(LONGEST) < 0 ? twice : LONGEST;
  }

  /**
   * The pause that is so many after the first one.
   *
   * @param more 0: the first one itself
   */
  public static Duration after(Duration first, int more) {
    Duration pause = first;
    for (int i = 0; i < more; i++) {
      pause = longer(pause);
    }
    return pause;
  }
}
