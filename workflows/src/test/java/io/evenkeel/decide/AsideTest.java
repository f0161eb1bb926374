package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;

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
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** A container that is being replaced, or was left so, beside its successor or without one. */
class AsideTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");

  private final List<Container> fleet = new ArrayList<>();

  private static FleetConfig config(int target) {
    return new FleetConfig(
        "test",
        "engine",
        List.of(new VpnSpec("vpn1", 100, 109), new VpnSpec("vpn2", 110, 119)),
        target,
        FleetConfig.MOST_ENGINES,
        Policy.defaults());
  }

  private Container container(
      String name, ContainerStatus status, String network, Map<String, String> labels) {
    @Nullable Instant started = status == ContainerStatus.CREATED ? null : START.plusSeconds(1);
    @Nullable Instant ended = status == ContainerStatus.EXITED ? START.plusSeconds(2) : null;
    Container made =
        new Container(
            "id-" + name,
            name,
            "engine:1",
            status,
            Health.NONE,
            network,
            labels,
            Map.of(),
            started,
            ended,
            0,
            "",
            true);
    fleet.add(made);
    return made;
  }

  private void vpns() {
    container("vpn1", ContainerStatus.RUNNING, "bridge", Map.of());
    container("vpn2", ContainerStatus.RUNNING, "bridge", Map.of());
  }

  private void engine(String name, String vpn, int port, ContainerStatus status) {
    container(
        name,
        status,
        "container:id-" + vpn,
        Map.of(
            "engine", "", Labels.VPN, vpn, Labels.HTTP_PORT, "" + port, Labels.P2P_PORT, "4001"));
  }

  private FleetKnowledge knowledge(FleetConfig config) {
    Observation seen = new Observation(START, "f", true, fleet, List.of(), List.of());
    return FleetKnowledge.nothing().after(seen, config);
  }

  private List<Step> plan(FleetConfig config) {
    FleetKnowledge knowledge = knowledge(config);
    return BalancePlan.plan(
        config,
        knowledge.index(config),
        knowledge.names(),
        new Circumstances(Set.of(), Map.of(), true, true, Set.of()));
  }

  private FleetDecision decision(FleetConfig config) {
    return FleetDecision.decide(
        config,
        knowledge(config),
        new FleetDecision.Given(START.plusSeconds(9), Set.of(), true, List.of()));
  }

  @Test
  void itsNameTellsWhoseSuccessorIsToCome() {
    assertThat(Aside.original(Aside.of("a"))).isEqualTo("a");
    assertThat(Aside.is(Aside.of("a"))).isTrue();
    assertThat(Aside.is("a")).isFalse();
    assertThat(Aside.original("a")).isEqualTo("a");
  }

  @Test
  void besideItsSuccessorItIsNoEngineMoreSoNobodyElseIsRemoved() {
    vpns();
    engine("a", "vpn1", 100, ContainerStatus.RUNNING);
    engine("b", "vpn2", 110, ContainerStatus.RUNNING);
    engine(Aside.of("b"), "vpn2", 110, ContainerStatus.EXITED);

    assertThat(knowledge(config(2)).index(config(2)).assignments()).containsOnlyKeys("a", "b");
    assertThat(plan(config(2))).noneMatch(step -> step.verb() == Verb.REMOVE);
  }

  /** Or an outage follows each one in which a look has seen a guest being replaced. */
  @Test
  void onceALookLacksItWhoTookItsPlaceIsFinished() {
    vpns();
    container("guest", ContainerStatus.RUNNING, "container:id-vpn1", Map.of());
    container(Aside.of("guest"), ContainerStatus.EXITED, "container:id-vpn1", Map.of());
    engine("b", "vpn2", 110, ContainerStatus.RUNNING);
    engine(Aside.of("b"), "vpn2", 110, ContainerStatus.EXITED);
    FleetKnowledge before = knowledge(config(1));
    List<String> gone = List.of("id-" + Aside.of("guest"), "id-" + Aside.of("b"));
    Observation later =
        new Observation(START.plusSeconds(1), "g", false, List.of(), gone, List.of());

    assertThat(decided(before).outages()).isNotEmpty();
    assertThat(decided(before).provision()).isNotEmpty();
    assertThat(decided(before.after(later, config(1)))).isEqualTo(FleetDecision.nothing());
  }

  private FleetDecision decided(FleetKnowledge knowledge) {
    return FleetDecision.decide(
        config(1),
        knowledge,
        new FleetDecision.Given(START.plusSeconds(9), Set.of(), true, List.of()));
  }

  @Test
  void anEnginesLeftoverIsFinishedByAPlanAndOpensNoOutage() {
    vpns();
    engine("a", "vpn1", 100, ContainerStatus.RUNNING);
    engine("b", "vpn2", 110, ContainerStatus.RUNNING);
    engine(Aside.of("b"), "vpn2", 110, ContainerStatus.EXITED);

    assertThat(plan(config(2)))
        .singleElement()
        .satisfies(step -> {
          assertThat(step.verb()).isEqualTo(Verb.FINISH);
          assertThat(Objects.requireNonNull(step.place()).name()).isEqualTo("b");
        });
    assertThat(decision(config(2)).outages()).isEmpty();
  }

  @Test
  void withoutItsSuccessorItHoldsTheNameAndThePlace() {
    vpns();
    engine("a", "vpn1", 100, ContainerStatus.RUNNING);
    engine(Aside.of("evenkeel-1"), "vpn2", 110, ContainerStatus.EXITED);

    assertThat(plan(config(3)).stream().map(Step::place).map(Objects::requireNonNull))
        .extracting(Place::name)
        .containsExactly("evenkeel-1", "evenkeel-2");
  }

  @Test
  void aGuestsLeftoverIsFinishedByAnOutage() {
    vpns();
    container("torrents", ContainerStatus.CREATED, "container:id-vpn2", Map.of());
    container(Aside.of("torrents"), ContainerStatus.EXITED, "container:id-vpn2", Map.of());

    assertThat(decision(config(0)).outages())
        .singleElement()
        .satisfies(outage -> assertThat(outage.vpn()).isEqualTo("vpn2"));
  }

  @Test
  void withoutATargetAnEnginesLeftoverIsFinishedByAnOutageToo() {
    vpns();
    engine(Aside.of("a"), "vpn1", 100, ContainerStatus.EXITED);

    assertThat(decision(config(FleetConfig.NO_TARGET)).outages())
        .singleElement()
        .satisfies(outage -> assertThat(outage.vpn()).isEqualTo("vpn1"));
  }

  @Test
  void oneThatIsMadeAnewForItsPortIsNotStartedBeside() {
    vpns();
    container(
        "a",
        ContainerStatus.EXITED,
        "container:id-vpn1",
        Map.of(
            "engine",
            "",
            Labels.VPN,
            "vpn1",
            Labels.HTTP_PORT,
            "100",
            Labels.P2P_PORT,
            "4001",
            Labels.FORWARDED,
            "true"));
    FleetKnowledge knowledge = knowledge(config(1));
    List<Step> plan =
        BalancePlan.plan(
            config(1),
            knowledge.index(config(1)),
            knowledge.names(),
            new Circumstances(Set.of(), Map.of("vpn1", 4002), false, true, Set.of()));
    assertThat(plan).extracting(Step::verb).containsExactly(Verb.REPLACE);
  }
}
