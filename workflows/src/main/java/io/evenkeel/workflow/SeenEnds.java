package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Sign;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * How VPNs ended while the fleet was paused, as the watch saw it: nothing was done about it then,
 * and it is not to be had again later.
 */
final class SeenEnds {
  private final Map<String, Sign> byVpn;

  SeenEnds(Map<String, Sign> before) {
    this.byVpn = new TreeMap<>(before);
  }

  /** By VPN: a stop where somebody asked for it, else the end. */
  Map<String, Sign> byVpn() {
    return byVpn;
  }

  /** Whether somebody stopped the VPN through Docker, by the signs that came with its end. */
  static boolean isAsked(Sign end, List<Sign> batch) {
    return batch.stream()
        .anyMatch(s -> s.kind() == Sign.Kind.VPN_STOP_ASKED && s.vpn().equals(end.vpn()));
  }

  /** The newest end of a VPN replaces the one before. */
  void keep(Sign end, List<Sign> batch) {
    Sign.Kind kind = isAsked(end, batch) ? Sign.Kind.VPN_STOP_ASKED : Sign.Kind.VPN_PROCESS_ENDED;
    byVpn.put(end.vpn(), new Sign(kind, end.vpn(), end.containerId(), end.at()));
  }

  /**
   * What was kept of this VPN is used up.
   *
   * @param vpn as known now
   * @return the end that this outage is about; null: none was seen
   */
  @Nullable Sign take(FleetDecision.OpenOutage outage, @Nullable Container vpn) {
    Sign end = byVpn.remove(outage.vpn());
    return end != null && outage.cause().equals("down") && isOfItsLastRun(end, vpn) ? end : null;
  }

  private static boolean isOfItsLastRun(Sign end, @Nullable Container vpn) {
    Instant start = vpn == null ? null : vpn.startedAt();
    return start != null && !start.isAfter(end.at());
  }
}
