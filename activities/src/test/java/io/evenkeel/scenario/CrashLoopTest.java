package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.TunnelReading;
import java.time.Duration;
import java.time.Instant;
import java.util.function.Consumer;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** An engine that does not stay up, behind a VPN that is well. */
class CrashLoopTest {
  private static final String ENGINE = "acestream-1";

  @RegisterExtension private final World world = new World();

  @BeforeEach
  void allIsWell() {
    world.withFiveAndFive().watchedBy(World.config(10));
  }

  /** It ends as soon as it runs, and the watch tells it. */
  private void doesNotStayUp(Duration time) {
    keepsEnding(ENGINE, time, world.fleet::dies);
  }

  private void keepsEnding(String engine, Duration time, Consumer<String> ends) {
    for (int second = 0; second < time.toSeconds(); second++) {
      if (world.fleet.names().contains(engine) && world.fleet.isAlive(engine)) {
        String id = world.fleet.id(engine);
        ends.accept(engine);
        world.isChanged(id);
      }
      world.passes(Duration.ofSeconds(1));
    }
  }

  private long starts() {
    return world.fleet.deeds().stream().filter(deed -> deed.endsWith(ENGINE)).count();
  }

  private FleetView.Engine shown() {
    return world.view().engines().stream()
        .filter(engine -> engine.name().equals(ENGINE))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void itIsStartedMoreAndMoreRarely() {
    doesNotStayUp(Duration.ofMinutes(1));
    assertThat(starts()).as("in the first minute: %s", world.fleet.deeds()).isBetween(3L, 5L);

    doesNotStayUp(Duration.ofMinutes(9));
    assertThat(starts()).as("in ten minutes: %s", world.fleet.deeds()).isBetween(6L, 8L);
    assertThat(world.fleet.deeds()).as("nobody else is touched").allMatch(d -> d.endsWith(ENGINE));
  }

  @Test
  void whatIsRemovedAgainAndAgainIsMadeMoreAndMoreRarely() {
    world.fleet.vanishes(ENGINE);
    String successor = "evenkeel-1";
    keepsEnding(successor, Duration.ofMinutes(10), world.fleet::vanishes);

    assertThat(world.fleet.deeds().stream().filter(deed -> deed.startsWith("create")))
        .as("in ten minutes")
        .hasSizeBetween(4, 8)
        .allMatch(deed -> deed.contains(successor));
  }

  @Test
  void itsStatusTellsWhenItIsStartedNext() {
    assertThat(shown().restsUntil()).isNull();
    doesNotStayUp(Duration.ofMinutes(2));

    Instant next = shown().restsUntil();
    assertThat(next).isAfter(world.view().at());
    world.passes(Duration.between(world.view().at(), next).plusSeconds(12));
    assertThat(world.fleet.status(ENGINE)).isEqualTo(ContainerStatus.RUNNING);
    assertThat(shown().restsUntil()).isNull();
  }

  @Test
  void nobodyElseWaitsForIt() {
    doesNotStayUp(Duration.ofMinutes(2));
    assertThat(world.fleet.status(ENGINE)).isEqualTo(ContainerStatus.EXITED);
    world.fleet.dies("acestream-2");
    world.passes(Duration.ofSeconds(12));

    assertThat(world.fleet.status("acestream-2")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.fleet.status(ENGINE)).isEqualTo(ContainerStatus.EXITED);
  }

  @Test
  void onceItHasStayedUpItIsStartedAtOnce() {
    doesNotStayUp(Duration.ofMinutes(3));
    world.fleet.restarts(ENGINE);
    world.passes(Duration.ofSeconds(90));
    world.fleet.dies(ENGINE);
    world.passes(Duration.ofSeconds(12));

    assertThat(world.fleet.status(ENGINE)).isEqualTo(ContainerStatus.RUNNING);
  }

  @Test
  void onceAPersonHasRemovedItItsSuccessorIsMadeAtOnce() {
    doesNotStayUp(Duration.ofMinutes(3));
    world.fleet.vanishes(ENGINE);
    world.passes(Duration.ofSeconds(30));

    assertThat(world.fleet.status("evenkeel-1")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  @Test
  void whoeverScalesDownAndUpAgainWaitsForNothing() {
    for (int round = 0; round < 5; round++) {
      var _ = world.monitor().scale(9);
      world.passes(Duration.ofSeconds(12));
      assertThat(world.fleet.engines()).isEqualTo(9);
      var _ = world.monitor().scale(10);
      world.passes(Duration.ofSeconds(12));
      assertThat(world.fleet.engines()).isEqualTo(10);
    }
  }

  @Test
  void anEngineThatIsMadeAnewForItsVpnsPortIsNoneOfThese() {
    world.fleet.vanishes("acestream-6");
    world.passes(Duration.ofSeconds(30));
    assertThat(world.fleet.labels("evenkeel-1")).containsEntry(Labels.FORWARDED, "true");
    for (int change = 1; change <= 4; change++) {
      world.fleet.tunnel("vpn2", TunnelReading.Tunnel.UP, 41_000 + change);
      world.passes(Duration.ofSeconds(14));
    }

    assertThat(world.view().engines()).allMatch(engine -> engine.restsUntil() == null);
    assertThat(world.fleet.deeds()).filteredOn(deed -> deed.startsWith("create")).hasSize(5);
  }

  @Test
  void aReindexEndsItsRest() {
    doesNotStayUp(Duration.ofMinutes(3));
    assertThat(world.fleet.status(ENGINE)).isEqualTo(ContainerStatus.EXITED);
    String _ = world.monitor().reindex();
    world.passes(Duration.ofSeconds(12));

    assertThat(world.fleet.status(ENGINE)).isEqualTo(ContainerStatus.RUNNING);
  }

  @Test
  void anOutageOfItsVpnStartsItAtOnce() {
    doesNotStayUp(Duration.ofMinutes(3));
    world.fleet.dies("vpn1");
    world.logStreamEnds("vpn1");
    world.passes(Duration.ofSeconds(30));

    assertThat(world.fleet.attached("vpn1")).isGreaterThanOrEqualTo(4);
    assertThat(world.fleet.mostRunning()).isLessThanOrEqualTo(10);
  }
}
