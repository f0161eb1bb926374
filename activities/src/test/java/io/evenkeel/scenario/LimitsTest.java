package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Sign;
import io.temporal.common.WorkflowExecutionHistory;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.extension.RegisterExtension;

/**
 * Scenario 23: a day, a thousand engines, a flood; the server's limits are 51,200 events, 50 MB.
 */
@Tag("long")
@Timeout(300)
class LimitsTest {
  private static final String MONITOR = "fleet/test";
  private static final int FAR_UNDER_THE_LIMIT = 10_000;
  private static final int FAR_UNDER_THE_LIMIT_BYTES = 10 * 1024 * 1024;
  private static final int MOST_BYTES_A_TICK = 1_536;
  private static final int EACH = 500;
  private static final int FLOOD_SECONDS = 30;

  @RegisterExtension private final World world = new World();

  private void thousandEngines() {
    world.fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    world.passes(Duration.ofSeconds(1));
    for (int i = 0; i < EACH; i++) {
      world.fleet.engine("acestream-" + (i + 1), "vpn1", 19_000 + i, i == 0);
      world.fleet.engine("acestream-" + (i + 1 + EACH), "vpn2", 19_500 + i, i == 0);
    }
  }

  /** The newest run's; its length in events is far under the limit, and so is its size. */
  private void isShort() {
    WorkflowExecutionHistory history = world.history(MONITOR).orElseThrow();
    assertThat(history.getEvents()).hasSizeLessThan(FAR_UNDER_THE_LIMIT);
    assertThat(sizeOf(history)).isLessThan(FAR_UNDER_THE_LIMIT_BYTES);
  }

  @Test
  @Timeout(900)
  void aDayOfTicksStaysFarUnderTheLimits() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Set<String> runs = new HashSet<>();
    for (int hour = 0; hour < 24; hour++) {
      world.passes(Duration.ofHours(1));
      runs.add(world.runId(MONITOR));
      isShort();
      assertThat(world.view().engines()).hasSize(10);
    }

    assertThat(runs).as("it has continued as new").hasSizeGreaterThan(2);
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.monitor().outages()).isEmpty();
  }

  @Test
  void aTickOverAThousandEnginesAddsNoMoreThanOverTen() {
    thousandEngines();
    world.watchedBy(World.config(2 * EACH));
    int before = sizeOf(world.history(MONITOR).orElseThrow());
    world.passes(Duration.ofMinutes(5));
    int ticks = 30;
    assertThat(sizeOf(world.history(MONITOR).orElseThrow()) - before)
        .isLessThan(ticks * MOST_BYTES_A_TICK);

    Set<String> runs = new HashSet<>();
    for (int minutes = 0; minutes < 60; minutes += 10) {
      world.passes(Duration.ofMinutes(10));
      runs.add(world.runId(MONITOR));
      isShort();
      // Each of the two asks for the whole fleet anew: the most that a person can make it write.
      pausesAndResumes(minutes % 20 == 0);
      assertThat(world.view().engines()).hasSize(2 * EACH);
    }
    assertThat(runs).as("it has continued as new").hasSizeGreaterThan(1);
    assertThat(world.fleet.deeds()).isEmpty();
  }

  /** An update is carried out, and a query sees it. */
  private void pausesAndResumes(boolean pausing) {
    boolean _ = pausing ? world.monitor().pause() : world.monitor().resume();
    assertThat(world.view().paused()).isEqualTo(pausing);
  }

  private static int sizeOf(WorkflowExecutionHistory history) {
    return history.getHistory().getSerializedSize();
  }

  @Test
  void aFloodOfSignsStarvesNeitherQueriesNorUpdatesNorTheNextRun() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Set<String> runs = new HashSet<>();
    for (int second = 0; second < FLOOD_SECONDS; second++) {
      for (int i = 0; i < 100; i++) {
        world
            .monitor()
            .signs(
                List.of(
                    new Sign(
                        Sign.Kind.CHANGED,
                        "",
                        "",
                        Instant.ofEpochMilli(world.temporal.currentTimeMillis()))));
      }
      world.passes(Duration.ofSeconds(1));
      runs.add(world.runId(MONITOR));
      isShort();
      assertThat(world.view().engines()).hasSize(10);
      pausesAndResumes(second % 2 == 0);
    }

    // What is recorded is a short run.
    for (int i = 0; i < 24 && world.historyLength(MONITOR) > 500; i++) {
      world.passes(Duration.ofMinutes(5));
    }
    assertThat(runs).as("it has continued as new").hasSizeGreaterThan(1);
    assertThat(world.fleet.deeds()).isEmpty();
  }
}
