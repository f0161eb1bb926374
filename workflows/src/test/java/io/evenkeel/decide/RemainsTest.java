package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Seen;
import io.evenkeel.fleet.VpnSpec;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** When what could not be attached is tried again. */
class RemainsTest {
  private static final Instant NOW = Instant.parse("2026-01-01T12:00:00Z");
  private static final FleetConfig CONFIG =
      new FleetConfig(
          "test",
          "engine",
          List.of(new VpnSpec("vpn1", 100, 109)),
          FleetConfig.NO_TARGET,
          FleetConfig.MOST_ENGINES,
          Policy.defaults());

  private static Container container(
      String name, ContainerStatus status, String network, Instant start) {
    return Seen.container(
        name, status, network, Map.of("engine", "", Labels.VPN, "vpn1"), start, null);
  }

  private static Container vpn(Instant start) {
    return container("vpn1", ContainerStatus.RUNNING, "bridge", start);
  }

  private static Container engine(ContainerStatus status) {
    return container("one", status, "container:id-vpn1", NOW.minusSeconds(60));
  }

  private static FleetKnowledge knowledge(Container... listed) {
    return FleetKnowledge.nothing()
        .after(new Observation(NOW, "f", true, List.of(listed), List.of(), List.of()), CONFIG);
  }

  private static Remains failed(int times) {
    Remains remains = Remains.none();
    for (int i = 0; i < times; i++) {
      remains =
          remains.closed(
              List.of(new EngineDeed("one", DeedOutcome.FAILED.because("no device"))), NOW, true);
    }
    return remains;
  }

  @Test
  void aFailureIsTriedAgainAtOnceThenLaterAndLater() {
    List<Duration> waits = new ArrayList<>();
    for (int times = 1; times <= 9; times++) {
      Instant until = failed(times).refused().getOrDefault("one", NOW);
      waits.add(Duration.between(NOW, until));
    }
    assertThat(waits.stream().map(Duration::toSeconds))
        .containsExactly(0L, 5L, 10L, 20L, 40L, 80L, 160L, 300L, 300L);
  }

  @Test
  void aClockThatWasSetBackMakesNobodyWaitLonger() {
    Remains remains = failed(9);
    assertThat(remains.isDueAt(NOW.plusSeconds(299))).isFalse();
    assertThat(remains.isDueAt(NOW.plusSeconds(300))).isTrue();

    assertThat(remains.isDueAt(NOW.minus(Duration.ofHours(1)))).isTrue();
    assertThat(remains.at(NOW.minus(Duration.ofHours(1))).refused()).isEmpty();
  }

  @Test
  void whatIsAttachedBeginsAnew() {
    FleetKnowledge well = knowledge(vpn(NOW.minusSeconds(90)), engine(ContainerStatus.RUNNING));

    assertThat(failed(9).seen(CONFIG, well, well, List.of())).isEqualTo(Remains.none());
  }

  @Test
  void whatIsGoneIsForgotten() {
    FleetKnowledge with = knowledge(vpn(NOW.minusSeconds(90)), engine(ContainerStatus.EXITED));
    FleetKnowledge without = knowledge(vpn(NOW.minusSeconds(90)));

    assertThat(failed(9).seen(CONFIG, with, with, List.of()).failures()).containsEntry("one", 9);
    assertThat(failed(9).seen(CONFIG, with, without, List.of()).failures()).isEmpty();
  }
}
