package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.DockerException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Scenarios 5, 8, 11, 12, 13, 15 and 22 on the real engine, Temporal embedded. */
@Tag("engine")
class RecoveryOnEngineTest {
  private static final Duration LONG = Duration.ofSeconds(60);

  private final RealFleet fleet = new RealFleet(21_100);

  @BeforeEach
  void tenEnginesFiveAndFive() {
    fleet.withVpn(1).withVpn(2).startWorker(10);
    await().atMost(LONG).until(() -> fleet.answering(1) == 5 && fleet.answering(2) == 5);
  }

  @AfterEach
  void end() {
    fleet.close();
  }

  @Test
  void aCrashedVpnsEnginesAnswerAgainAndTheOthersAreNotTouched() throws Exception {
    Map<String, String> others = fleet.engines(1);
    Map<String, String> before = fleet.engines(2);
    fleet.crash(fleet.vpn(2));
    int leastOfTheOthers = 5;
    long until = System.nanoTime() + LONG.toNanos();
    while (!allStartedAnew(before) && System.nanoTime() < until) {
      leastOfTheOthers = Math.min(leastOfTheOthers, fleet.answering(1));
    }
    await().atMost(LONG).until(() -> fleet.answering(2) == 5);

    assertThat(leastOfTheOthers).isEqualTo(5);
    assertThat(fleet.engines(1)).isEqualTo(others);
    assertThat(fleet.engines(2)).hasSize(5);
    assertThat(fleet.all()).hasSize(10);
    await().atMost(LONG).until(() -> !fleet.outageIsOpen());
    assertThat(fleet.fleet()).contains("\"reachable\":5");
  }

  @Test
  void theEnginesOfARecreatedVpnAreRecreated() {
    Map<String, String> before = fleet.engines(2);
    Map<String, String> others = fleet.engines(1);
    fleet.recreateVpn(2);
    await().atMost(LONG).until(() -> allStartedAnew(before) && fleet.answering(2) == 5);

    assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
    assertThat(fleet.engines(1)).isEqualTo(others);
    assertThat(fleet.all()).hasSize(10);
  }

  @Test
  void anEngineThatDiedBecauseItsVpnWasDownIsStartedAgain() {
    var _ = fleet.docker().stopContainerCmd(fleet.vpn(2)).withTimeout(1).exec();
    String victim = fleet.engines(2).keySet().iterator().next().substring(1);
    try {
      var _ = fleet.docker().restartContainerCmd(victim).exec();
    } catch (DockerException cannotJoin) {
      assertThat(cannotJoin).hasMessageContaining("join");
    }
    await().atMost(LONG).until(() -> fleet.answering(2) == 5);
    assertThat(fleet.all()).hasSize(10);
  }

  @Test
  void aWorkerThatKnowsNothingAdoptsTheFleetAndTouchesNothing() {
    Map<String, String> first = fleet.engines(1);
    Map<String, String> second = fleet.engines(2);
    fleet.stopWorker();
    var _ = fleet.startWorker(10);
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> fleet.fleet().split("\"reachable\":true", -1).length == 11);
    await().during(Duration.ofSeconds(6)).atMost(LONG).until(() -> fleet.all().size() == 10);

    assertThat(fleet.engines(1)).isEqualTo(first);
    assertThat(fleet.engines(2)).isEqualTo(second);
  }

  private boolean allStartedAnew(Map<String, String> before) {
    Map<String, String> now = fleet.engines(2);
    Set<String> names = new TreeSet<>(now.keySet());
    Set<String> starts = new HashSet<>(now.values());
    starts.retainAll(before.values());
    return names.equals(before.keySet()) && starts.isEmpty();
  }
}
