package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.evenkeel.decide.BalancePlan.Circumstances;
import io.evenkeel.decide.BalancePlan.Place;
import io.evenkeel.decide.BalancePlan.Step;
import io.evenkeel.decide.BalancePlan.Verb;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.Test;

/** Safety over thousands of random fleets, from a seed that a failure names. */
class BalancePlanTest {
  private static final int FLEETS = 5_000;
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  @Test
  void aPlanNeverExceedsTheTargetNeverTouchesBusyOrClosedAndIsDoneAfterThreeRounds() {
    long seed = 20_261_124L;
    Random random = new Random(seed);
    for (int run = 0; run < FLEETS; run++) {
      FleetConfig config = config(1 + random.nextInt(4), random.nextInt(41));
      List<Container> fleet = randomFleet(config, random);
      Set<String> busy = new TreeSet<>();
      Set<String> closed = new TreeSet<>();
      fleet.stream().filter(_ -> random.nextInt(3) == 0).forEach(c -> busy.add(c.id()));
      config.vpns().stream().filter(_ -> random.nextInt(4) == 0).forEach(v -> closed.add(v.name()));
      Map<String, Integer> ports = new TreeMap<>();
      config.vpns().stream()
          .filter(_ -> random.nextInt(3) == 0)
          .forEach(v -> ports.put(v.name(), 40_000 + ports.size()));
      Circumstances given = new Circumstances(closed, ports, random.nextBoolean(), true, busy);
      int number = run;
      // Told only where one of them fails: thousands of fleets in words cost more than the plans.
      Supplier<String> where = () -> "seed " + seed + ", fleet " + number + " " + fleet;

      List<Step> plan = plan(config, fleet, given);

      List<Container> shuffled = new ArrayList<>(fleet);
      Collections.shuffle(shuffled, random);
      assertThat(plan(config, shuffled, given)).as(where).isEqualTo(plan);
      Set<String> untouchable = new TreeSet<>(busy);
      fleet.stream()
          .filter(c -> closed.contains(c.label(Labels.VPN)))
          .forEach(c -> untouchable.add(c.id()));
      assertThat(plan).as(where).noneMatch(step -> untouchable.contains(step.oldId()));
      plan.stream()
          .map(Step::place)
          .filter(Objects::nonNull)
          .forEach(place -> assertThat(closed).as(where).doesNotContain(place.vpn()));
      List<Container> after = carriedOut(fleet, plan);
      assertThat(after.size())
          .as(where)
          .isLessThanOrEqualTo(Math.max(fleet.size(), config.target()));
      // What was stopped is started first, then takes a port, and only then is evened out.
      List<Container> taken = carriedOut(after, plan(config, after, given));
      List<Container> evened = carriedOut(taken, plan(config, taken, given));
      assertThat(plan(config, evened, given)).as(() -> where.get() + " then " + evened).isEmpty();
      for (VpnSpec vpn : config.vpns()) {
        List<Container> own =
            evened.stream().filter(c -> c.label(Labels.VPN).equals(vpn.name())).toList();
        boolean mayHave = ports.containsKey(vpn.name()) && !closed.contains(vpn.name());
        boolean allBusy = own.stream().allMatch(c -> busy.contains(c.id()));
        assertThat(own.stream().filter(c -> c.label(Labels.FORWARDED).equals("true")).count())
            .as(() -> where.get() + ": forwarded on " + vpn.name())
            .isEqualTo(mayHave && !allBusy ? 1 : 0);
      }
      Set<String> places = new TreeSet<>();
      after.forEach(c ->
          assertThat(places.add(c.label(Labels.VPN) + ":" + c.label(Labels.HTTP_PORT)))
              .as(() -> where.get() + ": one port, one engine")
              .isTrue());
    }
  }

  @Test
  void tenEnginesOnThreeVpnsAreFourThreeThree() {
    FleetConfig config = config(3, 10);
    List<Container> after =
        carriedOut(
            List.of(),
            plan(config, List.of(), new Circumstances(Set.of(), Map.of(), false, true, Set.of())));
    assertThat(spread(after))
        .containsExactly(Map.entry("vpn1", 4), Map.entry("vpn2", 3), Map.entry("vpn3", 3));
  }

  @Test
  void withOneVpnClosedNothingIsPutOnIt() {
    FleetConfig config = config(2, 5);
    List<Container> after =
        carriedOut(
            List.of(),
            plan(
                config,
                List.of(),
                new Circumstances(Set.of("vpn2"), Map.of(), false, true, Set.of())));
    assertThat(spread(after)).containsExactly(Map.entry("vpn1", 5));
  }

