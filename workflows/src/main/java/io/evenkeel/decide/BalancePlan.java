package io.evenkeel.decide;

import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.VpnSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What brings a fleet to its target, evenly spread. The VPN with the fewest engines gets the next
 * one, ties in the configuration's order, planned ones counted.
 */
public final class BalancePlan {
  /** AceStream's own peer-to-peer port; engines of one VPN need one each. */
  private static final int FIRST_P2P_PORT = 8621;

  private static final int HTTPS_OFFSET = 26_000;

  private BalancePlan() {}

  /** The verbs of a plan. */
  public enum Verb {
    /** Start an engine of ours that is there and does not run. */
    START,
    /** Go on with a replacement that was cut off. */
    FINISH,
    /** Create and start a new one. */
    CREATE,
    /** Remove one that is above the target. */
    REMOVE,
    /**
     * Make the new one, remove the old one, start the new one: never one more runs than before.
     * Under the old one's name, the old one goes first.
     */
    REPLACE
  }

  /**
   * One act of a plan.
   *
   * @param oldId of the engine that goes; empty where none does
   * @param place of the engine that comes; null where none does
   */
  public record Step(
      Verb verb, String oldId, String oldName, @Nullable Place place, String because) {}

  /** Where an engine is to be. */
  public record Place(
      String name, String vpn, int httpPort, int httpsPort, int p2pPort, boolean forwarded) {}

  /**
   * What a plan rests on, beside the index.
   *
   * @param closedVpns get nothing and lose nothing
   * @param ports the VPNs' forwarded ports
   * @param mayRemove whether a surplus is removed
   * @param mayMove whether idle engines are moved to even the VPNs out, and made anew to take up a
   *     forwarded port that came late
   * @param busy ids of engines that are never moved or made anew for that
   */
  public record Circumstances(
      Collection<String> closedVpns,
      Map<String, Integer> ports,
      boolean mayRemove,
      boolean mayMove,
      Collection<String> busy) {}

  /** Steps in the order in which they may begin; empty: the fleet is as wanted. */
  public static List<Step> plan(
      FleetConfig config, FleetIndex index, Collection<String> allNames, Circumstances given) {
    if (config.target() < 0) {
      return List.of();
    }
    return new Planning(config, index, allNames, given).steps();
  }

  private static final class Planning {
    private final FleetConfig config;
    private final FleetIndex index;
    private final Circumstances given;
    private final Set<String> names;
    private final Map<String, List<Assignment>> engines = new TreeMap<>();
    private final Map<String, Set<Integer>> ports = new TreeMap<>();
    private final Map<String, Integer> counts = new TreeMap<>();
    private final Set<String> forwarded = new TreeSet<>();
    private final Set<String> renewed = new TreeSet<>();
    private final List<VpnSpec> open;
    private final List<Step> steps = new ArrayList<>();

    Planning(
        FleetConfig config, FleetIndex index, Collection<String> allNames, Circumstances given) {
      this.config = config;
      this.index = index;
      this.given = given;
      this.names = new TreeSet<>(allNames);
      this.open =
          config.vpns().stream().filter(v -> !given.closedVpns().contains(v.name())).toList();
      config.vpns().forEach(v -> counts.put(v.name(), 0));
      index.reserved().forEach((vpn, used) -> ports.put(vpn, new TreeSet<>(used)));
      for (Assignment engine : index.assignments().values()) {
        names.add(engine.container().name());
        names.add(Aside.original(engine.container().name()));
        if (engine.managed() && counts.containsKey(engine.vpn())) {
          engines.computeIfAbsent(engine.vpn(), _ -> new ArrayList<>()).add(engine);
          counts.merge(engine.vpn(), 1, Integer::sum);
          if (engine.forwarded()) {
            forwarded.add(engine.vpn());
          }
        }
      }
    }

