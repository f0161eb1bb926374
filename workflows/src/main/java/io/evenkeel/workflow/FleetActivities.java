package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
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

  /**
   * One VPN by name, its namespace's owner, with how it has ended where it runs no more; null where
   * Docker answers that there is none.
   */
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
   * Ends the containers that run in a dead namespace, all at once, so that they only have to be
   * started once their VPN runs. Leaves all where their VPN turns out to live, and one that is
   * newer than the evidence, runs no more or is to be ignored.
   *
   * @return what was done to each, one word
   */
  List<EngineDeed> silence(String vpn, Instant deadSince, List<Stranded> stranded);

  /**
   * A container in a dead namespace.
   *
   * @param gently SIGTERM and its own grace instead of SIGKILL
   */
  record Stranded(String name, String id, boolean gently) {}

  /**
   * Attaches a dependent to its running VPN by the rule: leave, start, restart or recreate.
   *
   * @param ranBefore it ran when the outage began, so it is started whatever ended it
   * @return what was done: left, ignored, started, restarted, recreated, or gone
   */
  String attach(String name, String id, String vpn, boolean ranBefore);

  /**
   * Asks engines over HTTP through their VPN, all at once.
   *
   * @return the names of those that answer; where none does it fails, to be tried again
   */
  List<String> answering(String vpn, List<String> engines);

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
   * @param replaces the id of the engine that has the name and goes; empty: none does
   * @param succeeds the id of the engine of another name that goes for it, which a look finds by
   *     where the move was cut off; empty or null: none does
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
      boolean start,
      String replaces,
      @Nullable String succeeds) {}

  /** Tells somebody of an outage that has ended, where one wants to be told. */
  void announce(OutageReport report);

  /** Stops and removes an engine of the fleet, keeps its volumes; gone already is a success. */
  void removeEngine(String id, String managerLabel);
}
