package io.evenkeel.decide;

import io.evenkeel.decide.AttachmentRule.Remedy;
import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.VpnSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What a fleet's monitor does after a look. Total, and the same in whatever order the list came.
 *
 * @param outages to open
 * @param provision why a provisioning run is needed; empty: none is
 */
public record FleetDecision(List<OpenOutage> outages, String provision) {
  /** More than the clocks of one host, or of two that keep time, are apart. */
  private static final Duration CLOCKS_AGREE = Duration.ofSeconds(5);

  /**
   * One outage to open.
   *
   * @param cause one word
   */
  public record OpenOutage(String vpn, String cause, String because) {}

  /**
   * What a decision rests on beside the knowledge.
   *
   * @param open VPNs whose outage is open: they are somebody else's already
   * @param resting names of engines that are not started now: they do not stay up
   * @param remains what earlier outages have left undone
   */
  public record Given(
      Instant now,
      Collection<String> open,
      boolean mayRemove,
      Collection<String> busy,
      Collection<String> resting,
      Remains remains) {
    /** With nothing left undone, and all that stays up. */
    public Given(Instant now, Collection<String> open, boolean mayRemove, Collection<String> busy) {
      this(now, open, mayRemove, busy, List.of(), Remains.none());
    }
  }

  /** Nothing is to be done. */
  public static FleetDecision nothing() {
    return new FleetDecision(List.of(), "");
  }

  /** Ordered rules per VPN, first match wins; provisioning only where nothing is frozen. */
  public static FleetDecision decide(FleetConfig config, FleetKnowledge knowledge, Given given) {
    FleetIndex index = knowledge.index(config);
    List<OpenOutage> outages = new ArrayList<>();
    for (VpnSpec spec : config.vpns()) {
      if (!given.open().contains(spec.name())) {
        OpenOutage outage = outageOf(spec.name(), config, knowledge, index, given);
        if (outage != null) {
          outages.add(outage);
        }
      }
    }
    if (!knowledge.frozen().isEmpty()) {
      return new FleetDecision(List.of(), "");
    }
    TreeSet<String> closed = new TreeSet<>(given.open());
    outages.forEach(o -> closed.add(o.vpn()));
    closed.addAll(closedVpns(config, knowledge));
    List<BalancePlan.Step> steps =
        BalancePlan.plan(
            config,
            index,
            knowledge.names(),
            new BalancePlan.Circumstances(
                closed,
                ports(knowledge),
                given.mayRemove(),
                config.policy().rebalance(),
                given.busy(),
                given.resting()));
    return new FleetDecision(
        outages,
        steps.isEmpty() ? "" : steps.size() + " steps, first: " + steps.getFirst().because());
  }

  private static @Nullable OpenOutage outageOf(
      String name, FleetConfig config, FleetKnowledge knowledge, FleetIndex index, Given given) {
    Container vpn = vpn(knowledge, name);
    if (vpn == null) {
      return null;
    }
    int missing = knowledge.missing().getOrDefault(vpn.id(), 0);
    if (missing > 0) {
      boolean wanted =
          index.assignments().values().stream()
              .anyMatch(a -> a.vpn().equals(name) && !a.elsewhere());
      return wanted && missing >= FleetKnowledge.LOOKS_UNTIL_GONE
          ? new OpenOutage(
              name, "removed", "Docker lists no container " + name + ", " + missing + " looks long")
          : null;
    }
    return switch (vpn.status()) {
      case EXITED, DEAD, CREATED ->
          new OpenOutage(
              name, "down", "Docker says " + vpn.status() + ", exit code " + vpn.exitCode());
      case PAUSED, RESTARTING, REMOVING ->
          new OpenOutage(name, "down", "Docker says " + vpn.status());
      case UNKNOWN -> null;
      case RUNNING -> whileItRuns(vpn, config, knowledge, index, given);
    };
  }

