package io.evenkeel.worker;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Sign;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * Hides the engines of a VPN whose process the watch has just seen end, until its monitor has taken
 * over: hiding is harmless, and consumers are spared the round trip.
 */
final class SignOverlay {
  private static final Duration TAKEN_OVER = Duration.ofSeconds(2);

  private final Map<String, Instant> ended = new ConcurrentHashMap<>();

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
    if (ended.isEmpty()) {
      return view;
    }
    return new FleetView(
        view.fleet(),
        view.at(),
        view.docker(),
        view.target(),
        view.paused(),
        view.frozen(),
        view.vpns().stream().map(this::hide).toList(),
        view.engines().stream().map(this::hide).toList());
  }

  private FleetView.Vpn hide(FleetView.Vpn vpn) {
    return ended.containsKey(vpn.name())
        ? new FleetView.Vpn(
            vpn.name(),
            vpn.state(),
            vpn.containerId(),
            vpn.engines(),
            0,
            vpn.forwardedPort(),
            vpn.outage())
        : vpn;
  }

  private FleetView.Engine hide(FleetView.Engine engine) {
    return ended.containsKey(engine.vpn())
        ? new FleetView.Engine(
            engine.name(),
            engine.containerId(),
            engine.vpn(),
            engine.host(),
            engine.port(),
            engine.state(),
            false,
            engine.forwarded(),
            engine.guest())
        : engine;
  }
}
