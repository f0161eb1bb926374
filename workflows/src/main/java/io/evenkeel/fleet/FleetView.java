package io.evenkeel.fleet;

import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet's monitor answers to whoever asks how it is.
 *
 * @param docker {@code available} or {@code unavailable}
 * @param target how many engines are wanted; -1: as many as there are
 * @param paused whether Evenkeel looks without acting
 * @param frozen why nothing is done although something looks wrong; empty: it is not frozen
 */
public record FleetView(
    String fleet,
    Instant at,
    String docker,
    int target,
    boolean paused,
    String frozen,
    List<Vpn> vpns,
    List<Engine> engines) {

  /**
   * One VPN.
   *
   * @param state running, down, unhealthy, gone, paused, restarting
   * @param engines how many are assigned to it
   * @param reachable how many of those consumers can use
   */
  public record Vpn(
      String name,
      String state,
      String containerId,
      int engines,
      int reachable,
      int forwardedPort,
      @Nullable OpenOutage outage) {
    /** The same, with none of its engines to be used. */
    public Vpn hidden() {
      return new Vpn(name, state, containerId, engines, 0, forwardedPort, outage);
    }

    /** The same, as its open outage tells of itself. */
    public Vpn during(String phase, int nowReachable) {
      OpenOutage open = outage;
      return new Vpn(
          name,
          state,
          containerId,
          engines,
          nowReachable,
          forwardedPort,
          open == null ? null : new OpenOutage(open.workflowId(), phase, open.since()));
    }
  }

  /**
   * The outage that is open for a VPN.
   *
   * @param since when its evidence was seen
   */
  public record OpenOutage(String workflowId, String phase, Instant since) {}

  /**
   * One engine or guest.
   *
   * @param host where consumers reach it: its VPN's name
   * @param port there; 0 where it has none (a guest)
   * @param guest whether it is without the manager label: kept alive, never counted
   * @param busy whether it was told to serve a stream: never moved
   * @param restsUntil when it is started again, which has not stayed up so far; null: it does not
   *     rest
   */
  public record Engine(
      String name,
      String containerId,
      String vpn,
      String host,
      int port,
      String state,
      boolean reachable,
      boolean forwarded,
      boolean guest,
      boolean busy,
      @Nullable Instant restsUntil) {
    /** The same, to be used by consumers or not. */
    public Engine reachable(boolean now) {
      return new Engine(
          name, containerId, vpn, host, port, state, now, forwarded, guest, busy, restsUntil);
    }
  }

  /** The same fleet with other words about its VPNs and engines. */
  public FleetView with(List<Vpn> nowVpns, List<Engine> nowEngines) {
    return new FleetView(fleet, at, docker, target, paused, frozen, nowVpns, nowEngines);
  }
}
