package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.decide.BalancePlan.Place;
import io.evenkeel.decide.BalancePlan.Step;
import io.evenkeel.decide.BalancePlan.Verb;
import io.evenkeel.decide.FleetDecision.OpenOutage;
import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** What must never come of a look, over thousands of fleets; a failure names seed and fleet. */
@Tag("long")
class RandomFleetsTest {
  private static final int FLEETS = 2_000;
  private static final long SEED = 20_261_128L;

  private final Random random = new Random(SEED);

  /** A failure names the fleet. */
  private void eachFleet(Consumer<RandomFleet> promise) {
    for (int run = 0; run < FLEETS; run++) {
      RandomFleet fleet = RandomFleet.from(random);
      try {
        promise.accept(fleet);
      } catch (AssertionError | RuntimeException failed) {
        throw new AssertionError("seed " + SEED + ", fleet " + run + " " + fleet, failed);
      }
    }
  }

  private static List<Assignment> engines(RandomFleet fleet) {
    return fleet.knowledge().index(fleet.config()).assignments().values().stream()
        .filter(Assignment::managed)
        .toList();
  }

  private static Map<String, Assignment> byId(RandomFleet fleet) {
    Map<String, Assignment> byId = new TreeMap<>();
    engines(fleet).forEach(engine -> byId.put(engine.container().id(), engine));
    return byId;
  }

  @Test
  void theFleetsAreLargeAndOfEveryKindAndMuchComesOfThem() {
    Map<Verb, Integer> verbs = new TreeMap<>();
    Set<String> causes = new TreeSet<>();
    List<Integer> sizes = new ArrayList<>();
    int[] frozen = {0};
    eachFleet(fleet -> {
      sizes.add(engines(fleet).size());
      fleet.plan().forEach(step -> verbs.merge(step.verb(), 1, Integer::sum));
      FleetKnowledge knowledge = fleet.knowledge();
      fleet.decision(knowledge).outages().forEach(outage -> causes.add(outage.cause()));
      frozen[0] += knowledge.frozen().isEmpty() ? 0 : 1;
    });

    sizes.sort(Comparator.naturalOrder());
    assertThat(sizes.get(FLEETS / 2)).isGreaterThan(20);
    assertThat(sizes.getLast()).isGreaterThan(50);
    assertThat(verbs).containsOnlyKeys(Verb.values());
    assertThat(verbs.values()).allMatch(times -> times > 50);
    assertThat(causes).containsExactly("down", "recreated", "restarted", "stranded");
    assertThat(frozen[0]).isBetween(10, FLEETS / 2);
  }

  @Test
  void theDecisionIsTheSameInWhateverOrderTheListComes() {
    eachFleet(fleet -> {
      FleetKnowledge knowledge = fleet.knowledge();
      RandomFleet shuffled = fleet.shuffled(random);
      FleetKnowledge other = shuffled.knowledge();

      assertThat(shuffled.decision(other)).isEqualTo(fleet.decision(knowledge));
      assertThat(shuffled.plan(other)).isEqualTo(fleet.plan(knowledge));
    });
  }

  @Test
  void oneOutageAVpnAndNoneOfWhatIsWellOrOpenOrFrozen() {
    eachFleet(fleet -> {
      FleetKnowledge knowledge = fleet.knowledge();
      FleetDecision decision = fleet.decision(knowledge);
      List<String> of = decision.outages().stream().map(OpenOutage::vpn).toList();

      assertThat(of).doesNotHaveDuplicates().noneMatch(fleet.open()::contains);
      fleet.config().vpns().stream()
          .map(VpnSpec::name)
          .filter(vpn -> isWell(vpn, fleet))
          .forEach(vpn -> assertThat(of).doesNotContain(vpn));
      if (!knowledge.frozen().isEmpty()) {
        assertThat(decision).isEqualTo(FleetDecision.nothing());
      }
    });
  }