  @Test
  void whatGoesIsNotStartedBefore() {
    List<Container> fleet =
        List.of(
            engine("evenkeel-1", "vpn1", 19_100, ContainerStatus.RUNNING),
            engine("evenkeel-2", "vpn1", 19_101, ContainerStatus.EXITED));
    List<Step> plan =
        plan(
            config(1, 1),
            fleet,
            new Circumstances(Set.of(), Map.of(), true, true, Set.of("id-evenkeel-1")));
    assertThat(plan)
        .extracting(Step::verb, Step::oldName)
        .containsExactly(tuple(Verb.REMOVE, "evenkeel-2"));
  }

  @Test
  void theSuccessorOfAnEngineThatIsStillThereIsRemovedAndOfOneThatIsGoneStarted() {
    Container old = engine("evenkeel-1", "vpn1", 19_100, ContainerStatus.RUNNING);
    Container other = engine("evenkeel-2", "vpn1", 19_101, ContainerStatus.RUNNING);
    Container successor = successor("evenkeel-3", "vpn2", 19_200, old);
    Circumstances given = new Circumstances(Set.of(), Map.of(), false, true, Set.of());

    assertThat(plan(config(2, 2), List.of(old, other, successor), given))
        .extracting(Step::verb, Step::oldName)
        .containsExactly(tuple(Verb.REMOVE, "evenkeel-3"));
    assertThat(plan(config(2, 2), List.of(other, successor), given))
        .extracting(Step::verb, step -> Objects.requireNonNull(step.place()).name())
        .containsExactly(tuple(Verb.START, "evenkeel-3"));
    assertThat(plan(config(2, 3), List.of(old, other, successor), given))
        .as("it does not count")
        .extracting(Step::verb)
        .containsExactly(Verb.REMOVE, Verb.CREATE);
  }

  @Test
  void oneThatIsToBeIgnoredIsNobodysOldOne() {
    Container engine = engine("evenkeel-1", "vpn1", 19_100, ContainerStatus.RUNNING);
    Container named = engine(Aside.of("evenkeel-1"), "vpn1", 19_101, ContainerStatus.RUNNING);
    Map<String, String> labels = new TreeMap<>(named.labels());
    labels.put(Labels.IGNORE, "true");
    Place place = new Place(named.name(), "vpn1", 19_101, 0, 8621, false);
    Container ignored = engine(place, ContainerStatus.RUNNING, labels);
    Circumstances given = new Circumstances(Set.of(), Map.of(), false, true, Set.of());

    assertThat(plan(config(1, 2), List.of(engine, named), given))
        .extracting(Step::verb)
        .contains(Verb.FINISH);
    assertThat(plan(config(1, 2), List.of(engine, ignored), given)).isEmpty();
  }

  @Test
  void whoeverRestsIsNeitherStartedNorMadeAnewNorReplacedByAnother() {
    Container exited = engine("evenkeel-1", "vpn1", 19_100, ContainerStatus.EXITED);
    Container aside = engine(Aside.of("evenkeel-2"), "vpn1", 19_101, ContainerStatus.EXITED);
    Container other = engine("evenkeel-3", "vpn1", 19_102, ContainerStatus.EXITED);
    List<Container> fleet = List.of(exited, aside, other);
    // The fourth is not there at all.
    List<String> resting = List.of("evenkeel-1", "evenkeel-2", "evenkeel-4");

    assertThat(plan(config(1, 4), fleet, resting(List.of()))).hasSize(4);
    assertThat(plan(config(1, 4), fleet, resting(resting)))
        .extracting(Step::verb, step -> Objects.requireNonNull(step.place()).name())
        .containsExactly(tuple(Verb.START, "evenkeel-3"));
    assertThat(plan(config(1, 5), fleet, resting(resting)))
        .as("one more is wanted")
        .extracting(Step::verb, step -> Objects.requireNonNull(step.place()).name())
        .containsExactly(tuple(Verb.START, "evenkeel-3"), tuple(Verb.CREATE, "evenkeel-5"));
    assertThat(plan(config(1, 5), fleet, withPort(resting)).getLast())
        .as("the port is not kept for who rests")
        .matches(step -> Objects.requireNonNull(step.place()).forwarded());
    assertThat(plan(config(1, 4), fleet, resting(List.of("acestream-7"))))
        .as("nobody would be made under that name")
        .hasSize(4);
  }

  @Test
  void whoeverRunsAndDidNotStayUpBeforeTakesItsPortAndIsMovedLikeAnother() {
    Container one = engine("evenkeel-1", "vpn1", 19_100, ContainerStatus.RUNNING);
    Container two = engine("evenkeel-2", "vpn1", 19_101, ContainerStatus.RUNNING);
    Container last = engine("evenkeel-3", "vpn1", 19_102, ContainerStatus.RUNNING);
    Container ended = engine("evenkeel-3", "vpn1", 19_102, ContainerStatus.EXITED);
    Circumstances given = resting(List.of("evenkeel-1", "evenkeel-3"));
    Circumstances late =
        new Circumstances(
            Set.of(), Map.of("vpn1", 40_000), false, true, Set.of(), List.of("evenkeel-1"));

    assertThat(plan(config(2, 3), List.of(one, two, last), given))
        .extracting(Step::verb, Step::oldName)
        .containsExactly(tuple(Verb.REPLACE, "evenkeel-3"));
    assertThat(plan(config(2, 3), List.of(one, two, ended), given))
        .as("one that rests is left where it is, with its log")
        .extracting(Step::verb, Step::oldName)
        .containsExactly(tuple(Verb.REPLACE, "evenkeel-2"));
    assertThat(plan(config(1, 1), List.of(one), late))
        .extracting(Step::verb, Step::oldName)
        .containsExactly(tuple(Verb.REPLACE, "evenkeel-1"));
  }

