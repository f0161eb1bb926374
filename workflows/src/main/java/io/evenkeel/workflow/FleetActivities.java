package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.TunnelReading;
import io.temporal.activity.ActivityInterface;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Everything that touches the world. Each may be repeated: "already so" is a success. Failures are
 * ApplicationFailures whose type is a DockerFailure kind.
 */
@ActivityInterface
public interface FleetActivities {

  /**
   * Looks at the fleet.
   *
   * @param since the fingerprint of the last look; empty: answer the whole
   * @param quiet VPNs that are not asked anything over the network: their outage is open
   */
  Observation look(Scope scope, String since, List<String> quiet);

  /** One VPN by name, its namespace's owner; null where Docker answers that there is none. */
  @Nullable Container vpn(String name);

  /**
   * Starts a VPN and proves it.
   *
   * @param newerThan the start that is over: only a StartedAt after it counts as started
   * @return the running VPN; one that is not yet proven comes back as it is
   */
  Container startVpn(String name, @Nullable Instant newerThan);

  /** Stops a VPN with its grace (10 s). */
  void stopVpn(String name);

  void unpauseVpn(String name);

  TunnelReading readTunnel(String vpn);

  /**
   * Ends a container that runs in a dead namespace, so that it only has to be started once its VPN
   * runs. Does nothing where it is newer than the evidence, runs no more, or its VPN turns out to
   * live.
   *
   * @param gently SIGTERM and its own grace instead of SIGKILL
   * @return what was done, one word
   */
  String silence(String id, String vpn, Instant deadSince, boolean gently);

  /**
   * Attaches a dependent to its running VPN by the rule: leave, start, restart or recreate.
   *
   * @param ranBefore it ran when the outage began, so it is started whatever ended it
   * @return what it is now, and what was done
   */
  Attached attach(String name, String id, String vpn, boolean ranBefore);

  /**
   * The container after {@code attach}, and the deed: left, started, restarted, recreated, gone.
   */
  record Attached(@Nullable Container container, String did) {}

  /** Asks an engine over HTTP; fails, to be tried again, while it does not answer. */
  void probe(String engine, String vpn);

  /**
   * Creates and starts an engine; one of ours by that name, on that VPN, is started only.
   *
   * @return the running container
   */
  Container createEngine(EngineOrder order);

  /**
   * What an engine is created with; its image, environment and command stay in the worker.
   *
   * @param p2pPort the forwarded port, or one of the VPN's own
   * @param start false: create it only, so that it can take another's place at once
   */
  record EngineOrder(
      String fleet,
      String managerLabel,
      String name,
      String vpn,
      int httpPort,
      int httpsPort,
      int p2pPort,
      boolean forwarded,
      boolean start) {}

  /** Stops and removes an engine of the fleet, keeps its volumes; gone already is a success. */
  void removeEngine(String id, String managerLabel);
}