  /** It runs, and what is behind it, and is not to be ignored, runs and is newer. */
  private static boolean isWell(String vpn, RandomFleet fleet) {
    Container itself = fleet.named(vpn);
    return itself != null
        && itself.running()
        && fleet.containers().stream()
            .filter(c ->
                c.label(Labels.VPN).equals(vpn)
                    || fleet.networkOf(c).equals(vpn)
                    || c.label(Labels.VPN).equals("vpn9")
                    || fleet.networkOf(c).isEmpty())
            .filter(c -> !c.equals(itself) && !c.label(Labels.IGNORE).equals("true"))
            .allMatch(c -> fleet.networkOf(c).equals(vpn) && isNewer(c, itself));
  }

  private static boolean isNewer(Container dependent, Container vpn) {
    Instant start = dependent.startedAt();
    Instant vpnStart = vpn.startedAt();
    return dependent.running() && start != null && vpnStart != null && !start.isBefore(vpnStart);
  }

  @Test
  void neverMoreThanTheTargetAndNeverTwoOfOneNameOrPort() {
    eachFleet(fleet -> {
      List<Step> plan = fleet.plan();
      int most = Math.max(engines(fleet).size(), fleet.config().target());
      long created = plan.stream().filter(step -> step.verb() == Verb.CREATE).count();

      // Whatever of a plan comes first: what is removed may be removed last.
      assertThat(engines(fleet).size() + created).isLessThanOrEqualTo(most);
      assertThat(engines(fleet.carriedOut(plan)).size()).isLessThanOrEqualTo(most);
      Set<String> names = new TreeSet<>();
      fleet.containers().forEach(c -> names.add(c.name()));
      Set<String> claimed = new TreeSet<>();
      engines(fleet).forEach(e -> claimed.add(e.vpn() + ":" + e.port()));
      plan.stream()
          .filter(step -> step.verb() == Verb.CREATE || isMove(step))
          .map(RandomFleetsTest::place)
          .forEach(place -> {
            assertThat(names.add(place.name())).as("%s", place).isTrue();
            assertThat(claimed.add(place.vpn() + ":" + place.httpPort())).as("%s", place).isTrue();
          });
    });
  }

  @Test
  void whatIsMissingIsMadeWhereverThereIsRoom() {
    AtomicInteger fuller = new AtomicInteger();
    eachFleet(fleet -> {
      FleetKnowledge knowledge = fleet.knowledge();
      if (!knowledge.frozen().isEmpty()) {
        return;
      }
      Set<String> closed = fleet.closed(knowledge);
      Map<String, List<Integer>> taken = knowledge.index(fleet.config()).reserved();
      long room = 0;
      for (VpnSpec vpn : fleet.config().vpns()) {
        if (!closed.contains(vpn.name())) {
          List<Integer> there = taken.getOrDefault(vpn.name(), List.of());
          room +=
              IntStream.rangeClosed(vpn.firstPort(), vpn.lastPort())
                  .filter(port -> !there.contains(port))
                  .count();
        }
      }
      int missing = Math.max(0, fleet.config().target() - engines(fleet).size());
      long created = fleet.plan().stream().filter(s -> s.verb() == Verb.CREATE).count();
      assertThat(created).isEqualTo(Math.min(missing, room));
      if (room > 0 && room < missing) {
        int _ = fuller.incrementAndGet();
      }
    });
    assertThat(fuller).as("fleets that could not all be made").hasPositiveValue();
  }

  private static Place place(Step step) {
    return Objects.requireNonNull(step.place());
  }

  private static boolean isMove(Step step) {
    return step.verb() == Verb.REPLACE && !place(step).name().equals(step.oldName());
  }

