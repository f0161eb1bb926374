package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.HostConfig;
import io.evenkeel.fleet.FleetConfig;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * A fleet without an engine of its own: the VPNs are named, no container has a label of Evenkeel's,
 * and every dependent is kept alive, found by its network mode alone.
 */
@Tag("engine")
@Timeout(600)
class GuestsOnEngineTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Duration A_WHILE = Duration.ofSeconds(6);
  private static final int FIRST_PORT = 22_600;

  /** What docker compose knows its containers by. */
  private static final Map<String, String> COMPOSE =
      Map.of(
          "com.docker.compose.project",
          "media",
          "com.docker.compose.service",
          "torrents",
          "com.docker.compose.container-number",
          "1",
          "com.docker.compose.oneoff",
          "False",
          "com.docker.compose.config-hash",
          "8f1d0cf2b5b4fbd4ee3e1c2a0ba9c8a6e7d1a2b3c4d5e6f708192a3b4c5d6e7f",
          "com.docker.compose.depends_on",
          "vpn:service_started:true");

  private final RealFleet fleet = new RealFleet(FIRST_PORT, "embedded");
  private final List<String> guests = new ArrayList<>();

  @AfterEach
  void end() {
    guests.forEach(this::remove);
    fleet.close();
  }

  private void remove(String guest) {
    try {
      var _ =
          fleet.docker().removeContainerCmd(guest).withForce(true).withRemoveVolumes(true).exec();
    } catch (NotFoundException gone) {
      // It was not made, or is being made anew under another name: the next line removes that one.
    }
  }

  /** Answers HTTP on one of the second VPN's ports. */
  private String guest(String what, int number, Map<String, String> labels) {
    String name = fleet.vpn(2) + "-" + what;
    guests.add(name);
    guests.add(name + "-evenkeel-replaced");
    String id =
        fleet
            .docker()
            .createContainerCmd("evenkeel/standin-engine")
            .withName(name)
            .withEnv("HTTP_PORT=" + (FIRST_PORT + 100 + number), "SECRET=s3cr3t")
            .withLabels(labels)
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withNetworkMode("container:" + fleet.inspect(fleet.vpn(2)).getId()))
            .exec()
            .getId();
    var _ = fleet.docker().startContainerCmd(id).exec();
    return name;
  }

  private boolean isSettled() {
    return !fleet.outageIsOpen() && fleet.answering(2) == 2;
  }

  private String start(String container) {
    return String.valueOf(fleet.inspect(container).getState().getStartedAt());
  }

  @Test
  void everyDependentOfANamedVpnIsKeptAliveAndOthersAreLeftAlone() throws Exception {
    var _ = fleet.withVpn(1).withVpn(2);
    String torrents = guest("torrents", 0, COMPOSE);
    String indexer = guest("indexer", 1, Map.of());
    String ignored = guest("ignored", 2, Map.of("evenkeel.ignore", "true"));
    String stopped = guest("stopped", 3, Map.of());
    var _ = fleet.docker().stopContainerCmd(stopped).withTimeout(2).exec();
    String ignoredStart = start(ignored);
    String stoppedStart = start(stopped);
    InspectContainerResponse before = fleet.inspect(torrents);
    String indexerStart = start(indexer);

    var _ = fleet.startWorker(FleetConfig.NO_TARGET);
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> !fleet.outageIsOpen() && fleet.fleet().contains(torrents));
    fleet.crash(fleet.vpn(2));
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> !start(indexer).equals(indexerStart) && isSettled());
    assertThat(fleet.inspect(torrents).getId()).isEqualTo(before.getId());

    fleet.recreateVpn(2);
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> !fleet.inspect(torrents).getId().equals(before.getId()) && isSettled());
    InspectContainerResponse after = fleet.inspect(torrents);
    assertThat(after.getConfig().getLabels()).isEqualTo(before.getConfig().getLabels());
    assertThat(after.getConfig().getEnv()).isEqualTo(before.getConfig().getEnv());
    assertThat(after.getHostConfig().getNetworkMode())
        .isEqualTo("container:" + fleet.inspect(fleet.vpn(2)).getId());

    String torrentsStart = start(torrents);
    await()
        .during(A_WHILE)
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> isSettled() && start(torrents).equals(torrentsStart));
    assertThat(start(ignored)).isEqualTo(ignoredStart);
    assertThat(start(stopped)).isEqualTo(stoppedStart);
    assertThat(fleet.inspect(stopped).getState().getRunning()).isFalse();
    assertThat(fleet.all()).isEmpty();
  }
}
