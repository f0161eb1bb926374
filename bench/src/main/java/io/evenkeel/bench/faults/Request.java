package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Paths;

/** What a request asks of the engine. */
record Request(String method, String target) {
  /** A connection between two requests has this one. */
  static final Request NONE = new Request("", "");

  boolean isOneOf(Paths paths) {
    return paths.match(method, target);
  }

  /** Whether its answer, if it is one of success, goes on and on. */
  boolean isForAStream() {
    return isOneOf(Paths.EVENTS) || isOneOf(Paths.LOGS);
  }
}
