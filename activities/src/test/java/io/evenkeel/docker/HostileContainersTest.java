package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.activities.EngineTemplate;
import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.Announcer;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetActivities;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/**
 * What containers say of themselves, and what else is on the host: a look sees the fleet as it is,
 * stays small, and asks nothing of anybody else.
 */
class HostileContainersTest {
  private static final String MEGABYTE = "x".repeat(1024 * 1024);
  private static final int MOST_BYTES = 8 * 1024;
  private static final int FOREIGN = 2_000;
  private static final Scope SCOPE = new Scope("ondemand.app=myservice", List.of("vpn1"));

  private final ScriptedEngine engine;
  private final DockerContainers containers;
  private final FleetActivities activities;
  private final ArrayNode listing = DockerWire.JSON.createArrayNode();

  HostileContainersTest() throws IOException {
    engine = new ScriptedEngine();
    containers =
        new DockerContainers(
            new DockerSettings(engine.host(), Duration.ofSeconds(60), "ondemand.app"),
            new SimpleMeterRegistry());
    activities =
        new FleetActivitiesImpl(
            containers,
            vpn -> TunnelReading.unknown(vpn.name()),
            (_, _) -> true,
            Announcer.none(),
            EngineTemplate.aceStream("engine:1"),
            Clock.systemUTC());
  }

  @BeforeEach
  void aFleetThatIsWell() {
    is("1", "vpn1", "bridge", Map.of());
    is("2", "a", "container:1", labels(Labels.HTTP_PORT, "6878"));
  }

  @AfterEach
  void end() throws IOException {
    containers.close();
    engine.close();
  }

  private static Map<String, String> labels(String key, String value) {
    return new TreeMap<>(Map.of("ondemand.app", "myservice", Labels.VPN, "vpn1", key, value));
  }

  /** It is in the list, and inspect answers for it; both may be made worse. */
  private void is(String id, String name, String network, Map<String, String> labels) {
    is(id, name, network, labels, "engine:1", 8080);
  }

  private void is(
      String id,
      String name,
      String network,
      Map<String, String> labels,
      String image,
      long hostPort) {
    ObjectNode entry = listing.addObject().put("Id", id).put("State", "running");
    entry.putArray("Names").add("/" + name);
    entry.put("Image", image).putObject("HostConfig").put("NetworkMode", network);
    entry
        .putArray("Ports")
        .addObject()
        .put("Type", "tcp")
        .put("PrivatePort", 80)
        .put("PublicPort", hostPort);
    ObjectNode whole = DockerWire.JSON.createObjectNode().put("Id", id).put("Name", "/" + name);
    whole
        .putObject("State")
        .put("Status", "running")
        .put("StartedAt", "2026-01-01T12:00:00Z")
        .put("ExitCode", hostPort);
    whole.putObject("HostConfig").put("NetworkMode", network);
    whole
        .putObject("NetworkSettings")
        .putObject("Ports")
        .putArray("80/tcp")
        .addObject()
        .put("HostPort", Long.toString(hostPort));
    ObjectNode of = entry.putObject("Labels");
    ObjectNode ofWhole = whole.putObject("Config").put("Image", image).putObject("Labels");
    labels.forEach((key, value) -> {
      of.put(key, value);
      ofWhole.put(key, value);
    });
    ScriptedEngine _ = engine.answers("GET /containers/" + id + "/json", whole.toString());
  }

  private Observation look() {
    ScriptedEngine _ = engine.answers("GET /containers/json", listing.toString());
    Observation seen = activities.look(SCOPE, "", List.of());
    assertThat(EvenkeelData.converter().toPayload(seen).orElseThrow().getSerializedSize())
        .as("it goes into a workflow's history")
        .isLessThan(MOST_BYTES);
    return seen;
  }

  private static Container of(Observation seen, String name) {
    return seen.changed().stream().filter(c -> c.name().equals(name)).findFirst().orElseThrow();
  }

  @Test
  void aLabelOfAMegabyteOrOfSeveralLinesIsNotReadAndTheOthersAre() {
    Observation before = look();
    Map<String, String> labels = labels(Labels.HOST_HTTP_PORT, MEGABYTE);
    labels.put(Labels.P2P_PORT, "4001\n\u001b[2J");
    labels.put("evenkeel." + MEGABYTE, "1");
    for (int i = 0; i < 1_000; i++) {
      labels.put("host." + i, "1");
    }
    is("3", "b", "container:1", labels);
    Observation seen = look();

    assertThat(seen.changed()).extracting(Container::name).containsExactly("a", "b", "vpn1");
    assertThat(of(seen, "a")).isEqualTo(of(before, "a"));
    assertThat(of(seen, "vpn1")).isEqualTo(of(before, "vpn1"));
    assertThat(of(seen, "b").labels())
        .isEqualTo(Map.of("ondemand.app", "myservice", Labels.VPN, "vpn1"));
  }

  @Test
  void anImageOrANetworkOfAMegabyteIsCutAndAContainerOfSuchANameIsLeftOut() {
    is("3", "b", "container:1" + MEGABYTE, labels(Labels.HTTP_PORT, "1"), MEGABYTE, 1);
    is("4", MEGABYTE, "container:1", labels(Labels.HTTP_PORT, "2"));
    Observation seen = look();

    assertThat(seen.changed()).extracting(Container::name).containsExactly("a", "b", "vpn1");
    assertThat(of(seen, "b").refersTo("1", "vpn1")).isFalse();
  }

  @Test
  void aPortOutOfRangeIsNone() {
    for (long port : new long[] {-1, 0, 65_536, 4_294_967_376L, Long.MAX_VALUE}) {
      is("p" + port, "p" + port, "container:1", labels(Labels.HTTP_PORT, "" + port), "i", port);
    }
    Observation seen = look();

    assertThat(seen.changed())
        .filteredOn(c -> c.name().startsWith("p"))
        .hasSize(5)
        .allSatisfy(c -> assertThat(c.ports()).isEmpty());
    assertThat(of(seen, "vpn1").ports()).isEqualTo(Map.of(80, 8080));
  }

  @Test
  void twoThatClaimOneNameAreSeenAlikeInWhateverOrderTheyAreListed() {
    is("4", "b", "container:1", labels(Labels.HTTP_PORT, "6880"));
    is("3", "b", "container:1", labels(Labels.HTTP_PORT, "6879"));
    Observation seen = look();
    List<JsonNode> entries = new ArrayList<>();
    listing.forEach(entries::add);
    listing.removeAll().addAll(entries.reversed());

    assertThat(look().changed()).isEqualTo(seen.changed());
    assertThat(seen.changed()).extracting(Container::id).containsExactly("2", "3", "4", "1");
  }

  @Test
  void twoThousandForeignContainersWithLargeLabelsAreListedInOneCallAndLeftAlone() {
    Observation before = look();
    for (int i = 0; i < FOREIGN; i++) {
      ObjectNode entry = listing.addObject().put("Id", "f" + i).put("State", "running");
      entry.putArray("Names").add("/f" + i);
      entry.putObject("HostConfig").put("NetworkMode", i % 2 == 0 ? "bridge" : "container:f0");
      entry.putObject("Labels").put("traefik.rules", MEGABYTE.substring(0, 12 * 1024));
    }
    Observation seen = look();

    assertThat(seen.changed()).isEqualTo(before.changed());
    assertThat(engine.asked())
        .as("the list, and an inspect of each of the fleet's own")
        .containsExactlyInAnyOrder(
            "GET /containers/json", "GET /containers/1/json", "GET /containers/2/json");
  }
}
