package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assumptions.assumeThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

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
import java.util.Optional;
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
import org.junit.jupiter.api.TestReporter;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What a container had its successor in another VPN's namespace has, on the real engine. */
@Tag("engine")
class RecreationOnEngineTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(25);
  private static final Duration PATIENCE = Duration.ofSeconds(60);
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
    oldVpn = EngineHost.run(CONTAINERS, mark() + "-vpn", shareable());
    newVpn = EngineHost.run(CONTAINERS, mark() + "-vpn-again", shareable());
  }

  /** Others may join all that it has. */
  private static ObjectNode shareable() {
    ObjectNode body = EngineHost.body();
    body.putObject("HostConfig").put("IpcMode", "shareable");
    return body;
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
  void isKept(RichContainer one, TestReporter reporter) throws JsonProcessingException {
    String old = createOrSkip(one);
    Optional<DockerFailure> refusal = refusalToStart(old);
    assertThat(refusal).matches(no -> no.isEmpty() || !one.starts());
    CONTAINERS.requireKept(old);
    String again = again(old);
    assertThat(differences(old, again)).isEmpty();
    assertThat(hostConfig(again).path("NetworkMode").asText()).isEqualTo("container:" + newVpn);

    // What the engine does with the one it does with the other.
    assertThat(refusalToStart(again).map(DockerFailure::kind))
        .isEqualTo(refusal.map(DockerFailure::kind));
    refusal.ifPresentOrElse(
        no -> reporter.publishEntry(one.what() + ": made, not started", no.toString()),
        () -> bothRunAlike(old, again));
  }

  private String createOrSkip(RichContainer one) throws JsonProcessingException {
    try {
      return create("old", one.request());
    } catch (IllegalStateException refused) {
      if (one.refusal().isEmpty() || !refused.toString().contains(one.refusal())) {
        throw refused;
      }
      return abort("this engine cannot have " + one.what() + ": " + refused);
    }
  }

  private static Optional<DockerFailure> refusalToStart(String id) {
    try {
      assertThat(CONTAINERS.start(id)).isEqualTo(Outcome.DONE);
      return Optional.empty();
    } catch (DockerFailure refused) {
      return Optional.of(refused);
    }
  }

  /** It runs, may be made again, and is, like it. */
  private String runsAgainAlike(String old) {
    assertThat(CONTAINERS.start(old)).isEqualTo(Outcome.DONE);
    CONTAINERS.requireKept(old);
    String again = again(old);
    assertThat(CONTAINERS.start(again)).isEqualTo(Outcome.DONE);
    bothRunAlike(old, again);
    return again;
  }

  private static void bothRunAlike(String old, String again) {
    assertThat(EngineHost.inspect(CONTAINERS, old).path("State").path("Running").asBoolean())
        .isTrue();
    assertThat(EngineHost.inspect(CONTAINERS, again).path("State").path("Running").asBoolean())
        .isTrue();
    assertThat(differences(old, again)).isEmpty();
  }

  /** Nothing of it can be lost: it cannot be had. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'Hostname': 'h'}",
        "{'Domainname': 'example.org'}",
        "{'MacAddress': '02:42:ac:11:00:09'}",
        "{'ExposedPorts': {'80/tcp': {}}}",
        "{'HostConfig': {'PublishAllPorts': true}}",
        "{'HostConfig': {'PortBindings': {'80/tcp': [{'HostPort': '1'}]}}}",
        "{'HostConfig': {'Dns': ['192.0.2.1']}}",
        "{'HostConfig': {'ExtraHosts': ['a:192.0.2.1']}}",
        "{'HostConfig': {'Links': ['somebody:b']}}",
        "{'NetworkingConfig': {'EndpointsConfig': {'bridge': {'Aliases': ['a']}}}}"
      })
  void whatIsOfTheNamespaceTheEngineRefusesOrForgets(String request)
      throws JsonProcessingException {
    String without = create("without", "{}");
    String with;
    try {
      with = create("with", request.replace('\'', '"'));
    } catch (IllegalStateException refused) {
      assertThat(refused).message().containsAnyOf("conflicting options", "invalid config for");
      return;
    }
    assertThat(differences(without, with)).allMatch(one -> one.startsWith("/Mounts/"));
    assertThat(differences(with, again(with))).isEmpty();
  }

  private static final String FIXED =
      """
      {'HostConfig': {'NetworkMode': 'MARK-net'}, 'NetworkingConfig': {'EndpointsConfig': {'MARK-net':
        {'Aliases': ['torrents'], 'IPAMConfig': {'IPv4Address': '192.0.2.7', 'LinkLocalIPs': ['169.254.3.4']}}}}}
      """;

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{'HostConfig': {'NetworkMode': 'bridge', 'PortBindings': {'80/tcp': [{'HostPort': ''}]}}}",
        "{'HostConfig': {'NetworkMode': 'host'}}",
        "{'HostConfig': {'NetworkMode': 'none'}}",
        FIXED
      })
  void aNetworkOfItsOwnIsRefused(String request) throws JsonProcessingException {
    ObjectNode network = EngineHost.body().put("Name", mark + "-net");
    network.putObject("IPAM").putArray("Config").addObject().put("Subnet", "192.0.2.0/24");
    DockerWire.Answer answer =
        CONTAINERS.wire().post("network", "/networks/create", network, TIMEOUT);
    assertThat(answer.ok()).as(answer.text()).isTrue();
    try {
      String old = create("old", request.replace('\'', '"'));
      String mode = hostConfig(old).path("NetworkMode").asText();
      isRefused(old, "it has a network of its own, " + mode);
    } finally {
      removeWhatWasMade();
      made.clear();
      CONTAINERS.wire().delete("network", "/networks/" + mark + "-net", TIMEOUT);
    }
  }

  private void isRefused(String old, String why) {
    JsonNode before = EngineHost.inspect(CONTAINERS, old);
    assertThatThrownBy(() -> CONTAINERS.requireKept(old))
        .isInstanceOfSatisfying(
            DockerFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.NOT_KEPT))
        .hasMessage(mark + "-old cannot be made again as it is, and is left: " + why);
    assertThat(EngineHost.inspect(CONTAINERS, old)).isEqualTo(before);
  }

  @Test
  void withoutItsImageItIsRefused() throws JsonProcessingException {
    String image = "evenkeel/test-" + mark;
    EngineHost.buildImage(image, EngineHost.dockerfile() + "LABEL of.one.test=" + mark + "\n");
    ObjectNode body = EngineHost.body().put("Image", image);
    body.putObject("HostConfig").put("NetworkMode", "container:" + oldVpn);
    String old = EngineHost.create(CONTAINERS, mark + "-old", body);
    made.add(old);
    CONTAINERS.requireKept(old);
    String imageId = EngineHost.inspect(CONTAINERS, old).path("Image").asText();
    // Some engines keep it without its name at first.
    for (String one : List.of(image, imageId)) {
      CONTAINERS.wire().delete("image", "/images/" + one + "?force=1", TIMEOUT);
    }
    isRefused(old, "its image " + image + ", " + imageId + ", is no longer on the host");
  }

  @Test
  void whoseVpnWasNamedBeforeItWasThereJoinsTheNewOne() throws JsonProcessingException {
    String name = mark + "-late";
    String old =
        create(
            "old",
            """
            {"HostConfig": {"NetworkMode": "container:MARK-late"}}
            """);
    made.add(EngineHost.run(CONTAINERS, name, shareable()));
    assertThat(hostConfig(old).path("NetworkMode").asText()).isEqualTo("container:" + name);
    String again = runsAgainAlike(old);
    assertThat(hostConfig(again).path("NetworkMode").asText()).isEqualTo("container:" + newVpn);
  }

  @Test
  void theMemoryThatItSharesIsThatOfTheNewVpn() throws JsonProcessingException {
    String old = create("old", "{\"HostConfig\": {\"IpcMode\": \"container:" + oldVpn + "\"}}");
    assertThat(CONTAINERS.start(old)).isEqualTo(Outcome.DONE);
    CONTAINERS.requireKept(old);
    String again = again(old);
    assertThat(hostConfig(again).path("IpcMode").asText()).isEqualTo("container:" + newVpn);
    assertThat(CONTAINERS.start(again)).isEqualTo(Outcome.DONE);
  }

  @Test
  void whatItSharesWithAThirdStaysThatOnes() throws JsonProcessingException {
    String third = EngineHost.run(CONTAINERS, mark + "-third", shareable());
    made.add(third);
    String old =
        create(
            "old",
            """
            {"HostConfig": {"PidMode": "container:MARK-third", "IpcMode": "container:MARK-third"}}
            """);
    String again = runsAgainAlike(old);
    assertThat(hostConfig(again).path("IpcMode").asText()).isEqualTo("container:" + third);
  }

  @Test
  void aFolderOfAVolumeStaysThatFolder() throws JsonProcessingException {
    String filler =
        create(
            "filler",
            """
            {"Entrypoint": ["/bin/busybox", "mkdir", "-p", "/whole/part"], "Cmd": [],
             "HostConfig": {"Binds": ["MARK-v:/whole"]}}
            """);
    assertThat(CONTAINERS.start(filler)).isEqualTo(Outcome.DONE);
    await()
        .atMost(PATIENCE)
        .until(() ->
            EngineHost.inspect(CONTAINERS, filler)
                .path("State")
                .path("Status")
                .asText()
                .equals("exited"));
    String old =
        create(
            "old",
            """
            {"HostConfig": {"Mounts": [{"Type": "volume", "Source": "MARK-v", "Target": "/part",
               "VolumeOptions": {"NoCopy": true, "Subpath": "part"}}]}}
            """);
    JsonNode options = hostConfig(old).path("Mounts").path(0).path("VolumeOptions");
    assumeThat(options.path("Subpath").asText()).as("this engine knows folders").isEqualTo("part");
    String _ = runsAgainAlike(old);
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

    isRefused(old, "it joins a namespace of " + third + ", which is gone");
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
    ObjectNode host = body.withObject("/HostConfig");
    if (!host.has("NetworkMode")) {
      host.put("NetworkMode", "container:" + oldVpn);
    }
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
