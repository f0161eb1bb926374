package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.docker.DockerContainers;
import io.evenkeel.docker.EngineHost;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.Containers.Outcome;
import io.evenkeel.workflow.FleetActivities;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.temporal.failure.ApplicationFailure;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** An engine that is made anew for its VPN's new forwarded port, on the real engine. */
@Tag("engine")
class ReplacementOnEngineTest {
  private static final DockerContainers CONTAINERS = EngineHost.containers("");
  private static final FleetActivities ACTIVITIES =
      new FleetActivitiesImpl(
          CONTAINERS,
          vpn -> TunnelReading.unknown(vpn.name()),
          (_, _) -> true,
          _ -> {},
          new EngineTemplate(EngineHost.IMAGE, Map.of(), List.of(), Map.of()),
          Clock.systemUTC());

  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(20);

  private final String mark = "evk-" + Long.toString(System.nanoTime(), 36);
  private final String vpn = mark + "-vpn";
  private final String engine = mark + "-engine";

  @BeforeAll
  static void buildImage() {
    EngineHost.buildImage();
  }

  @AfterAll
  static void close() throws IOException {
    CONTAINERS.close();
  }

  @AfterEach
  void removeWhatWasMade() {
    CONTAINERS.list().stream()
        .filter(c -> c.name().startsWith(mark))
        .sorted((a, b) -> b.reference().compareTo(a.reference()))
        .forEach(c -> EngineHost.discard(CONTAINERS, c.id()));
  }

  private EngineOrder order(int p2pPort, String replaces) {
    return new EngineOrder(
        mark,
        "ondemand.app=" + mark,
        engine,
        vpn,
        19_000,
        45_000,
        p2pPort,
        true,
        true,
        replaces,
        "");
  }

  private List<String> names() {
    return CONTAINERS.list().stream()
        .map(Container::name)
        .filter(name -> name.startsWith(mark))
        .sorted()
        .toList();
  }