  private static @Nullable OpenOutage whileItRuns(
      Container vpn, FleetConfig config, FleetKnowledge knowledge, FleetIndex index, Given given) {
    Instant now = given.now();
    Map<Remedy, List<String>> needs = new TreeMap<>();
    for (Assignment assignment : index.assignments().values()) {
      Container dependent = assignment.container();
      String itsName = Aside.original(dependent.name());
      if (assignment.vpn().equals(vpn.name())
          && !assignment.elsewhere()
          && !knowledge.missing().containsKey(dependent.id())
          && !given.remains().refused().containsKey(itsName)) {
        boolean owed = given.remains().owed().contains(itsName);
        needs
            .computeIfAbsent(AttachmentRule.of(dependent, vpn, owed), _ -> new ArrayList<>())
            .add(dependent.name());
        if (isUnfinished(assignment, index, knowledge, config)) {
          needs.computeIfAbsent(Remedy.START, _ -> new ArrayList<>()).add(dependent.name());
        }
      }
    }
    if (needs.containsKey(Remedy.RECREATE)) {
      return new OpenOutage(
          vpn.name(),
          "recreated",
          needs.get(Remedy.RECREATE) + " refer to a container of the past");
    }
    if (needs.containsKey(Remedy.RESTART) && !isAhead(vpn, now)) {
      return new OpenOutage(
          vpn.name(), "restarted", needs.get(Remedy.RESTART) + " are older than its start");
    }
    if (needs.containsKey(Remedy.START)) {
      return new OpenOutage(
          vpn.name(), "stranded", needs.get(Remedy.START) + " ended when it was down");
    }
    Instant since = knowledge.unhealthySince().get(vpn.name());
    Duration longest = config.policy().unhealthyTimeout();
    boolean ours = config.policy().revive() != Policy.Revive.NEVER;
    if (ours && since != null && !now.isBefore(since.plus(longest))) {
      return new OpenOutage(vpn.name(), "unhealthy", "unhealthy since " + since);
    }
    return null;
  }

  /**
   * Whether its start lies in the future: the host's clock was set back. Whatever is restarted now
   * would be older than that again, and be restarted for ever (decision 0011).
   */
  private static boolean isAhead(Container vpn, Instant now) {
    Instant start = vpn.startedAt();
    return start != null && start.isAfter(now.plus(CLOCKS_AGREE));
  }

  /**
   * Its replacement was cut off for good, and no provisioning sees to it: that may just be at it.
   */
  private static boolean isUnfinished(
      Assignment dependent, FleetIndex index, FleetKnowledge knowledge, FleetConfig config) {
    Container container = dependent.container();
    String name = container.name();
    boolean unfinished = Aside.is(name) || index.hasAside(name, knowledge.names());
    return unfinished && !container.ignored() && !(dependent.managed() && config.target() >= 0);
  }

  /** VPNs that get no engines now: not running, or their tunnel is not up by any evidence. */
  public static List<String> closedVpns(FleetConfig config, FleetKnowledge knowledge) {
    return config.vpns().stream()
        .map(VpnSpec::name)
        .filter(name -> !takesEngines(vpn(knowledge, name), knowledge))
        .toList();
  }

  private static boolean takesEngines(@Nullable Container vpn, FleetKnowledge knowledge) {
    if (vpn == null || !vpn.running() || knowledge.missing().containsKey(vpn.id())) {
      return false;
    }
    return switch (knowledge.tunnel(vpn.name()).tunnel()) {
      case UP -> vpn.health() != Health.UNHEALTHY;
      case DOWN -> false;
      case UNKNOWN -> vpn.health() == Health.NONE || vpn.health() == Health.HEALTHY;
    };
  }

  /** The VPN's container as known; null where it is not. */
  public static @Nullable Container vpn(FleetKnowledge knowledge, String name) {
    return knowledge.known().stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
  }

  /** Each VPN's forwarded port, where it has one. */
  public static Map<String, Integer> ports(FleetKnowledge knowledge) {
    Map<String, Integer> ports = new HashMap<>();
    for (TunnelReading reading : knowledge.tunnels()) {
      if (reading.forwardedPort() > 0) {
        ports.put(reading.vpn(), reading.forwardedPort());
      }
    }
    return ports;
  }
}