    List<Step> steps() {
      if (open.isEmpty()) {
        return List.of();
      }
      int total = (int) index.assignments().values().stream().filter(Assignment::managed).count();
      renewForwarded();
      startStopped();
      for (int missing = config.target() - total; missing > 0; missing--) {
        VpnSpec vpn = emptiest();
        Place place = place(vpn);
        if (place.httpPort() == 0) {
          break;
        }
        steps.add(
            new Step(
                Verb.CREATE,
                "",
                "",
                place,
                total + " of " + config.target() + " engines are there"));
        counts.merge(vpn.name(), 1, Integer::sum);
      }
      if (given.mayRemove()) {
        removeSurplus(total - config.target());
      }
      if (given.mayMove()) {
        giveForwarded();
      }
      if (given.mayMove() && steps.isEmpty() && total <= config.target()) {
        move();
      }
      return List.copyOf(steps);
    }

    /** A forwarded engine that was made with another port than its VPN has now is made anew. */
    private void renewForwarded() {
      for (VpnSpec vpn : open) {
        int port = given.ports().getOrDefault(vpn.name(), 0);
        for (Assignment engine : engines.getOrDefault(vpn.name(), List.of())) {
          String madeWith = engine.container().label(Labels.P2P_PORT);
          if (port > 0
              && engine.forwarded()
              && !isUnfinished(engine.container())
              && !madeWith.isEmpty()
              && !madeWith.equals(Integer.toString(port))) {
            renewed.add(engine.container().name());
            Place place =
                new Place(engine.container().name(), vpn.name(), engine.port(), 0, port, true);
            steps.add(
                new Step(
                    Verb.REPLACE,
                    engine.container().id(),
                    engine.container().name(),
                    https(place),
                    "forwarded port " + madeWith + " -> " + port));
          }
        }
      }
    }

    /** A port that came when all of its VPN's engines were made: one that is idle takes it. */
    private void giveForwarded() {
      for (VpnSpec vpn : open) {
        int port = given.ports().getOrDefault(vpn.name(), 0);
        Assignment taker =
            port > 0 && !forwarded.contains(vpn.name()) ? firstIdleOfOurs(vpn.name()) : null;
        if (taker != null) {
          forwarded.add(vpn.name());
          Place place =
              new Place(taker.container().name(), vpn.name(), taker.port(), 0, port, true);
          steps.add(
              new Step(
                  Verb.REPLACE,
                  taker.container().id(),
                  taker.container().name(),
                  https(place),
                  vpn.name() + " has the forwarded port " + port + " and nobody uses it"));
        }
      }
    }

    /** One that runs and was made by us: another one's image and settings are not ours to know. */
    private @Nullable Assignment firstIdleOfOurs(String vpn) {
      return engines.getOrDefault(vpn, List.of()).stream()
          .filter(e -> e.container().running() && !isUnfinished(e.container()))
          .filter(e -> !e.container().label(Labels.P2P_PORT).isEmpty())
          .filter(e -> !given.busy().contains(e.container().id()))
          .min(Comparator.comparing(e -> e.container().name()))
          .orElse(null);
    }

    private void startStopped() {
      for (VpnSpec vpn : open) {
        for (Assignment engine : engines.getOrDefault(vpn.name(), List.of())) {
          Container c = engine.container();
          boolean unfinished = isUnfinished(c);
          boolean stopped =
              c.status() == ContainerStatus.EXITED || c.status() == ContainerStatus.CREATED;
          if (unfinished || (stopped && !renewed.contains(c.name()))) {
            Place same =
                new Place(
                    Aside.original(c.name()),
                    vpn.name(),
                    engine.port(),
                    Ports.parse(c.label(Labels.HTTPS_PORT)),
                    Ports.parse(c.label(Labels.P2P_PORT)),
                    engine.forwarded());
            String because =
                unfinished
                    ? "its replacement was not finished"
                    : "it is " + c.status() + " and its VPN runs";
            steps.add(new Step(unfinished ? Verb.FINISH : Verb.START, "", "", same, because));
          }
        }
      }
    }

