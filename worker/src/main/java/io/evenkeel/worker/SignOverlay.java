package io.evenkeel.worker;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Sign;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hides the engines of a VPN whose process the watch has just seen end, until its monitor has taken
 * over: hiding is harmless, and consumers are spared the round trip.
 */
final class SignOverlay {
  private static final Duration TAKEN_OVER = Duration.ofSeconds(2);

  private final Map<String, Instant> ended = new ConcurrentHashMap<>();
  private final Set<String> inDoubt = ConcurrentHashMap.newKeySet();

  /** A stream of this VPN ended, and it is being found out whether it lives. */
  void doubt(String vpn, boolean doubtful) {
    boolean _ = doubtful ? inDoubt.add(vpn) : inDoubt.remove(vpn);
  }

  void take(List<Sign> signs) {
    for (Sign sign : signs) {
      if (sign.kind() == Sign.Kind.VPN_PROCESS_ENDED) {
        ended.put(sign.vpn(), sign.at());
      }
    }
  }

  FleetView over(FleetView view) {
    for (FleetView.Vpn vpn : view.vpns()) {
      Instant at = ended.get(vpn.name());
      if (at != null && (vpn.outage() != null || at.plus(TAKEN_OVER).isBefore(view.at()))) {
        ended.remove(vpn.name(), at);
      }
    }
    Set<String> hidden = new HashSet<>(ended.keySet());
    hidden.addAll(inDoubt);
    if (hidden.isEmpty()) {
      return view;
    }
    return view.with(
        view.vpns().stream().map(v -> hidden.contains(v.name()) ? v.hidden() : v).toList(),
        view.engines().stream()
            .map(e -> hidden.contains(e.vpn()) ? e.reachable(false) : e)
            .toList());
  }
}
