package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.End;
import io.evenkeel.port.Containers;
import io.evenkeel.port.ContainersContract;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Objects;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The contract on a real engine. */
@Tag("engine")
class DockerContainersTest extends ContainersContract {
  private static final DockerContainers CONTAINERS = EngineHost.containers("");

  @BeforeAll
  static void buildImage() {
    EngineHost.buildImage();
  }

  @AfterAll
  static void close() throws IOException {
    CONTAINERS.close();
  }

  /** What the restart policy proves: decision 0012. */
  @Test
  @Timeout(240)
  void oneThatItsEngineStartsAgainIsSeenExitedOnlyWhenItWasStopped() {
    ObjectNode body = EngineHost.script("exec /bin/busybox sleep 1");
    body.putObject("HostConfig").putObject("RestartPolicy").put("Name", "unless-stopped");
    String id = EngineHost.run(CONTAINERS, "evk-" + System.nanoTime(), body);
    try {
      Instant first = startOf(id);
      await()
          .atMost(Duration.ofMinutes(2))
          .until(() -> {
            assertThat(seen(id).end()).as("it crashed").isEqualTo(End.UNKNOWN);
            return startOf(id).isAfter(first);
          });
      CONTAINERS.stop(id, Duration.ofSeconds(2));
      await().atMost(Duration.ofMinutes(1)).until(() -> seen(id).end() == End.ASKED);
    } finally {
      EngineHost.discard(CONTAINERS, id);
    }
  }

  private static Container seen(String id) {
    return CONTAINERS.inspect(id, Duration.ofSeconds(20)).orElseThrow();
  }

  private static Instant startOf(String id) {
    return Objects.requireNonNull(seen(id).startedAt());
  }

  @Override
  protected Containers containers() {
    return CONTAINERS;
  }

  @Override
  protected String runVpn(String name) {
    return EngineHost.run(CONTAINERS, name, EngineHost.body());
  }

  @Override
  protected String runBriefly(String name) {
    return EngineHost.run(CONTAINERS, name, EngineHost.script("exec /bin/busybox sleep 1"));
  }

  @Override
  protected String image() {
    return EngineHost.IMAGE;
  }

  @Override
  protected void discard(String id) {
    EngineHost.discard(CONTAINERS, id);
  }
}
