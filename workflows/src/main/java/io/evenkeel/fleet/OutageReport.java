package io.evenkeel.fleet;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The short form of an outage: what was seen, what was done, how long it took.
 *
 * @param cause one word: crashed, stopped, restarted, recreated, paused, unhealthy, stranded
 * @param because what the decision to open it rested on
 * @param closedAt null while it is open
 * @param notes what did not go as planned, and what was done about it; one line each
 * @param result restored, partly restored, or why it ended otherwise
 */
public record OutageReport(
    String vpn,
    String workflowId,
    String cause,
    String because,
    Instant openedAt,
    @Nullable Instant closedAt,
    List<PhaseTime> phases,
    List<EngineDeed> engines,
    List<String> notes,
    String result) {

  /** How long a phase took. */
  public record PhaseTime(String phase, double seconds) {}

  /** What was done to one engine: left, started, restarted, recreated, or why it could not be. */
  public record EngineDeed(String name, String did) {}
}
