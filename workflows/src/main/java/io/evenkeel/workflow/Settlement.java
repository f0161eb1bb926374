package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.TunnelReading;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;

/** Waits until a VPN that runs again has its tunnel, by the best evidence to be had. */
final class Settlement {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  private final OutageRequest request;
  private final Steps steps;
  private final Container vpn;

  /**
   * What is known of the tunnel when the wait is over.
   *
   * @param up false: it was not proven in time
   * @param port the forwarded port; 0: none came
   */
  record Tunnel(boolean up, int port, String evidence) {}

  Settlement(OutageRequest request, Steps steps, Container vpn) {
    this.request = request;
    this.steps = steps;
    this.vpn = vpn;
  }

  /** Bounded by the policy's port timeout; a VPN that never had a port is not waited for. */
  Tunnel settle() {
    Duration pause = FIRST_PAUSE;
    boolean wantsPort = request.lastForwardedPort() > 0;
    long until = Workflow.currentTimeMillis() + request.config().policy().portTimeout().toMillis();
    TunnelReading reading = TunnelReading.unknown(request.vpn());
    while (true) {
      reading = read(reading);
      boolean up = reading.tunnel() == TunnelReading.Tunnel.UP;
      if (up && (reading.forwardedPort() > 0 || !wantsPort)) {
        return new Tunnel(true, reading.forwardedPort(), "the control server says so");
      }
      if (reading.tunnel() == TunnelReading.Tunnel.UNKNOWN && vpn.health() == Health.NONE) {
        return new Tunnel(true, 0, "it runs; nothing better is to be had");
      }
      if (reading.tunnel() == TunnelReading.Tunnel.UNKNOWN && healthy()) {
        return new Tunnel(true, 0, "Docker's health check says so");
      }
      if (Workflow.currentTimeMillis() >= until) {
        if (wantsPort) {
          Workflow.getLogger(Settlement.class)
              .warn(
                  "Using cached forwarded port {} for {}",
                  request.lastForwardedPort(),
                  request.vpn());
        }
        return new Tunnel(up, 0, "no evidence in time: " + reading.tunnel());
      }
      Workflow.sleep(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.toSeconds() < 4 ? longer : Duration.ofSeconds(4);
    }
  }

  private TunnelReading read(TunnelReading last) {
    try {
      return steps.docker("tunnel of " + request.vpn() + "?").readTunnel(request.vpn());
    } catch (ActivityFailure failure) {
      Workflow.getLogger(Settlement.class)
          .warn("tunnel of {}: {}", request.vpn(), OutageLog.rootMessage(failure));
      return last;
    }
  }

  private boolean healthy() {
    try {
      Container now = steps.docker("health of " + request.vpn() + "?").vpn(request.vpn());
      return now != null && now.health() == Health.HEALTHY;
    } catch (ActivityFailure failure) {
      return false;
    }
  }
}
