package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.port.Containers.Outcome;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.assertj.core.api.InstanceOfAssertFactories;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What a container had its successor in another VPN's namespace has, on the real engine. */
@Tag("engine")
class RecreationOnEngineTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(25);
  private static final DockerContainers CONTAINERS = EngineHost.containers("");

  private static String oldVpn = "";
  private static String newVpn = "";

  private final String mark = mark();
  private final List<String> made = new ArrayList<>();
  private int successors;

  @BeforeAll
  static void imagesAndTwoVpns() {
    EngineHost.buildImage();
    EngineHost.buildImage(RichContainer.IMAGE, RichContainer.DOCKERFILE);
    oldVpn = EngineHost.run(CONTAINERS, mark() + "-vpn", EngineHost.body());
    newVpn = EngineHost.run(CONTAINERS, mark() + "-vpn-again", EngineHost.body());
  }

  @AfterAll
  static void close() throws IOException {
    EngineHost.discard(CONTAINERS, oldVpn);
    EngineHost.discard(CONTAINERS, newVpn);
    CONTAINERS.close();
  }

  private static String mark() {
    return "evk-" + Long.toString(System.nanoTime(), 36);
  }

  @AfterEach
  void removeWhatWasMade() {
    Set<String> volumes = new TreeSet<>();
    for (String id : made.reversed()) {
      EngineHost.inspect(CONTAINERS, id)
          .path("Mounts")
          .forEach(mount -> volumes.add(mount.path("Name").asText()));
      EngineHost.discard(CONTAINERS, id);
    }
    volumes.remove("");
    volumes.forEach(volume -> CONTAINERS.wire().delete("remove", "/volumes/" + volume, TIMEOUT));
  }

  private static Stream<RichContainer> everything() {
    return RichContainer.all();
  }

  @ParameterizedTest
  @MethodSource("everything")
  void isKept(RichContainer one) throws JsonProcessingException {
    String old = create("old", one.request());
    if (one.starts()) {
      assertThat(CONTAINERS.start(old)).isEqualTo(Outcome.DONE);
    }
    CONTAINERS.requireKept(old);
    String again = again(old);
    assertThat(differences(old, again)).isEmpty();

    if (one.starts()) {
      assertThat(CONTAINERS.start(again)).isEqualTo(Outcome.DONE);
      assertThat(differences(old, again)).isEmpty();
    }
  }

  @Test
  void whatWasMadeAnewBeforeIsKeptToo() throws JsonProcessingException {
    String old =
        again(
            create(
                "old",
                """
                {"Volumes": {"/more": {}}, "HostConfig": {"Binds": ["/usr:/host:ro"],
                 "Mounts": [{"Type": "volume", "Target": "/unnamed"}]}}
                """));
    assertThat(differences(old, again(old))).isEmpty();
  }

  @Test
  void anUnnamedMountKeepsItsVolumeByItsName() throws JsonProcessingException {
    String old =
        create(
            "old",
            """
            {"HostConfig": {"Mounts": [{"Type": "volume", "Target": "/unnamed"}]}}
            """);
    String again = again(old);
    assertThat(places(again)).hasSize(2).isEqualTo(places(old));
  }

  @Test
  void whatAVolumesOwnerDeletedDoesNotComeBackFromTheImage() throws JsonProcessingException {
    String old = create("old", "{\"Volumes\": {\"/bin\": {}}, \"Cmd\": [\"0\"]}");
    String again = again(old);
    JsonNode binds = hostConfig(again).path("Binds");
    assertThat(binds).hasSize(2).allSatisfy(bind -> assertThat(bind.asText()).endsWith(":nocopy"));
  }

  @Test
  void theProcessesThatItSeesAreThoseOfTheNewVpn() throws JsonProcessingException {
    String old = create("old", "{\"HostConfig\": {\"PidMode\": \"container:" + oldVpn + "\"}}");
    CONTAINERS.requireKept(old);
    String again = again(old);
    assertThat(hostConfig(again).path("PidMode").asText()).isEqualTo("container:" + newVpn);
    assertThat(CONTAINERS.start(again)).isEqualTo(Outcome.DONE);
  }

  @Test
  void volumesOfAnotherContainerAreKeptThoughThatOneIsGone() throws JsonProcessingException {
    String donor =
        create(
            "donor",
            """
            {"HostConfig": {"Binds": ["/usr:/bound:ro", "MARK-d:/named"]}}
            """);
    String old = create("old", "{\"HostConfig\": {\"VolumesFrom\": [\"" + donor + "\"]}}");
    String first = again(old);
    assertThat(places(first)).hasSize(3).isEqualTo(places(old));
    assertThat(hostConfig(first).path("VolumesFrom")).hasSize(1);

    CONTAINERS.remove(donor, true);
    made.remove(donor);
    String second = again(first);
    assertThat(places(second)).isEqualTo(places(old));
    assertThat(hostConfig(second).path("VolumesFrom")).isEmpty();
  }

  @Test
  void itsImageStaysThoughTheNameMeansAnotherOneByNow() throws JsonProcessingException {
    String old = create("old", "{}");
    String imageId = EngineHost.inspect(CONTAINERS, old).path("Image").asText();
    try {
      tag(EngineHost.IMAGE);
      CONTAINERS.requireKept(old);
      String again = again(old);
      assertThat(differences(old, again))
          .singleElement(InstanceOfAssertFactories.STRING)
          .isEqualTo("/Config/Image: \"" + RichContainer.IMAGE + "\" -> \"" + imageId + "\"");
      assertThat(CONTAINERS.start(again)).isEqualTo(Outcome.DONE);
    } finally {
      tag(imageId);
    }
  }

  @Test
  void joinedToAContainerThatIsGoneItIsRefused() throws JsonProcessingException {
    String third = EngineHost.run(CONTAINERS, mark + "-third", EngineHost.body());
    String old = create("old", "{\"HostConfig\": {\"PidMode\": \"container:" + third + "\"}}");
    CONTAINERS.requireKept(old);
    EngineHost.discard(CONTAINERS, third);

    assertThatThrownBy(() -> CONTAINERS.requireKept(old))
        .isInstanceOfSatisfying(
            DockerFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.NOT_KEPT))
        .hasMessage(
            mark
                + "-old cannot be made again as it is, and is left: it joins a namespace of "
                + third
                + ", which is gone");
  }

  private static void tag(String image) {
    DockerWire.Answer answer =
        CONTAINERS
            .wire()
            .post("tag", "/images/" + image + "/tag?repo=" + RichContainer.IMAGE, null, TIMEOUT);
    assertThat(answer.ok()).as(answer.text()).isTrue();
  }

  private String create(String name, String request) throws JsonProcessingException {
    ObjectNode body = (ObjectNode) DockerWire.JSON.readTree(request.replace("MARK", mark));
    body.put("Image", RichContainer.IMAGE);
    body.withObject("/HostConfig").put("NetworkMode", "container:" + oldVpn);
    String id = EngineHost.create(CONTAINERS, mark + "-" + name, body);
    made.add(id);
    return id;
  }

  private String again(String old) {
    String id = CONTAINERS.createLike(old, mark + "-again-" + ++successors, newVpn);
    made.add(id);
    return id;
  }

  private static List<String> differences(String oldId, String newId) {
    return Differences.between(
        EngineHost.inspect(CONTAINERS, oldId), EngineHost.inspect(CONTAINERS, newId));
  }

  private static JsonNode hostConfig(String id) {
    return EngineHost.inspect(CONTAINERS, id).path("HostConfig");
  }

  /** What is where in a container, without the words in which that was asked for. */
  private static Map<String, String> places(String id) {
    Map<String, String> places = new TreeMap<>();
    for (JsonNode mount : EngineHost.inspect(CONTAINERS, id).path("Mounts")) {
      places.put(
          mount.path("Destination").asText(), mount.path("Source").asText() + mount.path("RW"));
    }
    return places;
  }
}
