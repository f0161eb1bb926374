package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.DockerException;
import java.time.Duration;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scenarios 11 to 13 on the real engine, whatever Temporal. */
@Timeout(600)
abstract class VpnExitScenarios {
  private static final Duration LONG = Duration.ofMinutes(3);

  /** Several ticks of the monitor. */
  private static final Duration A_WHILE = Duration.ofSeconds(9);

  private final RealFleet fleet;

  VpnExitScenarios(RealFleet fleet) {
    this.fleet = fleet;
  }

  @BeforeEach
  void tenEnginesFiveAndFive() {
    var _ = fleet.withVpn(1).withVpn(2).startWorker(10);
    await().atMost(LONG).until(fleet::isFiveAndFive);
  }

  @AfterEach
  void end() {
    fleet.close();
  }

  @Test
  void aCrashedVpnsEnginesAnswerAgainAndTheOthersAreNotTouched() throws Exception {
    Map<String, String> others = fleet.engines(1);
    Map<String, String> before = fleet.engines(2);
    int oldPort = fleet.forwardedPort(2);
    assertThat(fleet.forwardedEnginesPort(2)).isEqualTo(oldPort);

    fleet.crash(fleet.vpn(2));
    int leastOfTheOthers = 5;
    int mostRunning = 0;
    long until = System.nanoTime() + LONG.toNanos();
    while (!allStartedAnew(before) && System.nanoTime() < until) {
      leastOfTheOthers = Math.min(leastOfTheOthers, fleet.answeringHoweverSlowly(1));
      try {
        // Twice: a list is no photograph.
        int running = fleet.running();
        mostRunning = Math.max(mostRunning, Math.min(running, fleet.running()));
      } catch (DockerException between) {
        // The next look.
      }
    }
    await()
        .atMost(LONG)
        .until(() -> fleet.answering(2) == 5 && fleet.all().size() == 10 && !fleet.outageIsOpen());

    assertThat(leastOfTheOthers).isEqualTo(5);
    assertThat(mostRunning).isLessThanOrEqualTo(10);
    assertThat(fleet.engines(1)).isEqualTo(others);
    assertThat(fleet.forwardedPort(2)).isNotEqualTo(oldPort);
    await().atMost(LONG).until(() -> fleet.isFiveAndFive() && !fleet.outageIsOpen());
    assertThat(fleet.all()).hasSize(10);
    thenNothingHappens();
  }

  @Test
  void theEnginesOfARecreatedVpnAreRecreated() throws Exception {
    Map<String, String> before = fleet.engines(2);
    Map<String, String> others = fleet.engines(1);
    fleet.recreateVpn(2);
    await()
        .atMost(LONG)
        .until(() -> allStartedAnew(before) && fleet.answering(2) == 5 && fleet.isSettled(10));

    assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
    assertThat(fleet.engines(1)).isEqualTo(others);
    await().atMost(LONG).until(() -> fleet.isFiveAndFive() && !fleet.outageIsOpen());
    assertThat(fleet.all()).hasSize(10);
    thenNothingHappens();
  }

  @Test
  void aVpnThatIsRestartedBetweenTwoLooksIsNoticedAndRepaired() {
    Map<String, String> before = fleet.engines(2);
    Map<String, String> others = fleet.engines(1);
    var _ = fleet.docker().restartContainerCmd(fleet.vpn(2)).withTimeout(0).exec();
    await()
        .atMost(LONG)
        .until(() -> allStartedAnew(before) && fleet.answering(2) == 5 && fleet.isSettled(10));

    await().atMost(LONG).until(() -> fleet.isFiveAndFive() && !fleet.outageIsOpen());
    assertThat(fleet.engines(1)).isEqualTo(others);
    assertThat(fleet.all()).hasSize(10);
  }

  private void thenNothingHappens() {
    Map<String, String> first = fleet.engines(1);
    Map<String, String> second = fleet.engines(2);
    await()
        .during(A_WHILE)
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> fleet.engines(1).equals(first) && fleet.engines(2).equals(second));
  }

  /** The same names, each with another start. */
  private boolean allStartedAnew(Map<String, String> before) {
    try {
      Map<String, String> now = fleet.engines(2);
      Set<String> starts = new HashSet<>(now.values());
      starts.retainAll(before.values());
      return now.keySet().equals(before.keySet()) && starts.isEmpty();
    } catch (DockerException between) {
      return false;
    }
  }
}
