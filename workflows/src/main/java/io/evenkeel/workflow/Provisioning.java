package io.evenkeel.workflow;

import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** The fleet's provisioning: one run at a time, and a pause of 30 s after one that failed. */
final class Provisioning {
  private static final Logger log = Workflow.getLogger(Provisioning.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);

  private final Runnable nudge;
  private boolean runs;
  private @Nullable Instant notBefore;

  /**
   * Goes on where the monitor's run before stood.
   *
   * @param notBefore null: at any time
   * @param nudge to be run when a run has ended
   */
  Provisioning(@Nullable Instant notBefore, Runnable nudge) {
    this.notBefore = notBefore;
    this.nudge = nudge;
  }

  /**
   * Until when nothing is begun, after a run that failed; null: at any time. The monitor's next run
   * does not hear how a run that is under way ends: it judges anew then.
   */
  @Nullable Instant notBefore() {
    return runs
        ? Instant.ofEpochMilli(Workflow.currentTimeMillis()).plus(PAUSE_AFTER_FAILURE)
        : notBefore;
  }

  /** Whether what failed is now to be tried again, though nothing has changed. */
  boolean isDue(Instant now) {
    return notBefore != null && !now.isBefore(notBefore);
  }

  /** Nothing is to be provisioned: what failed need not be tried again. */
  void isRight() {
    if (notBefore != null && Change.PROVISION_IS_RIGHT.isKnown()) {
      notBefore = null;
    }
  }

  boolean mayBegin(Instant now) {
    return !runs && (notBefore == null || !now.isBefore(notBefore));
  }

  void begin(ProvisionRequest request, String because) {
    runs = true;
    notBefore = null;
    log.info("provisioning {}: {}", request.config().fleet(), because);
    Promise<Void> _ =
        Async.function(Children.provision(request.config())::provision, request)
            .handle((report, failure) -> {
              runs = false;
              nudge.run();
              if (failure != null || !report.failed().isEmpty()) {
                String why =
                    failure != null ? OutageLog.rootMessage(failure) : report.failed().toString();
                log.warn("provisioning: {}; again in {}", why, PAUSE_AFTER_FAILURE);
                notBefore =
                    Instant.ofEpochMilli(Workflow.currentTimeMillis()).plus(PAUSE_AFTER_FAILURE);
              }
              return null;
            });
  }
}
