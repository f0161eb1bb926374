package io.evenkeel.decide;

import io.evenkeel.decide.BalancePlan.Circumstances;
import io.evenkeel.decide.BalancePlan.Place;
import io.evenkeel.decide.BalancePlan.Step;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * Up to five VPNs, each in any state, and up to sixty containers: engines and guests, in order and
 * not. What is carried out is carried out as Docker and the activities do it.
 *
 * @param containers what Docker has, in the order of its list
 * @param unlisted names of those that the last list lacks
 * @param open VPNs whose outage is open
 * @param busy ids of engines that somebody uses
 */
record RandomFleet(
    FleetConfig config,
    List<Container> containers,
    Set<String> unlisted,
    List<TunnelReading> tunnels,
    Set<String> open,
    Set<String> busy,
    boolean mayRemove) {
  static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant VPN_START = NOW.minusSeconds(3600);
  private static final int MOST_VPNS = 5;
  private static final int MOST_CONTAINERS = 60;
  private static final String GONE = "f".repeat(64);

  /** One of the VPNs' names makes its id; a reference may name its first twelve digits. */
  static String vpnId(String name) {
    return "%064x"
        .formatted(name.hashCode() + (1L << 32))
        .transform(id -> id.substring(44) + id)
        .substring(0, 64);
  }

  static RandomFleet from(Random random) {
    return new Making(random).fleet();
  }

  /** As two looks have shown it, the last of which lacked some. */
  FleetKnowledge knowledge() {
    return knowledge(containers);
  }

  FleetKnowledge knowledge(List<Container> inThisOrder) {
    List<Container> listed =
        inThisOrder.stream().filter(c -> !unlisted.contains(c.name())).toList();
    return FleetKnowledge.nothing()
        .after(new Observation(NOW, "f", true, inThisOrder, List.of(), tunnels), config)
        .after(new Observation(NOW, "g", true, listed, List.of(), tunnels), config);
  }

  FleetDecision decision(FleetKnowledge knowledge) {
    return FleetDecision.decide(
        config, knowledge, new FleetDecision.Given(NOW, open, mayRemove, busy));
  }

  /** VPNs that get nothing and lose nothing. */
  Set<String> closed(FleetKnowledge knowledge) {
    Set<String> closed = new TreeSet<>(open);
    decision(knowledge).outages().forEach(outage -> closed.add(outage.vpn()));
    closed.addAll(FleetDecision.closedVpns(config, knowledge));
    return closed;
  }

  List<Step> plan() {
    return plan(knowledge());
  }

  List<Step> plan(FleetKnowledge knowledge) {
    if (!knowledge.frozen().isEmpty()) {
      return List.of();
    }
    return BalancePlan.plan(
        config,
        knowledge.index(config),
        knowledge.names(),
        new Circumstances(
            closed(knowledge),
            FleetDecision.ports(knowledge),
            mayRemove,
            config.policy().rebalance(),
            busy));
  }

  RandomFleet shuffled(Random random) {
    List<Container> others = new ArrayList<>(containers);
    Collections.shuffle(others, random);
    return with(others);
  }

  private RandomFleet with(Collection<Container> others) {
    return new RandomFleet(config, List.copyOf(others), unlisted, tunnels, open, busy, mayRemove);
  }

  @Nullable Container named(String name) {
    return containers.stream().filter(c -> c.name().equals(name)).findFirst().orElse(null);
  }

  /** The network that a container is in, by the VPN's name; empty: another one, or its own. */
  String networkOf(Container container) {
    return config.vpns().stream()
        .map(VpnSpec::name)
        .filter(vpn -> named(vpn) != null && container.refersTo(vpnId(vpn), vpn))
        .findFirst()
        .orElse("");
  }

  RandomFleet carriedOut(List<Step> steps) {
    Map<String, Container> byName = new TreeMap<>();
    containers.forEach(c -> byName.put(c.name(), c));
    for (Step step : steps) {
      switch (step.verb()) {
        case START -> started(byName, place(step));
        case FINISH -> finished(byName, place(step));
        case CREATE -> byName.put(place(step).name(), made(place(step)));
        case REMOVE -> byName.remove(step.oldName());
        case REPLACE -> {
          byName.remove(step.oldName());
          byName.put(place(step).name(), made(place(step)));
        }
      }
    }
    return with(byName.values());
  }

  private static Place place(Step step) {
    return Objects.requireNonNull(step.place());
  }

  /** Whether the activities would not do that: it is in the network of a VPN that is not listed. */
  boolean isRefused(Step step) {
    return switch (step.verb()) {
      case START -> isElsewhere(place(step).name(), place(step));
      case FINISH -> isElsewhere(Aside.of(place(step).name()), place(step));
      case CREATE, REMOVE, REPLACE -> false;
    };
  }

  private boolean isElsewhere(String name, Place place) {
    return !isBehind(Objects.requireNonNull(named(name)), place);
  }

  private boolean isBehind(Container container, Place place) {
    return networkOf(container).equals(place.vpn()) || isOfThePast(container);
  }

  /** It refers to a container that is there no more. */
  private boolean isOfThePast(Container container) {
    return !container.reference().isEmpty()
        && containers.stream().noneMatch(c -> container.refersTo(c.id(), c.name()));
  }

  /**
   * What the activities touch to finish a replacement: the one aside, where it is this VPN's, and
   * its successor, unless that is another's; without the one, the successor alone.
   */
  List<Container> finishing(Place place) {
    Container aside = named(Aside.of(place.name()));
    Container successor = named(place.name());
    List<Container> both = new ArrayList<>();
    if (aside != null && isBehind(aside, place)) {
      if (successor != null && !isBehind(successor, place)) {
        return List.of();
      }
      both.add(aside);
    }
    if (successor != null) {
      both.add(successor);
    }
    return both;
  }

  /** One that refers to a VPN of the past is made anew behind this one. */
  private void started(Map<String, Container> byName, Place place) {
    Container there = Objects.requireNonNull(byName.get(place.name()));
    if (networkOf(there).equals(place.vpn())) {
      byName.put(there.name(), running(there.id(), there.name(), there.networkMode(), there));
    } else if (isOfThePast(there)) {
      byName.put(
          there.name(),
          running("new-" + there.name(), there.name(), "container:" + vpnId(place.vpn()), there));
    }
  }

  private void finished(Map<String, Container> byName, Place place) {
    Container aside = Objects.requireNonNull(byName.get(Aside.of(place.name())));
    if (isBehind(aside, place)) {
      byName.remove(aside.name());
      byName.put(
          place.name(),
          running("new-" + place.name(), place.name(), "container:" + vpnId(place.vpn()), aside));
    }
  }

  private static Container running(String id, String name, String network, Container like) {
    return container(id, name, ContainerStatus.RUNNING, network, like.labels(), NOW, true);
  }

  private static Container made(Place place) {
    return container(
        "new-" + place.name() + "-" + place.p2pPort(),
        place.name(),
        ContainerStatus.RUNNING,
        "container:" + vpnId(place.vpn()),
        labels(place),
        NOW,
        true);
  }

  /** Those that an engine which is made for a place gets. */
  static Map<String, String> labels(Place place) {
    return Map.of(
        "app",
        "test",
        Labels.VPN,
        place.vpn(),
        Labels.HTTP_PORT,
        Integer.toString(place.httpPort()),
        Labels.P2P_PORT,
        Integer.toString(place.p2pPort()),
        Labels.FORWARDED,
        Boolean.toString(place.forwarded()));
  }

  private static Container container(
      String id,
      String name,
      ContainerStatus status,
      String network,
      Map<String, String> labels,
      @Nullable Instant start,
      boolean inspected) {
    return new Container(
        id,
        name,
        "engine",
        status,
        Health.NONE,
        network,
        labels,
        Map.of(),
        inspected ? start : null,
        inspected && status == ContainerStatus.EXITED ? NOW.minusSeconds(9) : null,
        0,
        "",
        inspected);
  }

  /** One fleet in the making; every size is drawn once. */
  private static final class Making {
    private final Random random;
    private final List<VpnSpec> specs = new ArrayList<>();
    private final List<Container> containers = new ArrayList<>();
    private final List<TunnelReading> tunnels = new ArrayList<>();
    private final Set<String> unlisted = new TreeSet<>();
    private final Set<String> open = new TreeSet<>();
    private final Set<String> busy = new TreeSet<>();
    private final boolean troubled;

    /** One in so many is not in the last list. */
    private final int listed;

    Making(Random random) {
      this.random = random;
      this.troubled = random.nextBoolean();
      this.listed = oneIn(10) ? 1 : 25;
    }

    private boolean oneIn(int n) {
      return random.nextInt(n) == 0;
    }

    /** In half of the fleets nothing is odd, so that more comes of a plan. */
    private boolean oddly(int n) {
      return troubled && oneIn(n);
    }

    @SafeVarargs
    @SuppressWarnings("varargs")
    private <T> T oneOf(T... choices) {
      return choices[random.nextInt(choices.length)];
    }

    RandomFleet fleet() {
      int vpns = 1 + random.nextInt(MOST_VPNS);
      for (int i = 1; i <= vpns; i++) {
        int first = 19_000 + 100 * i;
        specs.add(new VpnSpec("vpn" + i, first, first + (oneIn(8) ? 4 : 79)));
      }
      specs.forEach(this::vpn);
      int dependents = random.nextInt(MOST_CONTAINERS + 1);
      for (int number = 1; number <= dependents; number++) {
        dependent(number);
      }
      int target =
          oneIn(20) ? FleetConfig.NO_TARGET : Math.max(0, dependents + random.nextInt(13) - 6);
      Policy policy = Policy.defaults();
      FleetConfig config =
          new FleetConfig("test", "app=test", specs, target, FleetConfig.MOST_ENGINES, policy);
      Collections.shuffle(containers, random);
      return new RandomFleet(
          config, List.copyOf(containers), unlisted, tunnels, open, busy, random.nextBoolean());
    }

    private void vpn(VpnSpec spec) {
      String name = spec.name();
      if (oddly(10)) {
        return;
      }
      ContainerStatus status = oddly(3) ? oneOf(ContainerStatus.values()) : ContainerStatus.RUNNING;
      Health health = oddly(3) ? oneOf(Health.values()) : Health.HEALTHY;
      boolean inspected = !oddly(12);
      containers.add(
          new Container(
                  vpnId(name),
                  name,
                  "vpn",
                  status,
                  health,
                  "bridge",
                  Map.of(),
                  Map.of(),
                  inspected ? VPN_START : null,
                  oneIn(2) ? VPN_START.minusSeconds(5) : null,
                  0,
                  "",
                  inspected)
              .withEnd(oneOf(End.values())));
      if (oddly(15)) {
        unlisted.add(name);
      }
      if (oddly(10)) {
        open.add(name);
      }
      Tunnel tunnel = oddly(3) ? oneOf(Tunnel.values()) : Tunnel.UP;
      if (!oddly(8)) {
        tunnels.add(new TunnelReading(name, tunnel, "", oneIn(2) ? 40_000 + tunnels.size() : 0));
      }
    }

    private void dependent(int number) {
      VpnSpec spec = specs.get(random.nextInt(specs.size()));
      String name = oneOf("evenkeel-", "acestream-") + number;
      if (oddly(20)) {
        name = Aside.of(oneIn(2) || number == 1 ? name : containers.getLast().name());
        if (Aside.is(Aside.original(name))) {
          return;
        }
      }
      String unique = name;
      if (containers.stream().anyMatch(c -> c.name().equals(unique))) {
        return;
      }
      ContainerStatus status =
          oddly(4)
              ? oneOf(ContainerStatus.values())
              : oneIn(10) ? ContainerStatus.EXITED : ContainerStatus.RUNNING;
      Instant start = VPN_START.plusSeconds(oddly(10) ? -20 : 20 + random.nextInt(20));
      Container made =
          container(
              "id-" + name,
              name,
              status,
              network(spec.name()),
              labels(spec),
              status == ContainerStatus.CREATED ? null : start,
              !oddly(20));
      containers.add(made);
      if (oddly(listed)) {
        unlisted.add(name);
      }
      if (oneIn(3)) {
        busy.add(made.id());
      }
    }

    private String network(String vpn) {
      if (oddly(20)) {
        return oneOf("bridge", "", "container:" + GONE);
      }
      // That of a VPN which its label may not name.
      String owner = oddly(20) ? specs.get(random.nextInt(specs.size())).name() : vpn;
      String id = vpnId(owner);
      return "container:" + oneOf(id, id, id, id.substring(0, 12), owner, "/" + owner);
    }

    private Map<String, String> labels(VpnSpec spec) {
      Map<String, String> labels = new HashMap<>();
      if (oddly(12)) {
        labels.put(Labels.IGNORE, "true");
      }
      if (oddly(6)) {
        return labels;
      }
      labels.put("app", "test");
      if (!oddly(12)) {
        labels.put(Labels.VPN, oddly(20) ? "vpn9" : spec.name());
      }
      // Some claim a port that another has.
      int port = spec.firstPort() + random.nextInt(spec.lastPort() - spec.firstPort() + 1);
      labels.put(
          oneOf(Labels.HTTP_PORT, Labels.HOST_HTTP_PORT),
          oddly(20) ? oneOf("0", "x", "70000") : Integer.toString(port));
      if (!oneIn(4)) {
        labels.put(Labels.P2P_PORT, Integer.toString(oneIn(4) ? 40_000 : 8_621 + port % 100));
      }
      if (oneIn(8)) {
        labels.put(Labels.FORWARDED, "true");
      }
      return labels;
    }
  }
}
