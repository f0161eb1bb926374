package io.evenkeel.decide;

import io.evenkeel.fleet.OutageReport.EngineDeed;

/**
 * What came of a deed. A report says it in words alone, which open runs and histories hold: the
 * words that begin a deed must stay as they are.
 */
public enum DeedOutcome {
  /** Nothing is left to do, whatever was done. */
  SETTLED(""),
  /** It could not be attached, and may be the next time. */
  FAILED("failed: "),
  /** A person has to see to it. */
  REFUSED("refused: ");

  private final String beginning;

  DeedOutcome(String beginning) {
    this.beginning = beginning;
  }

  /** Of that deed; one that begins with no known word is settled. */
  public static DeedOutcome of(EngineDeed deed) {
    if (deed.did().startsWith(REFUSED.beginning)) {
      return REFUSED;
    }
    return deed.did().startsWith(FAILED.beginning) ? FAILED : SETTLED;
  }

  /** The words of a deed with this outcome, which {@link #of} reads. */
  public String because(String why) {
    return beginning + why;
  }
}
