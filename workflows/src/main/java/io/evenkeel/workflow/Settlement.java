package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.TunnelReading;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import org.jspecify.annotations.Nullable;

/** Waits until a VPN that runs again has its tunnel, by the best evidence to be had. */
final class Settlement {
  private static final Duration FIRST_PAUSE = Duration.ofMillis(50);

  private final OutageRequest request;
  private final Steps steps;
  private final Container vpn;
  private final WhileItRuns whileItRuns;

  /**
   * What is known of the tunnel when the wait is over.
   *
   * @param up false: it was not proven in time
   * @param port the forwarded port; 0: none came
   */
  record Tunnel(boolean up, int port, String evidence) {}

  Settlement(OutageRequest request, Steps steps, Container vpn, WhileItRuns whileItRuns) {
    this.request = request;
    this.steps = steps;
    this.vpn = vpn;
    this.whileItRuns = whileItRuns;
  }

  /**
   * Bounded by the policy's port timeout, and over when the VPN has ended again; a VPN that never
   * had a port is not waited for.
   */
  Tunnel settle() {
    Duration pause = FIRST_PAUSE;
    boolean wantsPort = request.lastForwardedPort() > 0;
    long until = Workflow.currentTimeMillis() + request.config().policy().portTimeout().toMillis();
    TunnelReading reading = TunnelReading.unknown(request.vpn());
    while (true) {
      reading = read(reading);
      if (whileItRuns.isOver()) {
        return new Tunnel(false, 0, "it has ended again");
      }
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
      // Whether it was the time or an end: the next reading is the last one then.
      whileItRuns.sleep(pause);
      Duration longer = pause.multipliedBy(2);
      pause = longer.toSeconds() < 4 ? longer : Duration.ofSeconds(4);
    }
  }

  private TunnelReading read(TunnelReading last) {
    try {
      FleetActivities edge = steps.docker("tunnel of " + request.vpn() + "?");
      Promise<TunnelReading> now = Async.function(edge::readTunnel, request.vpn());
      return whileItRuns.isAnswered(now) ? now.get() : last;
    } catch (ActivityFailure failure) {
      Workflow.getLogger(Settlement.class)
          .warn("tunnel of {}: {}", request.vpn(), OutageLog.rootMessage(failure));
      return last;
    }
  }

  private boolean healthy() {
    try {
      FleetActivities edge = steps.docker("health of " + request.vpn() + "?");
      Promise<@Nullable Container> asked = Async.function(edge::vpn, request.vpn());
      Container now = whileItRuns.isAnswered(asked) ? asked.get() : null;
      return now != null && now.health() == Health.HEALTHY;
    } catch (ActivityFailure failure) {
      return false;
    }
  }
}
