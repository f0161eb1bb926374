package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Duration;
import java.time.Instant;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A VPN whose start lies in the future or goes back: the host's clock was stepped. */
class ClockTest {
  private static final Duration STEP = Duration.ofHours(1);

  @RegisterExtension private final World world = new World();

  private Instant now() {
    return Instant.ofEpochMilli(world.temporal.currentTimeMillis());
  }

  /** Each of its engines was ended and started again, once, and nobody else. */
  private void itsFiveWereStartedAnew() {
    for (int i = 1; i <= 10; i++) {
      assertThat(world.fleet.starts("acestream-" + i)).isEqualTo(i > 5 ? 2 : 1);
      assertThat(world.fleet.isAlive("acestream-" + i)).isTrue();
    }
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.vpn("vpn2").outage()).isNull();
    assertThat(world.fleet.deeds()).noneMatch(d -> d.contains("create") || d.contains("remove"));
  }

  private void theStepHarmsNobodyAndTheNextExitIsRepaired(Duration clockStep) {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.saysItStartedAt("vpn2", now().plus(clockStep));
    world.passes(Duration.ofMinutes(10));
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.view().engines()).hasSize(10);

    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(1));

    itsFiveWereStartedAnew();
  }

  @Test
  void aStartInTheFutureRestartsNobodyAndTheNextExitIsRepaired() {
    theStepHarmsNobodyAndTheNextExitIsRepaired(STEP);
  }

  @Test
  void aStartThatGoesBackTouchesNobodyAndTheNextExitIsRepaired() {
    theStepHarmsNobodyAndTheNextExitIsRepaired(STEP.negated());
  }
}