    private boolean isUnfinished(Container engine) {
      return Aside.is(engine.name()) || names.contains(Aside.of(engine.name()));
    }

    private void removeSurplus(int surplus) {
      for (int left = surplus; left > 0; left--) {
        Assignment victim = idleOf(fullest());
        if (victim == null) {
          return;
        }
        drop(victim);
        steps.add(
            new Step(
                Verb.REMOVE,
                victim.container().id(),
                victim.container().name(),
                null,
                surplus + " above the target of " + config.target()));
      }
    }

    /** One VPN is two or more ahead of another: its last idle engine moves. */
    private void move() {
      for (int guard = 0; guard < 1_000; guard++) {
        String from = fullest();
        VpnSpec to = emptiest();
        if (from.isEmpty() || counts.getOrDefault(from, 0) - count(to) < 2) {
          return;
        }
        Assignment mover = idleOf(from);
        Place place = place(to);
        if (mover == null || place.httpPort() == 0) {
          return;
        }
        String spread = from + " has " + counts.get(from) + ", " + to.name() + " " + count(to);
        drop(mover);
        counts.merge(to.name(), 1, Integer::sum);
        steps.add(
            new Step(
                Verb.REPLACE, mover.container().id(), mover.container().name(), place, spread));
      }
    }

    private void drop(Assignment engine) {
      engines.getOrDefault(engine.vpn(), new ArrayList<>()).remove(engine);
      counts.merge(engine.vpn(), -1, Integer::sum);
    }

    private int count(VpnSpec vpn) {
      return counts.getOrDefault(vpn.name(), 0);
    }

    private VpnSpec emptiest() {
      return open.stream().min(Comparator.comparingInt(this::count)).orElseThrow();
    }

    /** Of the open VPNs; the last one in the configuration's order where several have as many. */
    private String fullest() {
      return open.reversed().stream()
          .max(Comparator.comparingInt(this::count))
          .map(VpnSpec::name)
          .orElse("");
    }

    private @Nullable Assignment idleOf(String vpn) {
      return engines.getOrDefault(vpn, List.of()).stream()
          .filter(e -> !e.forwarded() && !given.busy().contains(e.container().id()))
          .max(Comparator.comparing(e -> e.container().name()))
          .orElse(null);
    }

    private Place place(VpnSpec vpn) {
      int forwardedPort = given.ports().getOrDefault(vpn.name(), 0);
      boolean takesIt = forwardedPort > 0 && forwarded.add(vpn.name());
      int port = freePort(vpn);
      int p2p = takesIt ? forwardedPort : FIRST_P2P_PORT + (port - vpn.firstPort());
      return https(new Place(freeName(config, names), vpn.name(), port, 0, p2p, takesIt));
    }

    private static Place https(Place place) {
      int https = place.httpPort() + HTTPS_OFFSET;
      return new Place(
          place.name(),
          place.vpn(),
          place.httpPort(),
          https <= 65_535 ? https : place.httpPort() - 10_000,
          place.p2pPort(),
          place.forwarded());
    }

    private int freePort(VpnSpec vpn) {
      Set<Integer> used = ports.computeIfAbsent(vpn.name(), _ -> new TreeSet<>());
      for (int port = vpn.firstPort(); port <= vpn.lastPort(); port++) {
        if (used.add(port)) {
          return port;
        }
      }
      return 0;
    }
  }

  /**
   * The first name for a new engine that is not taken; it is from now on.
   *
   * @param taken every name in use; the one found is added
   */
  public static String freeName(FleetConfig config, Set<String> taken) {
    for (int number = 1; ; number++) {
      String name = config.policy().engineNamePrefix() + "-" + number;
      if (taken.add(name)) {
        return name;
      }
    }
  }

  /** How many engines each VPN has, for a line that a person reads. */
  public static String spread(FleetIndex index) {
    return index.assignments().values().stream()
        .filter(Assignment::managed)
        .collect(Collectors.groupingBy(Assignment::vpn, TreeMap::new, Collectors.counting()))
        .toString();
  }
}