  private static Circumstances withPort(List<String> resting) {
    return new Circumstances(Set.of(), Map.of("vpn1", 40_000), false, true, Set.of(), resting);
  }

  private static Circumstances resting(List<String> names) {
    return new Circumstances(Set.of(), Map.of(), false, true, Set.of(), names);
  }

  @Test
  void whereAVpnHasNoPortLeftTheStepsThatGoElsewhereSaySo() {
    List<VpnSpec> specs = List.of(new VpnSpec("vpn1", 19_001, 19_001), vpn(2));
    List<Step> plan =
        plan(
            config(specs, 4),
            List.of(),
            new Circumstances(Set.of(), Map.of(), false, true, Set.of()));
    String there = "0 of 4 engines are there";
    String elsewhere = there + "; vpn1 has fewer, and no free port";
    assertThat(plan).extracting(Step::because).containsExactly(there, there, there, elsewhere);
  }

  private static Map<String, Integer> spread(List<Container> fleet) {
    Map<String, Integer> spread = new TreeMap<>();
    fleet.forEach(c -> spread.merge(c.label(Labels.VPN), 1, Integer::sum));
    return spread;
  }

  private static List<Step> plan(FleetConfig config, List<Container> fleet, Circumstances given) {
    Set<String> names = new TreeSet<>();
    fleet.forEach(c -> names.add(c.name()));
    return BalancePlan.plan(config, FleetIndexer.index(config, fleet, Map.of()), names, given);
  }

  private static List<Container> carriedOut(List<Container> before, List<Step> plan) {
    Map<String, Container> byName = new TreeMap<>();
    before.forEach(c -> byName.put(c.name(), c));
    for (Step step : plan) {
      if (step.verb() == Verb.REMOVE || step.verb() == Verb.REPLACE) {
        byName.remove(step.oldName());
      }
      Place place = step.place();
      if (place != null) {
        byName.put(place.name(), engine(place, ContainerStatus.RUNNING));
      }
    }
    return List.copyOf(byName.values());
  }

  private static FleetConfig config(int vpns, int target) {
    List<VpnSpec> specs = new ArrayList<>();
    for (int i = 1; i <= vpns; i++) {
      specs.add(vpn(i));
    }
    return config(specs, target);
  }

  private static VpnSpec vpn(int number) {
    return new VpnSpec("vpn" + number, 19_000 + 100 * number, 19_049 + 100 * number);
  }

  private static FleetConfig config(List<VpnSpec> specs, int target) {
    return new FleetConfig(
        "test", "app=test", specs, target, FleetConfig.MOST_ENGINES, Policy.defaults());
  }

  private static List<Container> randomFleet(FleetConfig config, Random random) {
    List<Container> fleet = new ArrayList<>();
    int engines = random.nextInt(41);
    for (int i = 0; i < engines; i++) {
      VpnSpec vpn = config.vpns().get(random.nextInt(config.vpns().size()));
      ContainerStatus status =
          random.nextInt(4) == 0 ? ContainerStatus.EXITED : ContainerStatus.RUNNING;
      fleet.add(engine("evenkeel-" + (i + 1), vpn.name(), vpn.firstPort() + i, status));
    }
    return fleet;
  }

  private static Container engine(String name, String vpn, int port, ContainerStatus status) {
    return engine(new Place(name, vpn, port, 0, 8621, false), status);
  }

  /** Made to take over from the old one, and not started yet. */
  private static Container successor(String name, String vpn, int port, Container old) {
    Place place = new Place(name, vpn, port, 0, 8621, false);
    Map<String, String> labels = new TreeMap<>(RandomFleet.labels(place));
    labels.put(Labels.SUCCEEDS, old.id());
    return engine(place, ContainerStatus.CREATED, labels);
  }

  private static Container engine(Place place, ContainerStatus status) {
    return engine(place, status, RandomFleet.labels(place));
  }

  private static Container engine(Place place, ContainerStatus status, Map<String, String> labels) {
    return new Container(
        "id-" + place.name(),
        place.name(),
        "engine",
        status,
        Health.NONE,
        "container:id-" + place.vpn(),
        labels,
        Map.of(),
        START,
        null,
        0,
        "",
        true);
  }
}
