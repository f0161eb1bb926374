package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.End;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/** What an engine that nobody followed still tells of an end. */
class EndOfAContainerTest {
  private static final int NOON = 1_800_000_000;
  private static final int RING = 256;

  private final ScriptedEngine engine;
  private final DockerContainers containers;

  EndOfAContainerTest() throws IOException {
    engine = new ScriptedEngine();
    containers = EngineHost.containers(engine.host());
  }

  @AfterEach
  void end() throws IOException {
    containers.close();
    engine.close();
  }

  private static String event(String action, String id, int second) {
    return "{\"Type\":\"container\",\"Action\":\"%s\",\"Actor\":{\"ID\":\"%s\"},\"timeNano\":%d000000000}"
        .formatted(action, id, NOON + second);
  }

  private End remembered(List<String> events) {
    engine.answers("GET /events", String.join("\n", events));
    return containers.end("vpn");
  }

  private static List<String> filledUp(List<String> last, int second) {
    List<String> ring = new ArrayList<>();
    while (ring.size() + last.size() < RING) {
      ring.add(event("exec_start: check", "other", second));
    }
    ring.addAll(last);
    return ring;
  }

  private End written(String state, String policy) {
    engine.answers(
        "GET /containers/vpn/json",
        "{\"Id\":\"vpn\",\"Name\":\"/vpn\",\"State\":{%s},\"HostConfig\":{\"RestartPolicy\":{\"Name\":\"%s\"}}}"
            .formatted(state, policy));
    return containers.inspect("vpn", Duration.ofSeconds(20)).orElseThrow().end();
  }

  @Test
  void aStopBeforeTheEndWasItsCauseAndOneOfAnEarlierRunOrOfAnotherWasNot() {
    assertThat(remembered(List.of(event("kill", "vpn", 0), event("die", "vpn", 9))))
        .isEqualTo(End.ASKED);
    assertThat(
            remembered(
                List.of(
                    event("kill", "vpn", 0),
                    event("die", "vpn", 1),
                    event("start", "vpn", 2),
                    event("kill", "other", 3),
                    event("die", "vpn", 4))))
        .isEqualTo(End.CRASHED);
    assertThat(remembered(List.of(event("kill", "vpn", 0), event("die", "vpn", 40))))
        .isEqualTo(End.CRASHED);
  }

  @Test
  void whatMayHaveBeenForgottenIsNotKnown() {
    assertThat(remembered(List.of())).isEqualTo(End.UNKNOWN);
    List<String> end = List.of(event("die", "vpn", 60));
    assertThat(remembered(filledUp(end, 50))).as("its stop was before").isEqualTo(End.UNKNOWN);
    assertThat(remembered(filledUp(end, 20))).as("none was").isEqualTo(End.CRASHED);
    List<String> run = List.of(event("start", "vpn", 58), event("die", "vpn", 60));
    assertThat(remembered(filledUp(run, 50))).as("nor here").isEqualTo(End.CRASHED);
  }

  @Test
  void oneThatItsEngineWouldHaveStartedAgainWasStopped() {
    assertThat(written("\"Status\":\"exited\"", "unless-stopped")).isEqualTo(End.ASKED);
    assertThat(written("\"Status\":\"exited\"", "always")).isEqualTo(End.ASKED);
    assertThat(written("\"Status\":\"exited\"", "on-failure")).isEqualTo(End.UNKNOWN);
    assertThat(written("\"Status\":\"exited\",\"Error\":\"port is taken\"", "always"))
        .isEqualTo(End.UNKNOWN);
    assertThat(written("\"Status\":\"restarting\"", "always")).isEqualTo(End.UNKNOWN);
  }
}
