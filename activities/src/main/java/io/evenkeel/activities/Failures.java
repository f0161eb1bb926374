package io.evenkeel.activities;

import io.evenkeel.port.DockerFailure;
import io.temporal.failure.ApplicationFailure;
import java.util.function.Supplier;

/**
 * The one funnel from the edge's failures to Temporal's: the type says what the workflow may do.
 */
final class Failures {
  private Failures() {}

  /** Runs a call; a passing failure is retried by Temporal, any other is an answer. */
  static <T> T translate(Supplier<T> call) {
    try {
      return call.get();
    } catch (DockerFailure failure) {
      String type = failure.kind().name();
      String line = failure.getMessage() == null ? type : failure.getMessage();
      throw failure.kind().passing()
          ? ApplicationFailure.newFailure(line, type)
          : ApplicationFailure.newNonRetryableFailure(line, type);
    }
  }
}
