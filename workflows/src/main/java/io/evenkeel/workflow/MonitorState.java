package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.TunnelReading;
import java.util.List;
import java.util.Map;

/**
 * All that a monitor carries from one run to the next.
 *
 * @param fingerprint of the last look; empty: look at everything
 * @param known every container of the fleet that is not gone, sorted by name
 * @param tunnels the last reading of each VPN
 * @param open the open outages, by VPN
 * @param closed the last 50 closed ones, newest first
 * @param forwardedPorts each VPN's baseline
 * @param hidden names of engines that consumers cannot use
 */
public record MonitorState(
    FleetConfig config,
    int target,
    boolean paused,
    String fingerprint,
    List<Container> known,
    List<TunnelReading> tunnels,
    Map<String, OutageReport> open,
    List<OutageReport> closed,
    Map<String, Integer> forwardedPorts,
    List<String> hidden) {

  /** A monitor that knows nothing yet. */
  public static MonitorState initial(FleetConfig config) {
    return new MonitorState(
        config,
        config.target(),
        false,
        "",
        List.of(),
        List.of(),
        Map.of(),
        List.of(),
        Map.of(),
        List.of());
  }
}
