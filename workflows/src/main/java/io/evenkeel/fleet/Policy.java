package io.evenkeel.fleet;

import java.time.Duration;

/**
 * The rules of a fleet's care. They travel in every request, so that a running workflow never reads
 * a configuration.
 *
 * @param monitorInterval between two looks when nobody nudges
 * @param unhealthyTimeout how long a stop by a person, or an unhealthy tunnel, is waited for
 * @param revive which exits Evenkeel ends itself
 * @param startupTimeout how long an engine has to answer HTTP after its start
 * @param portTimeout how long a forwarded port is waited for after a recovery
 * @param dockerTimeout start-to-close of every Docker interaction
 * @param dockerRetries how often one is tried again before the workflow decides
 * @param dockerRetryDelay before the first retry; doubles
 * @param engineNamePrefix of created engines: PREFIX-N
 * @param searchAttributes whether they are registered: an unregistered one blocks a workflow
 * @param rebalance whether idle engines are moved to even the VPNs out, and made anew to take up a
 *     forwarded port that came late
 * @param announces whether somebody is to be told of each outage
 */
public record Policy(
    Duration monitorInterval,
    Duration unhealthyTimeout,
    Revive revive,
    Duration startupTimeout,
    Duration portTimeout,
    Duration dockerTimeout,
    int dockerRetries,
    Duration dockerRetryDelay,
    String engineNamePrefix,
    boolean searchAttributes,
    boolean rebalance,
    boolean announces) {

  /** Which exits of a VPN are ended by a start of ours. */
  public enum Revive {
    ALWAYS,
    CRASHED,
    NEVER
  }

  /** The values that hold where nothing is configured. */
  public static Policy defaults() {
    return new Policy(
        Duration.ofSeconds(10),
        Duration.ofSeconds(60),
        Revive.ALWAYS,
        Duration.ofSeconds(25),
        Duration.ofSeconds(30),
        Duration.ofSeconds(30),
        3,
        Duration.ofSeconds(1),
        "evenkeel",
        false,
        true,
        false);
  }

  /** The same, with the search attributes used or not. */
  public Policy withSearchAttributes(boolean registered) {
    return new Policy(
        monitorInterval,
        unhealthyTimeout,
        revive,
        startupTimeout,
        portTimeout,
        dockerTimeout,
        dockerRetries,
        dockerRetryDelay,
        engineNamePrefix,
        registered,
        rebalance,
        announces);
  }

  /** The same, with these exits ended by a start of ours. */
  public Policy withRevive(Revive which) {
    return new Policy(
        monitorInterval,
        unhealthyTimeout,
        which,
        startupTimeout,
        portTimeout,
        dockerTimeout,
        dockerRetries,
        dockerRetryDelay,
        engineNamePrefix,
        searchAttributes,
        rebalance,
        announces);
  }

  /** The same, with somebody to be told of each outage. */
  public Policy withAnnouncements() {
    return new Policy(
        monitorInterval,
        unhealthyTimeout,
        revive,
        startupTimeout,
        portTimeout,
        dockerTimeout,
        dockerRetries,
        dockerRetryDelay,
        engineNamePrefix,
        searchAttributes,
        rebalance,
        true);
  }
}
