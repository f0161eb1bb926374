package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 1, 3, 4, 9, 14, 15, 18 and 21 on the simulated fleet. */
class PreservationTest {
  @RegisterExtension private final World world = new World();

  @Test
  void whileDockerDoesNotAnswerNothingIsForgottenAndNothingDone() {
    world.withFiveAndFive().watchedBy(World.config(10));
    String id = world.fleet.id("acestream-7");
    world.fleet.fails(Kind.TIMEOUT);
    world.passes(Duration.ofMinutes(1));
    assertThat(world.view().docker()).isEqualTo("unavailable");
    assertThat(world.view().engines()).hasSize(10);

    world.fleet.answersAgain();
    world.passes(Duration.ofSeconds(30));

    assertThat(world.view().docker()).isEqualTo("available");
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.fleet.id("acestream-7")).isEqualTo(id);
    assertThat(world.vpn("vpn1").reachable()).isEqualTo(5);
  }

  /** It hangs between the list of a look and its inspects. */
  @Test
  void whileDockerOnlyListsNobodyIsHiddenAndNothingDone() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.passes(Duration.ofSeconds(10));
    world.fleet.fails("inspect", Kind.TIMEOUT);
    for (int second = 0; second < 60; second++) {
      assertThat(world.vpn("vpn1").reachable()).isEqualTo(5);
      assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
      world.passes(Duration.ofSeconds(1));
    }

    assertThat(world.view().docker()).isEqualTo("unavailable");
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void aFirstLookThatFailsMakesNothing() {
    world.withFiveAndFive();
    world.fleet.fails(Kind.UNAVAILABLE);
    world.watchedBy(World.config(10));
    world.passes(Duration.ofMinutes(1));
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.vpn("vpn2").engines()).isEqualTo(5);
  }

  @Test
  void whenEverythingVanishesAtOnceTheFleetFreezes() {
    world.withFiveAndFive().watchedBy(World.config(10));
    for (int i = 1; i <= 10; i++) {
      world.fleet.vanishes("acestream-" + i);
    }
    world.fleet.vanishes("vpn1");
    world.fleet.vanishes("vpn2");
    world.passes(Duration.ofMinutes(5));

    assertThat(world.view().frozen()).contains("vanished");
    assertThat(world.view().engines()).hasSize(10);
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void oneEngineThatIsGoneIsReplacedOnItsVpn() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.vanishes("acestream-8");
    world.passes(Duration.ofSeconds(40));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.labels("evenkeel-1")).containsEntry(Labels.HTTP_PORT, "19502");
  }

  @Test
  void anEmptyFleetIsProvisionedFiveAndFiveWithOneForwardedEach() {
    world.fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    world.watchedBy(World.config(10));
    world.passes(Duration.ofSeconds(30));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.view().engines().stream().filter(FleetView.Engine::forwarded)).hasSize(2);
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
  }

  @Test
  void anOddTargetIsSixAndFive() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.watchedBy(World.config(11));
    world.passes(Duration.ofSeconds(30));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(6);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
  }

  @Test
  void sixAndFourBecomeFiveAndFiveWithoutAnEleventhRunning() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.passes(Duration.ofSeconds(1));
    for (int i = 0; i < 6; i++) {
      world.fleet.engine("a-" + i, "vpn1", 19_000 + i, false);
    }
    for (int i = 0; i < 4; i++) {
      world.fleet.engine("b-" + i, "vpn2", 19_500 + i, false);
    }
    world.watchedBy(World.config(10));
    world.passes(Duration.ofSeconds(60));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
  }

  @Test
  void aCreateThatFailsLeavesNothingBehindAndIsTriedAgain() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.fleet.refusesToCreate("evenkeel-3");
    world.watchedBy(World.config(4));
    world.passes(Duration.ofSeconds(20));
    assertThat(world.fleet.engines()).isEqualTo(3);

    world.fleet.answersAgain();
    world.passes(Duration.ofSeconds(60));
    assertThat(world.fleet.engines()).isEqualTo(4);
    assertThat(world.fleet.attached("vpn1")).isEqualTo(2);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(2);
  }

  @Test
  void severalForwardedLabelsLeaveOneForwardedAndAMissingLabelFallsBackToTheNetwork() {
    world.withFiveAndFive();
    world.fleet.label("acestream-9", Labels.FORWARDED, "true");
    world.fleet.unlabel("acestream-3", Labels.VPN);
    world.watchedBy(World.config(10));

    assertThat(world.vpn("vpn1").engines()).isEqualTo(5);
    assertThat(
            world.view().engines().stream()
                .filter(e -> e.vpn().equals("vpn2") && e.forwarded())
                .map(FleetView.Engine::name))
        .containsExactly("acestream-6");
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void aPortChangeOnAHealthyVpnReplacesItsForwardedEngineAlone() {
    world.fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    world.watchedBy(World.config(4));
    world.passes(Duration.ofSeconds(30));
    int before = world.fleet.deeds().size();

    world.fleet.tunnel("vpn1", Tunnel.UP, 5005);
    world.passes(Duration.ofSeconds(60));

    assertThat(world.fleet.labels("evenkeel-1")).containsEntry(Labels.P2P_PORT, "5005");
    assertThat(world.fleet.deeds().subList(before, world.fleet.deeds().size()))
        .containsExactly(
            "kill evenkeel-1",
            "rename evenkeel-1 evenkeel-1-evenkeel-replaced",
            "create evenkeel-1",
            "start evenkeel-1",
            "remove evenkeel-1-evenkeel-replaced");
  }

  @Test
  void aForwardedPortThatComesLateIsTakenUpByOneIdleEngine() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.watchedBy(World.config(6));
    world.passes(Duration.ofSeconds(30));
    assertThat(world.view().engines()).noneMatch(FleetView.Engine::forwarded);
    world.monitor().streamStarted(world.fleet.id("evenkeel-1"), "film|1");
    int before = world.fleet.deeds().size();

    world.fleet.tunnel("vpn1", Tunnel.UP, 5005);
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.labels("evenkeel-3"))
        .containsEntry(Labels.FORWARDED, "true")
        .containsEntry(Labels.P2P_PORT, "5005")
        .containsEntry(Labels.HTTP_PORT, "19001");
    assertThat(world.fleet.deeds().subList(before, world.fleet.deeds().size()))
        .containsExactly(
            "kill evenkeel-3",
            "rename evenkeel-3 evenkeel-3-evenkeel-replaced",
            "create evenkeel-3",
            "start evenkeel-3",
            "remove evenkeel-3-evenkeel-replaced");
    assertThat(world.fleet.mostRunning()).isEqualTo(6);
  }

  @Test
  void whereEveryEngineIsBusyAForwardedPortWaits() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.watchedBy(World.config(2));
    world.passes(Duration.ofSeconds(30));
    String busy = world.fleet.id("evenkeel-1");
    world.monitor().streamStarted(busy, "film|1");
    world.fleet.tunnel("vpn1", Tunnel.UP, 5005);
    world.passes(Duration.ofMinutes(2));
    assertThat(world.fleet.id("evenkeel-1")).isEqualTo(busy);

    world.monitor().streamEnded(busy, "film|1");
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.labels("evenkeel-1")).containsEntry(Labels.P2P_PORT, "5005");
    assertThat(world.fleet.attached("vpn1")).isEqualTo(1);
  }

  @Test
  void aPausedFleetIsLookedAtAndLeftAlone() {
    world.withFiveAndFive().watchedBy(World.config(10));
    assertThat(world.monitor().pause()).isTrue();
    world.fleet.restarts("vpn2");
    world.passes(Duration.ofMinutes(1));
    assertThat(world.fleet.deeds()).isEmpty();

    assertThat(world.monitor().resume()).isTrue();
    world.passes(Duration.ofSeconds(30));
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
  }
}
