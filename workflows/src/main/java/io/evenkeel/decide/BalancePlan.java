package io.evenkeel.decide;

import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.decide.ForwardedPorts.Renewal;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.VpnSpec;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * What brings a fleet to its target, evenly spread. Of the VPNs that have a port left, the one with
 * the fewest engines gets the next one, ties in the configuration's order, planned ones counted.
 */
public final class BalancePlan {
  private BalancePlan() {}

  /** The verbs of a plan. */
  public enum Verb {
    /** Start an engine of ours that is there and does not run. */
    START,
    /** Go on with a replacement that was cut off. */
    FINISH,
    /** Create and start a new one. */
    CREATE,
    /** Remove one that is above the target, or that was made for a move and never started. */
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
   * @param resting names of engines that do not stay up: where one does not run it is neither
   *     started nor made now, nor moved
   */
  public record Circumstances(
      Collection<String> closedVpns,
      Map<String, Integer> ports,
      boolean mayRemove,
      boolean mayMove,
      Collection<String> busy,
      Collection<String> resting) {
    /** With engines that all stay up. */
    public Circumstances(
        Collection<String> closedVpns,
        Map<String, Integer> ports,
        boolean mayRemove,
        boolean mayMove,
        Collection<String> busy) {
      this(closedVpns, ports, mayRemove, mayMove, busy, List.of());
    }
  }

  /** Steps in the order in which they may begin; empty: the fleet is as wanted. */
  public static List<Step> plan(
      FleetConfig config, FleetIndex index, Collection<String> allNames, Circumstances given) {
    if (config.target() < 0) {
      return List.of();
    }
    return new Planning(config, index, allNames, given).steps();
  }

  /** A plan in the making; each rule sees what the ones before it have chosen. */
  private static final class Planning {
    private final FleetConfig config;
    private final FleetIndex index;
    private final Circumstances given;
    private final Set<String> ids;
    private final boolean areAllListed;
    private final int total;
    private final Set<String> names;
    private final Spread spread;
    private final FreePorts freePorts;
    private final ForwardedPorts forwarded;
    private final List<Step> steps = new ArrayList<>();

    Planning(
        FleetConfig config, FleetIndex index, Collection<String> allNames, Circumstances given) {
      this.config = config;
      this.index = index;
      this.given = given;
      List<Assignment> engines =
          index.assignments().values().stream().filter(Assignment::managed).toList();
      this.ids = engines.stream().map(e -> e.container().id()).collect(Collectors.toSet());
      this.areAllListed =
          engines.stream().noneMatch(e -> e.container().status() == ContainerStatus.UNKNOWN);
      this.total = (int) engines.stream().filter(engine -> !isAboutToSucceed(engine)).count();
      this.names = new TreeSet<>(allNames);
      for (Assignment engine : index.assignments().values()) {
        names.add(engine.container().name());
        names.add(Aside.original(engine.container().name()));
      }
      this.spread = new Spread(config.vpns(), given.closedVpns(), index, given.busy());
      this.freePorts = new FreePorts(index);
      this.forwarded = new ForwardedPorts(index, given.ports(), spread, this::isUnfinished);
    }

    List<Step> steps() {
      if (spread.open().isEmpty()) {
        return List.of();
      }
      List<Renewal> changed = forwarded.changed();
      changed.forEach(this::renew);
      // What goes is not started before.
      removeUnmoved();
      if (given.mayRemove()) {
        removeSurplus(total - config.target());
      }
      startStopped(changed);
      createMissing();
      if (given.mayMove()) {
        forwarded.late().forEach(this::renew);
      }
      if (given.mayMove() && steps.isEmpty() && total <= config.target()) {
        move();
      }
      return List.copyOf(steps);
    }

    private void renew(Renewal renewal) {
      Assignment old = renewal.engine();
      String name = old.container().name();
      if (rests(old)) {
        return;
      }
      int https = FreePorts.https(old.port());
      Place place = new Place(name, old.vpn(), old.port(), https, renewal.port(), true);
      replace(old, place, renewal.because());
    }

    private void replace(Assignment old, Place place, String because) {
      steps.add(
          new Step(Verb.REPLACE, old.container().id(), old.container().name(), place, because));
    }

