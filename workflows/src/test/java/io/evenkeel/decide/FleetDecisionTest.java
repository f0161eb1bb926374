package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.groups.Tuple.tuple;

import io.evenkeel.decide.FleetDecision.OpenOutage;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Seen;
import io.evenkeel.fleet.VpnSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** What a look leads to, for fleets that are well, fleets that are not, and thousands of others. */
class FleetDecisionTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant VPN_START = NOW.minusSeconds(3600);
  private static final int FLEETS = 5_000;
  private static final FleetConfig CONFIG =
      new FleetConfig(
          "test",
          "engine",
          List.of(new VpnSpec("vpn1", 100, 109), new VpnSpec("vpn2", 110, 119)),
          FleetConfig.NO_TARGET,
          FleetConfig.MOST_ENGINES,
          Policy.defaults());

  private static Container container(
      String name,
      ContainerStatus status,
      String network,
      Map<String, String> labels,
      @Nullable Instant start) {
    return Seen.container(
        name, status, network, labels, start, status == ContainerStatus.EXITED ? start : null);
  }

  private static Container vpn(String name, Instant start) {
    return container(name, ContainerStatus.RUNNING, "bridge", Map.of(), start);
  }

  private static Container engine(String name, String vpn, Instant start) {
    return container(
        name,
        ContainerStatus.RUNNING,
        "container:id-" + vpn,
        Map.of("engine", "", Labels.VPN, vpn),
        start);
  }

  private static FleetKnowledge after(FleetKnowledge before, List<Container> listed) {
    return before.after(new Observation(NOW, "f", true, listed, List.of(), List.of()), CONFIG);
  }

  private static List<OpenOutage> outages(FleetKnowledge knowledge) {
    return FleetDecision.decide(
            CONFIG, knowledge, new FleetDecision.Given(NOW, Set.of(), true, List.of()))
        .outages();
  }

  private static List<OpenOutage> outages(Container... listed) {
    return outages(after(FleetKnowledge.nothing(), List.of(listed)));
  }

  @Test
  void anEngineThatIsOlderThanItsVpnsStartIsStranded() {
    assertThat(
            outages(
                vpn("vpn1", VPN_START),
                vpn("vpn2", VPN_START),
                engine("a", "vpn1", VPN_START.plusSeconds(1)),
                engine("b", "vpn2", VPN_START.minusSeconds(1))))
        .extracting(OpenOutage::vpn, OpenOutage::cause)
        .containsExactly(tuple("vpn2", "restarted"));
  }

  /** Each restart of ours would be older than that again, as long as the clock is behind. */
  @Test
  void aVpnWhoseStartLiesInTheFutureProvesNothing() {
    Instant stepped = NOW.plus(Duration.ofHours(1));

    assertThat(outages(vpn("vpn1", stepped), engine("a", "vpn1", NOW.minusSeconds(30)))).isEmpty();
  }

  @Test
  void oneListWithoutAVpnOpensNothingAndTheSecondOneDoes() {
    List<Container> all =
        List.of(
            vpn("vpn1", VPN_START),
            vpn("vpn2", VPN_START),
            engine("a", "vpn1", NOW),
            engine("b", "vpn2", NOW));
    List<Container> lacking = all.stream().filter(c -> !c.name().equals("vpn2")).toList();
    FleetKnowledge before = after(FleetKnowledge.nothing(), all);
    FleetKnowledge once = after(before, lacking);
    FleetKnowledge twice = after(once, lacking);

    assertThat(outages(once)).isEmpty();
    assertThat(outages(after(once, all))).isEmpty();
    assertThat(outages(twice))
        .extracting(OpenOutage::vpn, OpenOutage::cause)
        .containsExactly(tuple("vpn2", "removed"));
  }

  @Test
  void aFreezeThatAPersonHasEndedStaysEnded() {
    List<Container> all = new ArrayList<>();
    all.add(vpn("vpn1", VPN_START));
    all.add(vpn("vpn2", VPN_START));
    for (int i = 0; i < 6; i++) {
      all.add(engine("e" + i, "vpn1", NOW));
    }
    List<Container> few = all.subList(0, 4);
    FleetKnowledge frozen = after(after(FleetKnowledge.nothing(), all), few);
    assertThat(frozen.frozen()).isNotEmpty();
    assertThat(frozen.known()).hasSize(8);

    assertThat(after(frozen.thawed(), few).frozen()).isEmpty();
  }

  @Test
  void anEngineWithANetworkOfItsOwnIsBehindNoVpnWhateverItsLabelsSay() {
    Container bridged =
        container(
            "a", ContainerStatus.RUNNING, "bridge", Map.of("engine", "", Labels.VPN, "vpn1"), NOW);

    assertThat(outages(vpn("vpn1", VPN_START), bridged)).isEmpty();
  }

  @Test
  void itIsTheSameInWhateverOrderTheListComesAndNeverAboutWhatIsWellOrIgnored() {
    long seed = 20_261_126L;
    Random random = new Random(seed);
    for (int run = 0; run < FLEETS; run++) {
      List<Container> fleet = randomFleet(random);
      String where = "seed " + seed + ", fleet " + run + " " + fleet;
      FleetKnowledge knowledge = after(FleetKnowledge.nothing(), fleet);
      List<OpenOutage> outages = outages(knowledge);

      List<Container> shuffled = new ArrayList<>(fleet);
      Collections.shuffle(shuffled, random);
      assertThat(outages(after(FleetKnowledge.nothing(), shuffled))).as(where).isEqualTo(outages);
      assertThat(outages(after(knowledge, fleet))).as(where + " seen again").isEqualTo(outages);
      Set<String> of = new TreeSet<>();
      outages.forEach(o -> assertThat(of.add(o.vpn())).as(where + ": one each").isTrue());
      for (String vpn : List.of("vpn1", "vpn2")) {
        if (isWell(vpn, fleet)) {
          assertThat(of).as(where).doesNotContain(vpn);
        }
      }
    }
  }

  /** It runs, and everything behind it that is not to be ignored was started after it. */
  private static boolean isWell(String name, List<Container> fleet) {
    Stream<Container> behind =
        fleet.stream()
            .filter(c -> c.reference().equals("id-" + name) || c.label(Labels.VPN).equals(name))
            .filter(c -> !c.label(Labels.IGNORE).equals("true"));
    return fleet.stream()
            .anyMatch(c -> c.name().equals(name) && c.status() == ContainerStatus.RUNNING)
        && behind.allMatch(c ->
            c.status() == ContainerStatus.RUNNING
                && c.reference().equals("id-" + name)
                && c.startedAt() != null
                && !c.startedAt().isBefore(VPN_START));
  }

  private static List<Container> randomFleet(Random random) {
    ContainerStatus[] all = ContainerStatus.values();
    List<Container> fleet = new ArrayList<>();
    for (String name : List.of("vpn1", "vpn2")) {
      if (random.nextInt(8) > 0) {
        ContainerStatus status =
            random.nextInt(3) > 0 ? ContainerStatus.RUNNING : all[random.nextInt(all.length)];
        fleet.add(container(name, status, "bridge", Map.of(), VPN_START));
      }
    }
    int dependents = random.nextInt(6);
    for (int i = 0; i < dependents; i++) {
      String vpn = "vpn" + (1 + random.nextInt(2));
      ContainerStatus status =
          random.nextInt(3) > 0 ? ContainerStatus.RUNNING : all[random.nextInt(all.length)];
      Map<String, String> labels =
          switch (random.nextInt(3)) {
            case 0 -> Map.of();
            case 1 -> Map.of(Labels.IGNORE, "true");
            default -> Map.of("engine", "", Labels.VPN, vpn);
          };
      String network =
          random.nextInt(5) > 0 ? "container:id-" + vpn : random.nextBoolean() ? "bridge" : "none";
      Instant start = VPN_START.plusSeconds(random.nextInt(20) - 5);
      fleet.add(container("c" + i, status, network, labels, start));
    }
    return fleet;
  }
}
