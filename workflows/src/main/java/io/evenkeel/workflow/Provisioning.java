package io.evenkeel.workflow;

import io.evenkeel.decide.CrashLoops;
import io.evenkeel.fleet.Container;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * The fleet's provisioning: one run at a time, a pause of 30 s after one that failed, and rests for
 * the engines that do not stay up.
 */
final class Provisioning {
  private static final Logger log = Workflow.getLogger(Provisioning.class);
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);

  private final Runnable nudge;
  private boolean runs;
  private @Nullable Instant notBefore;
  private CrashLoops loops;

  /**
   * Goes on where the monitor's run before stood.
   *
   * @param notBefore null: at any time
   * @param loops of engines that do not stay up
   * @param nudge to be run when a run has ended
   */
  Provisioning(@Nullable Instant notBefore, CrashLoops loops, Runnable nudge) {
    this.notBefore = notBefore;
    this.loops = loops;
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

  /** The engines that do not stay up. */
  CrashLoops loops() {
    return loops;
  }

  /** A look has shown these. */
  void seen(Collection<Container> all, Instant now) {
    loops = loops.seen(all, now);
  }

  /** Names of engines that are not to be started at that moment. */
  List<String> resting(Instant now) {
    loops = loops.at(now);
    return loops.resting();
  }

  /** A person wants everything to be decided on anew. */
  void restsAreOver() {
    loops = CrashLoops.none();
  }

  /** Whether what failed, or has rested, is now to be tried again, though nothing has changed. */
  boolean isDue(Instant now) {
    return (notBefore != null && !now.isBefore(notBefore)) || loops.isDueAt(now);
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
              if (report != null) {
                loops = loops.without(report.removed());
                started(report.missed());
              }
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

  private void started(List<String> names) {
    boolean again = loops.isAnyAgain(names);
    if (again && !Change.CRASH_LOOPS_REST.isKnown()) {
      return;
    }
    Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    loops = loops.started(names, now);
    for (String name : names) {
      CrashLoops.Starts rest = loops.rest(name);
      if (rest != null) {
        log.warn(
            "{} does not stay up: start number {}; if it ends again, the next one is in {}, see its"
                + " log",
            name,
            rest.times(),
            Duration.between(now, rest.restsUntil()));
      }
    }
  }
}