    /**
     * It was made to take over from one that is still there, or may be, and was never started:
     * started now, it would be one too many.
     */
    private boolean isAboutToSucceed(Assignment engine) {
      Container c = engine.container();
      String old = c.label(Labels.SUCCEEDS);
      return c.status() == ContainerStatus.CREATED
          && !old.isEmpty()
          && (ids.contains(old) || !areAllListed);
    }

    /**
     * A move that was cut off before the old one went is undone; the spread may ask for it anew.
     */
    private void removeUnmoved() {
      for (Assignment engine : spread.onOpen()) {
        if (isAboutToSucceed(engine)) {
          remove(engine, "its move from another VPN was not finished");
        }
      }
    }

    private void remove(Assignment engine, String because) {
      spread.take(engine);
      Container c = engine.container();
      steps.add(new Step(Verb.REMOVE, c.id(), c.name(), null, because));
    }

    /** What is made anew is started by that. */
    private void startStopped(List<Renewal> renewed) {
      Set<Assignment> anew = renewed.stream().map(Renewal::engine).collect(Collectors.toSet());
      for (Assignment engine : spread.onOpen()) {
        Container c = engine.container();
        boolean unfinished = isUnfinished(c);
        boolean stopped =
            c.status() == ContainerStatus.EXITED || c.status() == ContainerStatus.CREATED;
        if (rests(engine)) {
          continue;
        }
        if (unfinished || (stopped && !anew.contains(engine))) {
          Place same =
              new Place(
                  Aside.original(c.name()),
                  engine.vpn(),
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

    private boolean isUnfinished(Container engine) {
      return Aside.is(engine.name()) || index.hasAside(engine.name(), names);
    }

    private void createMissing() {
      for (int missing = config.target() - total; missing > 0; missing--) {
        VpnSpec vpn = spread.emptiest(freePorts::hasHttp);
        if (vpn == null) {
          return;
        }
        String because = total + " of " + config.target() + " engines are there";
        String name = freeName(config, names);
        if (given.resting().contains(name)) {
          // Whoever rests and is gone is made again later: the place is its own.
          int _ = freePorts.takeHttp(vpn);
        } else {
          Place place = place(name, vpn);
          steps.add(new Step(Verb.CREATE, "", "", place, because + whyNotOnTheEmptiest(vpn)));
        }
        spread.put(vpn);
      }
    }

    private boolean rests(Assignment engine) {
      Container c = engine.container();
      return !c.running() && given.resting().contains(Aside.original(c.name()));
    }

    /** Who looks at a fleet that is not even finds why. */
    private String whyNotOnTheEmptiest(VpnSpec chosen) {
      VpnSpec emptiest = spread.emptiest(_ -> true);
      return emptiest == null || spread.count(emptiest) == spread.count(chosen)
          ? ""
          : "; " + emptiest.name() + " has fewer, and no free port";
    }

    private void removeSurplus(int surplus) {
      for (int left = surplus; left > 0; left--) {
        Assignment victim = spread.lastIdleOn(spread.fullest(), _ -> true);
        if (victim == null) {
          return;
        }
        remove(victim, surplus + " above the target of " + config.target());
      }
    }

    /** One VPN is two or more ahead of another: its last idle engine moves. */
    private void move() {
      for (int guard = 0; guard < 1_000; guard++) {
        VpnSpec from = spread.fullest();
        VpnSpec to = spread.emptiest(freePorts::hasHttp);
        int ahead = spread.count(from);
        int behind = to == null ? ahead : spread.count(to);
        Assignment mover = spread.lastIdleOn(from, engine -> !rests(engine));
        if (to == null || mover == null || ahead - behind < 2) {
          return;
        }
        Place place = place(freeName(config, names), to);
        spread.take(mover);
        spread.put(to);
        replace(mover, place, from.name() + " has " + ahead + ", " + to.name() + " " + behind);
      }
    }

    private Place place(String name, VpnSpec vpn) {
      int forwardedPort = forwarded.take(vpn);
      int port = freePorts.takeHttp(vpn);
      return new Place(
          name,
          vpn.name(),
          port,
          FreePorts.https(port),
          forwardedPort > 0 ? forwardedPort : FreePorts.p2p(vpn, port),
          forwardedPort > 0);
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
}
