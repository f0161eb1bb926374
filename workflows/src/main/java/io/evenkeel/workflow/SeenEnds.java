package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Sign;
import java.time.Instant;
import java.util.Comparator;
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

  /**
   * Whether somebody stopped the VPN through Docker, by the signs that came with its end; the order
   * they came in says nothing. A stop before the start of what has ended was another one's.
   */
  static boolean isAsked(Sign end, List<Sign> batch) {
    List<Sign> stops = of(end.vpn(), Sign.Kind.VPN_STOP_ASKED, batch);
    Instant start =
        of(end.vpn(), Sign.Kind.VPN_STARTED, batch).stream()
            .map(Sign::at)
            .filter(at -> !at.isAfter(end.at()))
            .max(Comparator.naturalOrder())
            .orElse(Instant.MIN);
    boolean isOver = stops.stream().allMatch(stop -> stop.at().isBefore(start));
    return !stops.isEmpty() && !(isOver && Change.START_ENDS_A_STOP.isKnown());
  }

  private static List<Sign> of(String vpn, Sign.Kind kind, List<Sign> batch) {
    return batch.stream().filter(s -> s.kind() == kind && s.vpn().equals(vpn)).toList();
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
