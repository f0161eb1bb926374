package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.fail;

import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Policy.Revive;
import io.evenkeel.port.DockerFailure.Kind;
import io.evenkeel.workflow.OutageProgress;
import io.temporal.client.WorkflowNotFoundException;
import java.time.Duration;
import java.time.Instant;
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

  private void awaitPhase(String phase) {
    for (int second = 0; second < 120; second++) {
      if (phase().equals(phase)) {
        return;
      }
      world.passes(Duration.ofMillis(500));
    }
    fail("it never came to " + phase);
  }

  /** Empty while none is open, or its workflow has not begun. */
  private String phase() {
    try {
      return world.progress("vpn2").map(OutageProgress::phase).orElse("");
    } catch (WorkflowNotFoundException notYet) {
      return "";
    }
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
    OutageReport report = world.monitor().outages().getFirst();
    assertThat(report.result()).isEqualTo("restored");
    assertThat(report.notes()).singleElement().asString().startsWith("restarted: it ended");
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
  void whoRunsSinceItsEndIsNotRestartedForAnEndThatIsHeardLate() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Instant end = world.now();
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(3));
    world.fleet.enginesNeed(Duration.ofMinutes(1));
    world.endedAt("vpn2", end.plusMillis(1));
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(2);
  }

  @Test
  void aPersonsStopMeanwhileStands() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Revive.CRASHED)));
    world.fleet.isLost("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(15));
    world.fleet.stops("vpn2");
    world.stopIsSeen("vpn2");
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(1);
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.equals("stop vpn2"));
  }

  @Test
  void whereDockerIsWhoDoesNotAnswerNobodyIsRestarted() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.enginesNeed(Duration.ofMinutes(1));
    world.fleet.restarts("acestream-6");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(4));
    world.fleet.fails("list", Kind.UNAVAILABLE);
    world.passes(Duration.ofSeconds(40));
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.starts("vpn2")).isEqualTo(1);
  }

  @Test
  void aStopThatDockerCarriesOutLateIsNoPersons() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Revive.CRASHED)));
    world.fleet.isLost("vpn2");
    world.fleet.fails("stop vpn2", Kind.TIMEOUT);
    world.logStreamEnds("vpn2");
    awaitPhase("reattach");
    awaitPhase("revive");
    // Every attempt has failed by then, and its start is asked for.
    world.passes(Duration.ofSeconds(8));
    awaitPhase("revive");
    world.fleet.answersAgain();
    world.fleet.stops("vpn2");
    world.stopIsSeen("vpn2");
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
