package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Policy.Revive;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * A VPN that has ended, and of which Docker says that it runs as before: found by the fault bench
 * (seed 7425), where Docker 20.10 was killed in the middle of the VPN's start.
 */
class LostTrackTest {
  @RegisterExtension private final World world = new World();

  private void vpn2IsLost() {
    world.fleet.isLost("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(2));
  }

  private void nobodyElseIsTouched() {
    assertThat(world.fleet.journal())
        .allMatch(deed -> deed.name().equals("vpn2") || deed.vpn().equals("vpn2"));
  }

  @Test
  void itIsRestartedOnceNobodyBehindItAnswers() {
    world.withFiveAndFive().watchedBy(World.config(10));
    vpn2IsLost();

    assertThat(world.fleet.starts("vpn2")).isEqualTo(2);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
    nobodyElseIsTouched();
  }

  @Test
  void whereThatDoesNotHelpItIsTriedOnce() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.enginesNeed(Duration.ofHours(1));
    vpn2IsLost();
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(2);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.monitor().outages().getFirst().result()).startsWith("partly restored: 0");
  }

  @Test
  void whoRunsSinceItsEndIsNotRestartedForSlowEngines() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.enginesNeed(Duration.ofMinutes(1));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(2);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
  }

  @Test
  void whoHasNotEndedAtAllIsLeftAsItIs() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(1);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
  }

  @Test
  void wherePolicySaysNeverNobodyRestartsIt() {
    world.withFiveAndFive().watchedBy(World.config(10, Policy.defaults().withRevive(Revive.NEVER)));
    vpn2IsLost();
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(1);
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.equals("stop vpn2"));
  }
}
