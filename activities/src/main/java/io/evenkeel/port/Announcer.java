package io.evenkeel.port;

import io.evenkeel.fleet.OutageReport;

/** Tells somebody outside of outages. */
public interface Announcer {
  /**
   * Tells of one; over after 8 s.
   *
   * @throws NotTold where nobody took it; its message holds no secret
   */
  void announce(OutageReport report);

  /** Nobody took it. */
  final class NotTold extends RuntimeException {
    public NotTold(String line) {
      super(line);
    }
  }

  /** Nobody wants to be told. */
  static Announcer none() {
    return _ -> {};
  }
}
