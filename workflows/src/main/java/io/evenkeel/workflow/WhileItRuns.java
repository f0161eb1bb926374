package io.evenkeel.workflow;

import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/**
 * Waits for what has a meaning only while the VPN runs: once its process has ended again no answer
 * is waited for. An engine behind a dead VPN would else be given its whole time to start before the
 * VPN is started.
 */
final class WhileItRuns {
  private final BooleanSupplier endedAgain;
  private final List<Promise<?>> left = new ArrayList<>();

  WhileItRuns(BooleanSupplier endedAgain) {
    this.endedAgain = endedAgain;
  }

  /** Whether its process has ended since it was seen to run. */
  boolean hasEnded() {
    return endedAgain.getAsBoolean();
  }

  /** Whether nothing is waited for because of that; never in a run that waited in spite of it. */
  boolean isOver() {
    return hasEnded() && Change.END_ENDS_WAITS.isKnown();
  }

  /**
   * Whether there is an answer, or a failure.
   *
   * @param question harmless, as nobody ends it: it goes on by itself, until {@link #awaitLeft}
   * @return false: the VPN has ended before
   */
  boolean isAnswered(Promise<?> question) {
    await(question);
    if (!question.isCompleted()) {
      left.add(question);
    }
    return question.isCompleted();
  }

  /**
   * Whether the VPN has ended while a deed was under way, which is to be seen through all the same.
   */
  boolean hasEndedBefore(Promise<?> deed) {
    Workflow.await(() -> deed.isCompleted() || hasEnded());
    return !deed.isCompleted() && Change.REBALANCE_HOLDS_UP_NO_START.isKnown();
  }

  /** Returns after that time, or when the VPN has ended. */
  void sleep(Duration time) {
    await(Workflow.newTimer(time));
  }

  /**
   * Returns when nothing is asked any more that was left without an answer, or when the VPN has
   * ended again: an outage is over after all that it has begun. Mostly at once, as what was asked
   * later was the same.
   */
  void awaitLeft() {
    left.removeIf(Promise::isCompleted);
    if (!left.isEmpty()) {
      Workflow.await(() -> hasEnded() || left.stream().allMatch(Promise::isCompleted));
    }
  }

  private void await(Promise<?> promise) {
    Workflow.await(() -> promise.isCompleted() || hasEnded());
    if (!promise.isCompleted() && !Change.END_ENDS_WAITS.isKnown()) {
      Workflow.await(promise::isCompleted);
    }
  }
}
