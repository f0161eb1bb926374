package io.evenkeel.workflow;

import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Sign;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What was seen of a fleet. A look that failed changes nothing that is known. */
final class Sight {
  private static final Logger log = Workflow.getLogger(Sight.class);

  private FleetKnowledge knowledge;
  private @Nullable Instant unavailableSince;

  /**
   * Something has ended that was not decided on: the next look is judged even if nothing changed.
   */
  private boolean unsettled;

  Sight(MonitorState state) {
    this.knowledge = state.knowledge();
    this.unavailableSince = state.unavailableSince();
  }

  FleetKnowledge knowledge() {
    return knowledge;
  }

  /** Since when Docker could not be asked; null: it answers. */
  @Nullable Instant unavailableSince() {
    return unavailableSince;
  }

  /** The VPN that a sign concerns, by itself or as its container's; empty where none is known. */
  String home(Sign sign) {
    if (!sign.vpn().isEmpty()) {
      return sign.vpn();
    }
    return knowledge.known().stream()
        .filter(c -> c.id().equals(sign.containerId()))
        .map(c -> knowledge.homes().getOrDefault(c.name(), ""))
        .findFirst()
        .orElse("");
  }

  /** The next look is judged, whatever it says. */
  void unsettle() {
    unsettled = true;
  }

  /** The next look is at the whole fleet, which is then decided on anew. */
  void renew() {
    knowledge = knowledge.withoutFingerprint();
  }

  /** A person has looked: nothing is frozen any more. */
  void thaw() {
    knowledge = knowledge.thawed();
  }

  /** Docker could not be asked: the last knowledge stands. */
  void failed(ActivityFailure failure, Instant now) {
    if (unavailableSince == null) {
      unavailableSince = now;
    }
    log.warn(
        "Docker socket temporarily unavailable - skipping state synchronization: {}; {} containers"
            + " stay known, unavailable since {}",
        OutageLog.rootMessage(failure),
        knowledge.known().size(),
        unavailableSince);
  }

  /**
   * Docker has answered.
   *
   * @return whether it is to be judged; false: it said nothing new, and nothing awaits a judgement
   */
  boolean learn(Observation seen, FleetConfig config) {
    boolean back = unavailableSince != null;
    if (back) {
      log.info("Docker answers again; it did not since {}", unavailableSince);
      unavailableSince = null;
    }
    if (!back && knowledge.settledBy(seen) && !unsettled) {
      return false;
    }
    unsettled = false;
    boolean wasFrozen = !knowledge.frozen().isEmpty();
    knowledge = knowledge.after(seen, config);
    if (!knowledge.frozen().isEmpty() && !wasFrozen) {
      log.error("FROZEN: {}; nothing is forgotten or made; looking again", knowledge.frozen());
    }
    return true;
  }
}
