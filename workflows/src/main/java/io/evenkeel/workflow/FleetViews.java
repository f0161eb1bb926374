package io.evenkeel.workflow;

import io.evenkeel.decide.AttachmentRule;
import io.evenkeel.decide.AttachmentRule.Remedy;
import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** How a monitor's knowledge is shown to people and consumers. */
final class FleetViews {
  private FleetViews() {}

  static FleetView of(
      FleetConfig config,
      FleetKnowledge knowledge,
      Map<String, OutageProgress> open,
      List<String> busy,
      Function<String, @Nullable Instant> restsUntil,
      boolean available,
      boolean paused,
      Instant at) {
    List<FleetView.Engine> engines = new ArrayList<>();
    for (Assignment assignment : knowledge.index(config).assignments().values()) {
      engines.add(engine(assignment, knowledge, open.get(assignment.vpn()), busy, restsUntil));
    }
    List<FleetView.Vpn> vpns = new ArrayList<>();
    for (VpnSpec spec : config.vpns()) {
      vpns.add(vpn(spec.name(), knowledge, engines, open.get(spec.name())));
    }
    return new FleetView(
        config.fleet(),
        at,
        available ? "available" : "unavailable",
        config.target(),
        paused,
        knowledge.frozen(),
        vpns,
        engines);
  }

  private static FleetView.Engine engine(
      Assignment assignment,
      FleetKnowledge knowledge,
      @Nullable OutageProgress outage,
      List<String> busy,
      Function<String, @Nullable Instant> restsUntil) {
    Container container = assignment.container();
    // While it is replaced it is no other one.
    String name = Aside.original(container.name());
    // While an outage is open its own word counts: the last look is older than its deeds.
    boolean reachable =
        outage != null
            ? outage.shown().contains(name)
            : isUsable(container, assignment.vpn(), knowledge);
    return new FleetView.Engine(
        name,
        container.id(),
        assignment.vpn(),
        assignment.vpn(),
        assignment.port(),
        knowledge.missing().containsKey(container.id())
            ? "missing"
            : container.status().name().toLowerCase(Locale.ROOT),
        reachable,
        assignment.forwarded(),
        !assignment.managed(),
        busy.contains(container.id()),
        container.running() ? null : restsUntil.apply(name));
  }

  /** Whether consumers can use it, while no outage of its VPN says something else. */
  static boolean isUsable(Container dependent, String ofVpn, FleetKnowledge knowledge) {
    Container vpn = FleetDecision.vpn(knowledge, ofVpn);
    return vpn != null && usable(vpn, knowledge) && attached(dependent, vpn);
  }

  private static boolean attached(Container container, Container vpn) {
    return container.running()
        && container.refersTo(vpn.id(), vpn.name())
        && AttachmentRule.of(container, vpn, false) == Remedy.LEAVE;
  }

  /** Nobody is sent through a tunnel that is known to be down; its engines are left as they are. */
  private static boolean usable(Container vpn, FleetKnowledge knowledge) {
    return vpn.health() != Health.UNHEALTHY
        && knowledge.tunnel(vpn.name()).tunnel() != TunnelReading.Tunnel.DOWN;
  }

  private static FleetView.Vpn vpn(
      String name,
      FleetKnowledge knowledge,
      List<FleetView.Engine> engines,
      @Nullable OutageProgress outage) {
    Container vpn = FleetDecision.vpn(knowledge, name);
    List<FleetView.Engine> own =
        engines.stream().filter(e -> e.vpn().equals(name) && !e.guest()).toList();
    return new FleetView.Vpn(
        name,
        state(vpn, outage),
        vpn == null ? "" : vpn.id(),
        own.size(),
        (int) own.stream().filter(FleetView.Engine::reachable).count(),
        knowledge.tunnel(name).forwardedPort(),
        outage == null || outage.phase().equals(OutageProgress.CLOSING)
            ? null
            : new FleetView.OpenOutage(outage.workflowId(), outage.phase(), outage.since()));
  }

  private static String state(@Nullable Container vpn, @Nullable OutageProgress outage) {
    if (outage != null && !outage.phase().equals(OutageProgress.CLOSING)) {
      return "outage";
    }
    if (vpn == null) {
      return "gone";
    }
    return vpn.running() && vpn.health() == Health.UNHEALTHY
        ? "unhealthy"
        : vpn.status().name().toLowerCase(Locale.ROOT);
  }
}
