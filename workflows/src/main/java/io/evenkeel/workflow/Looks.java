package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Observation;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.List;

/** Looks at a fleet, one at a time; each that says something new is decided on once. */
final class Looks {
  private final Wanted wanted;
  private final Sight sight;
  private final Streams streams;
  private final OpenOutages outages;
  private final OpenWork work;

  /** Outages that the look which is under way speaks about for itself. */
  private List<OutageProgress> endedBefore = List.of();

  Looks(Wanted wanted, Sight sight, Streams streams, OpenOutages outages, OpenWork work) {
    this.wanted = wanted;
    this.sight = sight;
    this.streams = streams;
    this.outages = outages;
    this.work = work;
  }

  /** Its answer is the promise's; it changes nothing until it is concluded. */
  Promise<Observation> begin() {
    FleetConfig config = wanted.config();
    FleetActivities docker = new Steps(config.policy()).docker("look at " + config.fleet());
    endedBefore = outages.ended();
    return Async.function(
        docker::look,
        config.scope(),
        sight.knowledge().fingerprint(),
        List.copyOf(outages.busyVpns()));
  }

  /** Takes up what a completed look has shown, and acts on it unless the fleet is paused. */
  void conclude(Promise<Observation> look) {
    Observation seen;
    try {
      seen = look.get();
    } catch (ActivityFailure failure) {
      sight.failed(failure, now());
      return;
    }
    outages.forget(endedBefore);
    FleetKnowledge before = sight.knowledge();
    boolean isNew = sight.learn(seen, wanted.config());
    work.looked(sight.knowledge(), now());
    if (isNew) {
      work.seen(wanted.config(), before, sight.knowledge());
    } else if (!work.isDue(now())) {
      return;
    }
    if (!wanted.paused()) {
      act();
    }
  }

  private void act() {
    streams.keepOnly(sight.knowledge());
    List<String> busy = streams.busy();
    FleetDecision.Given given =
        new FleetDecision.Given(
            now(),
            outages.vpns(),
            wanted.targetAsked(),
            busy,
            work.resting(now()),
            work.remains(now()));
    FleetDecision decision =
        Workflow.sideEffect(
            FleetDecision.class,
            () -> FleetDecision.decide(wanted.config(), sight.knowledge(), given));
    work.carryOut(decision, wanted.config(), sight.knowledge(), wanted.targetAsked(), busy, now());
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
