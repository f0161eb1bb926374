package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import java.util.List;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 11 to 20 on the simulated fleet. */
class RecoveryTest {
  @RegisterExtension private final World world = new World();

  @Test
  void aCrashedVpnIsStartedAndItsFiveEnginesAreBackWithTheOthersUntouched() {
    world.withFiveAndFive().watchedBy(World.config(10));
    String before = world.fleet.id("acestream-1");
    world.passes(Duration.ofSeconds(30));

    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(20));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.starts("acestream-1")).isEqualTo(1);
    assertThat(world.fleet.id("acestream-1")).isEqualTo(before);
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
    assertThat(world.vpn("vpn2").outage()).isNull();
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");

    List<String> deeds = world.fleet.deeds();
    world.passes(Duration.ofMinutes(10));
    assertThat(world.fleet.deeds()).as("nothing more is done").isEqualTo(deeds);
    assertThat(world.monitor().outages()).hasSize(1);
  }

  @Test
  void itsEnginesAreHiddenFromTheSignOn() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.tunnel("vpn2", Tunnel.DOWN, 0);
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");

    Awaitility.await()
        .atMost(Duration.ofSeconds(50))
        .until(() -> world.vpn("vpn2").reachable() == 0);
    assertThat(world.vpn("vpn1").reachable()).isEqualTo(5);
    assertThat(world.view().engines()).hasSize(10);
  }

  @Test
  void aVpnThatWasRestartedBetweenTwoLooksIsStillNoticed() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.restarts("vpn2");
    assertThat(world.fleet.attached("vpn2")).isZero();

    world.passes(Duration.ofSeconds(30));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.starts("acestream-1")).isEqualTo(1);
  }

  @Test
  void anEngineThatEndedBeforeItsVpnWasMadeAnewIsOneOfTheTenAgain() {
    world.withFiveAndFive();
    world.fleet.dies("acestream-8");
    world.fleet.isRecreated("vpn2");
    world.watchedBy(World.config(10));
    world.passes(Duration.ofSeconds(60));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
    assertThat(world.fleet.isAlive("acestream-8")).isTrue();
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
  }

  @Test
  void theDependentsOfARecreatedVpnAreRecreatedAndTheGuestToo() {
    world.withFiveAndFive();
    world.fleet.guest("torrents", "vpn2");
    world.watchedBy(World.config(10));

    world.fleet.isRecreated("vpn2");
    world.passes(Duration.ofSeconds(40));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.engines()).isEqualTo(10);
    assertThat(world.fleet.mostRunning()).isLessThanOrEqualTo(10);
  }

  @Test
  void whatSomebodyElseRepairedIsLeftAlone() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.restarts("vpn2");
    for (int i = 6; i <= 10; i++) {
      world.fleet.restarts("acestream-" + i);
    }
    world.passes(Duration.ofMinutes(2));

    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void anInternalReconnectTouchesNoEngine() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.health("vpn2", Health.UNHEALTHY);
    world.passes(Duration.ofSeconds(30));
    world.fleet.health("vpn2", Health.HEALTHY);
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void anUnhealthyVpnIsStartedAnewAfterTheTimeoutAndItsEnginesComeBack() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.CRASHED)));
    world.fleet.health("vpn2", Health.UNHEALTHY);
    world.passes(Duration.ofSeconds(80));
    world.fleet.health("vpn2", Health.HEALTHY);
    world.passes(Duration.ofMinutes(2));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(2);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.fleet.journal()).noneMatch(deed -> deed.vpn().equals("vpn1"));
  }

  @Test
  void withPolicyNeverAnUnhealthyVpnIsLeftAsItIs() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    world.fleet.health("vpn2", Health.UNHEALTHY);
    world.passes(Duration.ofMinutes(10));

    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.monitor().outages()).isEmpty();
  }

  @Test
  void aTargetThatIsLoweredWhileAnOutageIsOpenIsHeldByItsRebalanceToo() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.fails("start vpn2", Kind.SERVER_ERROR);
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(20));
    assertThat(world.monitor().scale(4)).isEqualTo(4);
    world.passes(Duration.ofSeconds(30));
    assertThat(world.vpn("vpn2").outage()).isNotNull();

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.engines()).isEqualTo(4);
    // One may move to even out what is left.
    assertThat(world.fleet.deeds())
        .filteredOn(deed -> deed.startsWith("create"))
        .hasSizeLessThan(2);
  }

  @Test
  void anExitDuringTheRebalanceBelongsToTheSameOutage() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.fails("create", Kind.SERVER_ERROR);
    world.fleet.dies("vpn2");
    world.fleet.vanishes("acestream-10");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(3));
    assertThat(world.fleet.starts("vpn2")).isEqualTo(2);
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(30));
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.engines()).isEqualTo(10);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.fleet.journal())
        .noneMatch(deed -> deed.vpn().equals("vpn1") && !deed.verb().equals("create"));
  }

  @Test
  void anEngineInTheNetworkOfAnotherVpnIsLeftWhateverItsLabelSays() {
    world.withFiveAndFive();
    world.fleet.label("acestream-7", Labels.VPN, "vpn1");
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("acestream-7")).isEqualTo(1);
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.contains("acestream-7"));
  }

  @Test
  void anEngineInTheNetworkOfAnotherVpnIsLeftWhileThatIsDown() {
    world.withFiveAndFive();
    world.fleet.label("acestream-7", Labels.VPN, "vpn1");
    String id = world.fleet.id("acestream-7");
    world.fleet.stops("vpn2");
    world.watchedBy(
        World.config(FleetConfig.NO_TARGET, Policy.defaults().withRevive(Policy.Revive.CRASHED)));
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);
    assertThat(world.fleet.id("acestream-7")).isEqualTo(id);
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.contains("acestream-7"));
  }

  @Test
  void anEngineInTheNetworkOfAnotherVpnRunsOnWhenTheVpnOfItsLabelEnds() {
    world.withFiveAndFive();
    world.fleet.label("acestream-7", Labels.VPN, "vpn1");
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    world.fleet.dies("vpn1");
    world.logStreamEnds("vpn1");
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.isAlive("acestream-1")).isTrue();
    assertThat(world.fleet.isAlive("acestream-7")).isTrue();
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.contains("acestream-7"));
  }

  @Test
  void stoppedByAPersonWithPolicyCrashedNobodyStartsIt() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.CRASHED)));
    world.fleet.dies("vpn2");
    world.stopIsSeen("vpn2");
    world.passes(Duration.ofMinutes(20));

    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);
    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
    assertThat(world.fleet.deeds()).doesNotContain("start vpn2");
  }

  @Test
  void stoppedByAPersonItIsStartedAfterTheTimeoutByDefault() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.dies("vpn2");
    world.stopIsSeen("vpn2");
    world.passes(Duration.ofSeconds(40));
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);

    world.passes(Duration.ofSeconds(60));
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
  }

  @Test
  void withBothVpnsDownNothingIsMadeOrRemovedAndBothComeBack() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.dies("vpn1");
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn1");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(2));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.deeds()).noneMatch(d -> d.startsWith("create") || d.startsWith("rem"));
  }

  @Test
  void aForwardedPortThatNeverComesDoesNotKeepTheEnginesAway() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.tunnel("vpn2", Tunnel.UNKNOWN, 0);
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
  }

  @Test
  void aPausedVpnIsUnpausedAfterTheTimeoutAndItsEnginesAreLeftAlone() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.isPaused("vpn2");
    world.passes(Duration.ofSeconds(40));
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.PAUSED);
    assertThat(world.vpn("vpn2").reachable()).isZero();

    world.passes(Duration.ofMinutes(2));

    assertThat(world.fleet.deeds()).containsExactly("unpause vpn2");
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
  }
}
