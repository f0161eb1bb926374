package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenario 17: whoever saw it, or nobody did, a person's stop is no crash. */
class StoppedByAPersonTest {
  private static final FleetConfig CRASHED =
      World.config(10, Policy.defaults().withRevive(Policy.Revive.CRASHED));

  @RegisterExtension private final World world = new World();

  private void isStoppedAndSeen() {
    world.fleet.stops("vpn2");
    world.stopIsSeen("vpn2");
  }

  private void staysStopped() {
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);
    assertThat(world.fleet.deeds()).doesNotContain("start vpn2");
    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  private void isBack() {
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.vpn("vpn2").outage()).isNull();
  }

  @Test
  void whatAPersonStoppedWhileTheFleetWasPausedStaysStopped() {
    world.withFiveAndFive().watchedBy(CRASHED);
    assertThat(world.monitor().pause()).isTrue();
    world.fleet.stops("vpn2");
    world.stopIsSeen("vpn2");
    world.fleet.forgetsItsEvents();
    world.passes(Duration.ofMinutes(1));
    assertThat(world.monitor().resume()).isTrue();
    world.passes(Duration.ofMinutes(10));

    staysStopped();
  }

  @Test
  void whatCrashedWhileTheFleetWasPausedIsStartedAfterwards() {
    world.withFiveAndFive().watchedBy(CRASHED);
    assertThat(world.monitor().pause()).isTrue();
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.fleet.forgetsItsEvents();
    world.passes(Duration.ofMinutes(1));
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.monitor().resume()).isTrue();
    world.passes(Duration.ofMinutes(1));

    isBack();
  }

  @Test
  void whatAPersonStoppedAndNobodySawStaysStopped() {
    world.withFiveAndFive().watchedBy(CRASHED);
    world.fleet.stops("vpn2");
    world.passes(Duration.ofMinutes(10));

    staysStopped();
  }

  @Test
  void whatCrashedAndNobodySawIsStarted() {
    world.withFiveAndFive().watchedBy(CRASHED);
    world.fleet.dies("vpn2");
    world.passes(Duration.ofMinutes(1));

    isBack();
  }

  @Test
  void oneOfWhoseEndNobodyKnowsAnythingIsLeftToAPerson() {
    world.withFiveAndFive().watchedBy(CRASHED);
    world.fleet.dies("vpn2");
    world.fleet.forgetsItsEvents();
    world.passes(Duration.ofMinutes(10));
    staysStopped();

    world.fleet.restarts("vpn2");
    world.passes(Duration.ofMinutes(6));
    isBack();
  }

  @Test
  void aStopThatNobodySawIsWaitedForByDefaultToo() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.stops("vpn2");
    world.passes(Duration.ofSeconds(40));
    staysStopped();

    world.passes(Duration.ofSeconds(60));
    isBack();
  }

  @Test
  void whoAsksForTheRecoveryOfWhatWasStoppedGetsIt() {
    world.withFiveAndFive().watchedBy(CRASHED);
    assertThat(world.monitor().pause()).isTrue();
    world.fleet.stops("vpn2");
    world.stopIsSeen("vpn2");
    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(30));

    isBack();
  }

  @Test
  void whoAsksForARecoveryThatIsOpenAlreadyGetsItNow() {
    world.withFiveAndFive().watchedBy(CRASHED);
    isStoppedAndSeen();
    world.passes(Duration.ofMinutes(2));
    staysStopped();

    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(30));

    isBack();
    assertThat(world.monitor().outages()).hasSize(1);
  }

  @Test
  void whoAsksForTheRecoveryOfWhatIsWaitedForEndsTheWait() {
    world.withFiveAndFive().watchedBy(World.config(10));
    isStoppedAndSeen();
    world.passes(Duration.ofSeconds(10));
    staysStopped();

    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(20));

    isBack();
  }

  @Test
  void whoAsksForARecoveryGetsItWhateverThePolicy() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    world.fleet.isPaused("vpn2");
    world.passes(Duration.ofMinutes(2));
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.PAUSED);

    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(20));
    assertThat(world.fleet.deeds()).containsExactly("unpause vpn2");
    isBack();

    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(2));
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);

    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(20));
    isBack();
  }

  @Test
  void whoAsksForWhatIsLeftToPersonsOpensAnOutageThatStartsIt() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    assertThat(world.monitor().pause()).isTrue();
    isStoppedAndSeen();
    world.passes(Duration.ofSeconds(30));
    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(30));

    isBack();
  }

  @Test
  void anotherPolicyIsHeardByAnOpenOutage() {
    world.withFiveAndFive().watchedBy(CRASHED);
    isStoppedAndSeen();
    world.passes(Duration.ofMinutes(2));
    staysStopped();

    world.monitor().reconfigure(World.config(10));
    world.passes(Duration.ofMinutes(2));

    isBack();
    assertThat(world.monitor().outages()).hasSize(1);
  }

  @Test
  void whatIsWaitedForIsLeftWhenThePolicyBecomesNever() {
    world.withFiveAndFive().watchedBy(World.config(10));
    isStoppedAndSeen();
    world.passes(Duration.ofSeconds(20));

    world
        .monitor()
        .reconfigure(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    world.passes(Duration.ofMinutes(10));

    staysStopped();
  }

  @Test
  void aStopAfterAStartThatWasHeardIsWaitedForToo() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.enginesNeed(Duration.ofSeconds(10));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(2));
    world.isStarted("vpn2");
    world.passes(Duration.ofSeconds(1));
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.RUNNING);

    isStoppedAndSeen();
    world.passes(Duration.ofSeconds(40));
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);

    world.passes(Duration.ofMinutes(1));
    isBack();
  }

  @Test
  void aCrashAfterARestartByAPersonIsACrash() {
    world.withFiveAndFive().watchedBy(CRASHED);
    Instant stopped = Instant.ofEpochMilli(world.temporal.currentTimeMillis());
    world.fleet.stops("vpn2");
    world.passes(Duration.ofMillis(100));
    world.fleet.restarts("vpn2");
    world.passes(Duration.ofMillis(100));
    world.fleet.dies("vpn2");
    String id = world.fleet.id("vpn2");
    world
        .monitor()
        .signs(
            List.of(
                new Sign(Sign.Kind.VPN_STOP_ASKED, "vpn2", id, stopped),
                new Sign(Sign.Kind.VPN_PROCESS_ENDED, "vpn2", id, stopped.plusMillis(200)),
                new Sign(Sign.Kind.VPN_STARTED, "vpn2", id, stopped.plusMillis(100))));
    world.passes(Duration.ofMinutes(1));

    isBack();
  }

  @Test
  void aCrashRightAfterAPersonsStartIsACrash() {
    world.withFiveAndFive().watchedBy(CRASHED);
    isStoppedAndSeen();
    world.passes(Duration.ofMinutes(2));
    staysStopped();

    world.fleet.restarts("vpn2");
    world.fleet.dies("vpn2");
    world.isStarted("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(1));

    isBack();
  }
}
