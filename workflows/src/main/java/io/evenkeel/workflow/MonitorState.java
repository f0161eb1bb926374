package io.evenkeel.workflow;

import io.evenkeel.decide.CrashLoops;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Sign;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * All that a monitor carries from one run to the next.
 *
 * @param config with the target that holds now
 * @param targetAsked a person has set the target: the worker's configuration no longer does, and
 *     what is above it is removed
 * @param unavailableSince since when Docker could not be asked; null: it answers
 * @param open the open outages, by VPN
 * @param closed the last 50 closed ones, newest first
 * @param streams ids of the streams that each engine was told to serve, by its container id
 * @param owed of what outages have left undone
 * @param refused of what outages have left undone
 * @param ends of VPNs that ended while the fleet was paused, as the watch saw it, by VPN: a stop
 *     where somebody asked for it, else the end
 * @param provisionAfter not before then, after one that failed; null: at any time
 * @param failures of what outages have left undone
 * @param starts of engines that do not stay up
 */
public record MonitorState(
    FleetConfig config,
    boolean targetAsked,
    boolean paused,
    FleetKnowledge knowledge,
    @Nullable Instant unavailableSince,
    Map<String, OutageProgress> open,
    List<OutageReport> closed,
    Map<String, List<String>> streams,
    List<String> owed,
    Map<String, Instant> refused,
    Map<String, Sign> ends,
    @Nullable Instant provisionAfter,
    Map<String, Integer> failures,
    Map<String, CrashLoops.Starts> starts) {

  /** A monitor that knows nothing yet. */
  public static MonitorState initial(FleetConfig config) {
    return new MonitorState(
        config,
        false,
        false,
        FleetKnowledge.nothing(),
        null,
        Map.of(),
        List.of(),
        Map.of(),
        List.of(),
        Map.of(),
        Map.of(),
        null,
        Map.of(),
        Map.of());
  }
}