  @Test
  void whatTheEngineDoesNotMakeAgainKeepsItsNameAndRunsOn(@TempDir Path folder) throws IOException {
    String oldVpn = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    Path source = Files.createDirectory(folder.resolve("source"));
    ObjectNode body = EngineHost.body();
    ObjectNode host = body.putObject("HostConfig").put("NetworkMode", "container:" + oldVpn);
    host.putArray("Mounts")
        .addObject()
        .put("Type", "bind")
        .put("Source", source.toString())
        .put("Target", "/source");
    String guest = EngineHost.run(CONTAINERS, engine, body);
    EngineHost.discard(CONTAINERS, oldVpn);
    String _ = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    Files.delete(source);

    assertThatThrownBy(() -> ACTIVITIES.attach(engine, guest, vpn, true))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> assertThat(failure.getType()).isEqualTo("BAD_REQUEST"))
        .hasMessageContaining("create of " + engine)
        .hasMessageContaining(source.toString());
    assertThat(names()).containsExactly(engine, vpn);
    Container left = CONTAINERS.inspect(engine, Duration.ofSeconds(20)).orElseThrow();
    assertThat(left.id()).isEqualTo(guest);
    assertThat(left.running()).isTrue();
  }

  @Test
  void whatJoinsAContainerThatIsGoneIsRefusedBeforeAnythingIsTouched() {
    String oldVpn = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    String third = EngineHost.run(CONTAINERS, mark + "-third", EngineHost.body());
    ObjectNode body = EngineHost.body();
    body.putObject("HostConfig")
        .put("NetworkMode", "container:" + oldVpn)
        .put("PidMode", "container:" + third);
    String guest = EngineHost.run(CONTAINERS, engine, body);
    EngineHost.discard(CONTAINERS, third);
    EngineHost.discard(CONTAINERS, oldVpn);
    String _ = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    Container before = CONTAINERS.inspect(engine, INSPECT_DEADLINE).orElseThrow();

    assertThatThrownBy(() -> ACTIVITIES.attach(engine, guest, vpn, true))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("NOT_KEPT");
              assertThat(failure.getOriginalMessage()).doesNotContain("\n");
            })
        .hasMessageContaining("it joins a namespace of " + third + ", which is gone");
    assertThat(names()).containsExactly(engine, vpn);
    assertThat(CONTAINERS.inspect(engine, INSPECT_DEADLINE)).contains(before);
  }

  @Test
  void oneWithANetworkOfItsOwnIsLeftAsItIsThoughItRanBefore() {
    String _ = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    ObjectNode body = EngineHost.body();
    body.putObject("Labels").put("ondemand.app", mark).put(Labels.VPN, vpn);
    String own = EngineHost.run(CONTAINERS, engine, body);
    assertThat(CONTAINERS.kill(own)).isEqualTo(Outcome.DONE);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> !CONTAINERS.inspect(own, INSPECT_DEADLINE).orElseThrow().running());
    Container before = CONTAINERS.inspect(own, INSPECT_DEADLINE).orElseThrow();

    assertThat(ACTIVITIES.attach(engine, own, vpn, true)).isEqualTo("left");
    assertThat(names()).containsExactly(engine, vpn);
    assertThat(CONTAINERS.inspect(engine, INSPECT_DEADLINE)).contains(before);
  }

  @Test
  void oneThatIsRemovedAtItsEndIsMadeAgainAsThat() {
    String oldVpn = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    ObjectNode body = EngineHost.body();
    body.putObject("HostConfig").put("NetworkMode", "container:" + oldVpn).put("AutoRemove", true);
    String guest = EngineHost.run(CONTAINERS, engine, body);
    EngineHost.discard(CONTAINERS, oldVpn);
    String newVpn = EngineHost.run(CONTAINERS, vpn, EngineHost.body());

    assertThat(ACTIVITIES.attach(engine, guest, vpn, true)).isEqualTo("recreated");
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(names()).containsExactly(engine, vpn));
    Container again = CONTAINERS.inspect(engine, INSPECT_DEADLINE).orElseThrow();
    assertThat(again.running()).isTrue();
    assertThat(again.removedAtEnd()).isTrue();
    assertThat(again.reference()).isEqualTo(newVpn);
  }

  @Test
  void oneThatIsRemovedAtItsEndSurvivesItsVpnsRestart() {
    String owner = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    ObjectNode body = EngineHost.body();
    body.putObject("HostConfig").put("NetworkMode", "container:" + owner).put("AutoRemove", true);
    String guest = EngineHost.run(CONTAINERS, engine, body);
    assertThat(CONTAINERS.restart(owner, Duration.ofSeconds(5))).isEqualTo(Outcome.DONE);

    assertThat(ACTIVITIES.attach(engine, guest, vpn, true)).isEqualTo("restarted");
    assertThat(ACTIVITIES.attach(engine, guest, vpn, true)).isEqualTo("left");
    Container left = CONTAINERS.inspect(engine, Duration.ofSeconds(20)).orElseThrow();
    assertThat(left.id()).isEqualTo(guest);
    assertThat(left.removedAtEnd()).isTrue();
  }

  @Test
  void theNewOneHasItsNameAndThePortAndTheOldOneIsGone() {
    String _ = EngineHost.run(CONTAINERS, vpn, EngineHost.body());
    Container first = ACTIVITIES.createEngine(order(4001, ""));
    assertThat(first.running()).isTrue();

    Container renewed = ACTIVITIES.createEngine(order(4002, first.id()));
    assertThat(renewed.running()).isTrue();
    assertThat(renewed.id()).isNotEqualTo(first.id());
    assertThat(renewed.label(Labels.P2P_PORT)).isEqualTo("4002");
    assertThat(names()).containsExactly(engine, vpn);

    assertThat(ACTIVITIES.createEngine(order(4002, first.id())).id()).isEqualTo(renewed.id());
    assertThat(ACTIVITIES.attach(engine, renewed.id(), vpn, true)).isEqualTo("left");
    assertThat(names()).containsExactly(engine, vpn);
  }
}