  @Test
  void whatRunsIsLeftButForOneThatIsIdleWhereOneIsTooManyOrMovesOrGetsAPort() {
    eachFleet(fleet -> {
      List<Step> plan = fleet.plan();
      Map<String, Assignment> engines = byId(fleet);
      Map<String, Integer> ports = FleetDecision.ports(fleet.knowledge());
      long removed = plan.stream().filter(step -> step.verb() == Verb.REMOVE).count();

      assertThat(removed)
          .isLessThanOrEqualTo(Math.max(0, engines.size() - fleet.config().target()));
      for (Step step : plan) {
        String what = step.toString();
        switch (step.verb()) {
          case START ->
              assertThat(Objects.requireNonNull(fleet.named(place(step).name())).status())
                  .as(what)
                  .isIn(ContainerStatus.EXITED, ContainerStatus.CREATED);
          case REMOVE -> {
            assertThat(fleet.busy()).as(what).doesNotContain(step.oldId());
            assertThat(fleet.mayRemove()).as(what).isTrue();
          }
          case REPLACE -> {
            Assignment old = Objects.requireNonNull(engines.get(step.oldId()), what);
            if (isMove(step)) {
              assertThat(fleet.busy()).as(what).doesNotContain(step.oldId());
              assertThat(old.vpn()).as(what).isNotEqualTo(place(step).vpn());
              assertThat(plan).as(what).allMatch(RandomFleetsTest::isMove);
            } else {
              assertThat(old.vpn()).as(what).isEqualTo(place(step).vpn());
              assertThat(place(step).p2pPort()).as(what).isEqualTo(ports.get(old.vpn()));
              assertThat(old.forwarded() || !fleet.busy().contains(step.oldId())).as(what).isTrue();
            }
          }
          case CREATE, FINISH -> {}
        }
      }
    });
  }

  @Test
  void aVpnThatIsClosedGetsNothingAndLosesNothing() {
    eachFleet(fleet -> {
      Set<String> closed = fleet.closed(fleet.knowledge());
      for (Step step : fleet.plan()) {
        if (step.place() != null) {
          assertThat(closed).as("%s", step).doesNotContain(place(step).vpn());
        }
        // One that is aside is its successor's in whose network it is, whatever its label says.
        boolean byNetwork = step.verb() == Verb.FINISH;
        for (Container c : touched(step, fleet)) {
          List<String> of =
              byNetwork
                  ? List.of(fleet.networkOf(c))
                  : List.of(c.label(Labels.VPN), fleet.networkOf(c));
          assertThat(closed).as("%s", step).doesNotContainAnyElementsOf(of);
        }
      }
    });
  }

  @Test
  void whatIsToBeIgnoredAndWhatIsInAnotherNetworkIsLeft() {
    eachFleet(fleet -> {
      Map<String, Assignment> engines = byId(fleet);
      for (Step step : fleet.plan()) {
        for (Container c : touched(step, fleet)) {
          assertThat(c.label(Labels.IGNORE)).as("%s", step).isNotEqualTo("true");
          // One that is aside beside its successor has no place of its own.
          String home =
              step.verb() == Verb.FINISH
                  ? place(step).vpn()
                  : Objects.requireNonNull(engines.get(c.id())).vpn();
          assertThat(fleet.networkOf(c)).as("%s", step).isIn("", home);
          assertThat(c.reference()).as("a network of its own, %s", step).isNotEmpty();
        }
      }
    });
  }

  /** What is there already and is started, finished, removed or made anew. */
  private static List<Container> touched(Step step, RandomFleet fleet) {
    if (step.verb() == Verb.FINISH) {
      return fleet.finishing(place(step));
    }
    return fleet.containers().stream()
        .filter(c ->
            c.id().equals(step.oldId())
                || (step.verb() == Verb.START && c.name().equals(place(step).name())))
        .toList();
  }

  /** What was stopped is started first, then takes a port, and only then is evened out. */
  @Test
  void aPlanThatIsCarriedOutAndLookedAtAgainIsEmptyAfterThreeRounds() {
    eachFleet(fleet -> {
      RandomFleet now = fleet;
      for (int round = 0; round < 3; round++) {
        now = now.carriedOut(now.plan());
      }
      RandomFleet after = now;
      List<Step> more = now.plan().stream().filter(step -> !after.isRefused(step)).toList();
      assertThat(more).as("then %s", after).isEmpty();
    });
  }
}
