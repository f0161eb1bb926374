package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.model.HostConfig;
import io.evenkeel.client.FleetReader;
import io.evenkeel.docker.SocketProxy;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** Scenarios 5, 8, 13, 15, 19, 22 and 24 on the real engine, Temporal embedded. */
@Tag("engine")
@Timeout(600)
class FleetOnEngineTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Duration A_WHILE = Duration.ofSeconds(7);

  private final RealFleet fleet = new RealFleet(21_700, "embedded");

  @AfterEach
  void end() {
    fleet.close();
  }

  private void isFiveAndFive() {
    await().atMost(LONG).until(fleet::isFiveAndFive);
  }

  /** Ten were asked for at once (15): each VPN has five, each with a port of its own. */
  private void tenEngines() {
    var _ = fleet.withVpn(1).withVpn(2).startWorker(10);
    isFiveAndFive();
    assertThat(fleet.all()).hasSize(10);
  }

  @Test
  void whatSomebodyRepairedBeforeUsIsLeftAlone() {
    var _ = fleet.withVpn(1).withVpn(2).startWorker(10);
    isFiveAndFive();
    fleet.stopWorker();
    var _ = fleet.docker().restartContainerCmd(fleet.vpn(2)).withTimeout(0).exec();
    for (String engine : fleet.engines(2).keySet()) {
      var _ = fleet.docker().restartContainerCmd(engine.substring(1)).withTimeout(0).exec();
    }
    Map<String, String> repaired = fleet.engines(2);
    // The forwarded one is made anew for its new port: that is no repair, and its right.
    String forwarded = fleet.forwardedEngine(2);
    repaired.remove(forwarded);
    var _ = fleet.startWorker(10);
    await().atMost(LONG).until(fleet::allTenAreShown);
    await()
        .during(A_WHILE)
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> fleet.engines(2).entrySet().containsAll(repaired.entrySet()));
  }

  @Test
  void anEngineThatDiedBecauseItsVpnWasDownIsStartedAgain() {
    tenEngines();
    var _ = fleet.docker().stopContainerCmd(fleet.vpn(2)).withTimeout(1).exec();
    String victim = fleet.engines(2).keySet().iterator().next().substring(1);
    try {
      var _ = fleet.docker().restartContainerCmd(victim).exec();
    } catch (DockerException cannotJoin) {
      assertThat(cannotJoin).hasMessageContaining("join");
    }
    await()
        .atMost(LONG)
        .until(() -> fleet.answering(2) == 5 && fleet.isSettled(10) && !fleet.outageIsOpen());
    assertThat(fleet.all()).hasSize(10);
  }

  @Test
  void afterARebootInTheWrongOrderTheyAreStartedAgain() {
    tenEngines();
    Map<String, String> others = fleet.engines(1);
    Map<String, String> before = fleet.engines(2);
    fleet.stopWorker();
    for (String engine : before.keySet()) {
      var _ = fleet.docker().killContainerCmd(engine.substring(1)).exec();
    }
    var _ = fleet.docker().stopContainerCmd(fleet.vpn(2)).withTimeout(1).exec();
    for (String engine : before.keySet()) {
      assertThatThrownBy(() -> fleet.docker().startContainerCmd(engine.substring(1)).exec())
          .isInstanceOf(DockerException.class)
          .hasMessageContaining("join");
    }
    var _ = fleet.docker().startContainerCmd(fleet.vpn(2)).exec();
    var _ = fleet.startWorker(10);

    isFiveAndFive();
    assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
    assertThat(fleet.engines(1)).isEqualTo(others);
    assertThat(fleet.all()).hasSize(10);
  }

  @Test
  void tenRequestsAtOnceAndTheSameOnesAgainAreTenEngines() {
    var _ = fleet.withVpn(1).withVpn(2).startWorker(0);
    try (ExecutorService people = Executors.newVirtualThreadPerTaskExecutor()) {
      FleetReader reader = new FleetReader(fleet.connect(), fleet.label());
      await().atMost(LONG).ignoreExceptions().until(() -> reader.fleet().vpns().size() == 2);
      for (int i = 0; i < 10; i++) {
        var _ = people.submit(() -> reader.monitor().scale(10));
      }
      isFiveAndFive();
      assertThat(reader.monitor().scale(10)).isEqualTo(10);
      await().during(A_WHILE).atMost(LONG).ignoreExceptions().until(() -> fleet.all().size() == 10);
    }
  }

  @Test
  void aProvisioningThatFailsLeavesNoContainerAndLosesNoPort() throws Exception {
    var _ = fleet.with("EVENKEEL_ENGINE_IMAGE", "evenkeel/not-there");
    var _ = fleet.withVpn(1).withVpn(2).startWorkerProcess(10);
    await().atMost(LONG).ignoreExceptions().until(() -> fleet.log().contains("evenkeel/not-there"));
    await().during(A_WHILE).atMost(LONG).ignoreExceptions().until(() -> fleet.all().isEmpty());
    fleet.killWorkerProcess();

    var _ = fleet.with("EVENKEEL_ENGINE_IMAGE", "evenkeel/standin-engine").startWorker(10);
    isFiveAndFive();
    assertThat(fleet.all()).hasSize(10);
  }

  /** What a worker leaves that ends between the two requests, and nobody starts for a while. */
  @Test
  void anEngineThatWasCreatedAndNeverStartedBeforeItsVpnWasMadeAnewIsOneOfTheTen() {
    var _ = fleet.withVpn(1).withVpn(2);
    var _ =
        fleet
            .docker()
            .createContainerCmd("evenkeel/standin-engine")
            .withName(fleet.label() + "-1")
            .withEnv("HTTP_PORT=" + fleet.port(2, 0))
            .withLabels(
                Map.of(
                    "evenkeel.test",
                    fleet.label(),
                    "acestream.vpn_container",
                    fleet.vpn(2),
                    "host.http_port",
                    Integer.toString(fleet.port(2, 0)),
                    "acestream.http_port",
                    Integer.toString(fleet.port(2, 0))))
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withNetworkMode("container:" + fleet.inspect(fleet.vpn(2)).getId()))
            .exec();
    fleet.recreateVpn(2);
    var _ = fleet.startWorker(10);

    isFiveAndFive();
    await().during(A_WHILE).atMost(LONG).ignoreExceptions().until(() -> fleet.all().size() == 10);
  }

  @Test
  void aWorkerThatKnowsNothingAdoptsTheFleetAndTouchesNothing() {
    tenEngines();
    Map<String, String> first = fleet.engines(1);
    Map<String, String> second = fleet.engines(2);
    fleet.stopWorker();
    var _ = fleet.startWorker(10);
    await().atMost(LONG).until(fleet::isFiveAndFive);
    await().during(A_WHILE).atMost(LONG).ignoreExceptions().until(() -> fleet.all().size() == 10);

    assertThat(fleet.engines(1)).isEqualTo(first);
    assertThat(fleet.engines(2)).isEqualTo(second);
  }

  @Test
  void aWorkerThatIsKilledAndStartedAgainRestartsNothing() throws Exception {
    var _ = fleet.withVpn(1).withVpn(2).startWorkerProcess(10);
    isFiveAndFive();
    Map<String, String> first = fleet.engines(1);
    Map<String, String> second = fleet.engines(2);
    fleet.killWorkerProcess();
    assertThat(fleet.answeringHoweverSlowly(1)).isEqualTo(5);
    assertThat(fleet.answeringHoweverSlowly(2)).isEqualTo(5);

    var _ = fleet.startWorkerProcess(10);
    await().atMost(LONG).until(fleet::isFiveAndFive);
    await().during(A_WHILE).atMost(LONG).ignoreExceptions().until(() -> fleet.all().size() == 10);
    assertThat(fleet.engines(1)).isEqualTo(first);
    assertThat(fleet.engines(2)).isEqualTo(second);
  }

  @Test
  void whatHappenedWhileTheEventStreamWasAwayIsFound() throws Exception {
    try (SocketProxy proxy = new SocketProxy(Path.of("/var/run/docker.sock"))) {
      var _ = fleet.with("DOCKER_HOST", proxy.host()).with("MONITOR_INTERVAL_S", "600");
      tenEngines();
      Map<String, String> before = fleet.engines(2);
      Map<String, String> others = fleet.engines(1);
      proxy.refuse();
      var _ = fleet.docker().restartContainerCmd(fleet.vpn(2)).withTimeout(0).exec();
      assertThat(fleet.answering(2)).isZero();
      proxy.listen();

      await()
          .atMost(LONG)
          .until(() -> fleet.answering(2) == 5 && fleet.isSettled(10) && !fleet.outageIsOpen());
      assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
      assertThat(fleet.engines(1)).isEqualTo(others);
    }
  }

  @Test
  void anOutageWhoseEventsWereLostForGoodIsFoundByTheNextTick() throws Exception {
    // A daemon whose events and log streams cannot be had at all: only the ticks are left.
    try (SocketProxy proxy =
        new SocketProxy(Path.of("/var/run/docker.sock"), List.of("/events", "/logs", "/attach"))) {
      var _ = fleet.with("DOCKER_HOST", proxy.host());
      tenEngines();
      Map<String, String> before = fleet.engines(2);
      Map<String, String> others = fleet.engines(1);
      var _ = fleet.docker().restartContainerCmd(fleet.vpn(2)).withTimeout(0).exec();

      await()
          .atMost(LONG)
          .ignoreExceptions()
          .until(() -> fleet.answering(2) == 5 && startedAnew(before));
      assertThat(fleet.engines(1)).isEqualTo(others);
    }
  }

  /** Each engine of the second VPN has another start than then. */
  private boolean startedAnew(Map<String, String> before) {
    Map<String, String> now = fleet.engines(2);
    return now.keySet().equals(before.keySet())
        && now.values().stream().noneMatch(before::containsValue);
  }

  @Test
  void anEngineWithLabelsThatMakeNoSenseIsKeptAndNothingElseChanges() {
    var _ = fleet.withVpn(1).withVpn(2).startWorker(4);
    await()
        .atMost(LONG)
        .until(() -> fleet.answering(1) == 2 && fleet.answering(2) == 2 && fleet.isSettled(4));
    Map<String, String> first = fleet.engines(1);
    String id =
        fleet
            .docker()
            .createContainerCmd("evenkeel/standin-engine")
            .withName(fleet.vpn(1) + "-odd")
            .withLabels(
                Map.of(
                    "evenkeel.test",
                    fleet.label(),
                    "acestream.vpn_container",
                    fleet.vpn(1),
                    "host.http_port",
                    "99999",
                    "acestream.http_port",
                    "\u0007-1"))
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withNetworkMode("container:" + fleet.inspect(fleet.vpn(1)).getId()))
            .exec()
            .getId();
    var _ = fleet.docker().startContainerCmd(id).exec();

    await()
        .during(A_WHILE)
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> fleet.engines(1).entrySet().containsAll(first.entrySet()));
    assertThat(fleet.all()).hasSize(5);
    assertThat(fleet.inspect(id).getState().getRunning()).isTrue();
  }

  @Test
  void aSocketThatIsNotThereIsWaitedForAndNamedByReadiness() throws Exception {
    try (SocketProxy proxy = new SocketProxy(Path.of("/var/run/docker.sock"))) {
      proxy.refuse();
      var _ = fleet.with("DOCKER_HOST", proxy.host()).withVpn(1).withVpn(2).startWorker(4);
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .until(() -> fleet.get("/actuator/health/readiness").contains("does not answer"));
      assertThat(fleet.get("/actuator/health/liveness")).contains("UP");
      assertThat(fleet.all()).isEmpty();

      proxy.listen();
      await().atMost(LONG).until(() -> fleet.answering(1) == 2 && fleet.answering(2) == 2);
      await()
          .atMost(LONG)
          .ignoreExceptions()
          .until(() -> !fleet.get("/actuator/health/readiness").contains("does not answer"));
    }
  }
}
