package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.io.IOException;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * An engine that knows more than this version does, and one that has less than a recreate needs.
 */
class NewerEngineTest {
  private static final String IMAGE_ID = "sha256:1ca5e";

  /** Fields that no engine of today has, at each level. */
  private static final String CONTAINER =
      """
      {"Id": "0ld", "Name": "/torrents", "Image": "sha256:1ca5e", "AtTheTop": {"New": 1},
       "Config": {"Image": "torrents:2", "Hostname": "of-the-vpn", "Entrypoint": ["/run"],
         "Env": ["A=ä€"], "Labels": {"a": "b"}, "Healthcheck": {"Test": ["CMD", "true"], "Warmup": 5},
         "SecretsOfTomorrow": [{"Name": "s", "Deep": {"er": [1, 2.5, null, true]}}]},
       "HostConfig": {"NetworkMode": "container:0ldvpn", "Binds": null, "Landlock": {"Paths": ["/x"]},
         "Mounts": [{"Type": "dataset", "Source": "pool/x", "Target": "/x", "DatasetOptions": {"Ro": true}}],
         "Memory": 9007199254740993, "DnsOfTomorrow": "kept"},
       "Mounts": [{"Type": "dataset", "Source": "pool/x", "Destination": "/x", "RW": false},
         {"Type": "volume", "Name": "anonymous", "Destination": "/state", "RW": true}]}
      """;

  private final ScriptedEngine engine;
  private final DockerContainers containers;

  NewerEngineTest() throws IOException {
    engine = new ScriptedEngine();
    containers = EngineHost.containers(engine.host());
    engine
        .answers("GET /containers/0ld/json", CONTAINER)
        .answers("GET /images/torrents%3A2/json", "{\"Id\": \"" + IMAGE_ID + "\"}")
        .answers("POST /containers/create", "{\"Id\": \"new\", \"Warnings\": []}");
  }

  @AfterEach
  void end() throws IOException {
    containers.close();
    engine.close();
  }

  @Test
  void fieldsThatAreNotKnownHereAreCarriedOver() throws JsonProcessingException {
    containers.requireKept("0ld");
    assertThat(containers.createLike("0ld", "torrents", "newvpn")).isEqualTo("new");

    JsonNode old = DockerWire.JSON.readTree(CONTAINER);
    ObjectNode wanted = old.path("Config").deepCopy();
    wanted.remove("Hostname");
    ObjectNode host = old.path("HostConfig").deepCopy();
    host.put("NetworkMode", "container:newvpn");
    host.putArray("Binds").add("anonymous:/state:nocopy");
    wanted.set("HostConfig", host);
    assertThat(DockerWire.JSON.readTree(engine.sent("POST /containers/create"))).isEqualTo(wanted);
  }

  @Test
  void withoutItsImageItIsRefusedAndNothingIsCreated() {
    engine.answers("GET /images/torrents%3A2/json", "{\"Id\": \"sha256:another\"}");

    assertThatThrownBy(() -> containers.requireKept("0ld"))
        .isInstanceOfSatisfying(
            DockerFailure.class, failure -> assertThat(failure.kind()).isEqualTo(Kind.NOT_KEPT))
        .hasMessage(
            "torrents cannot be made again as it is, and is left: its image torrents:2, "
                + IMAGE_ID
                + ", is no longer on the host");
    assertThatThrownBy(() -> containers.createLike("0ld", "torrents", "newvpn"))
        .hasMessageContaining("is no longer on the host");
    assertThat(engine.sent("POST /containers/create")).isEmpty();
  }

  /** A socket proxy that lets nobody ask for images must not keep every engine down. */
  @Test
  void whereImagesMayNotBeAskedForItIsMadeOfTheNamedOne() throws JsonProcessingException {
    engine.denies("GET /images/torrents%3A2/json");

    containers.requireKept("0ld");
    assertThat(containers.createLike("0ld", "torrents", "newvpn")).isEqualTo("new");
    assertThat(
            DockerWire.JSON.readTree(engine.sent("POST /containers/create")).path("Image").asText())
        .isEqualTo("torrents:2");
  }
}
