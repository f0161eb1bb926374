package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.docker.DockerWire.Answer;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Whatever the engine quotes, S3CR3T is not handed on, and the rest of its words is. */
class RedactionTest {
  private static final String SECRET = "S3CR3T";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "failed to mount local volume: mount //nas/films:/v/_data, data: addr=10.0.0.2,username=me,password=S3CR3T: permission denied",
        "failed to mount local volume: mount //nas/films:/v/_data, data: password=a S3CR3T,vers=3: permission denied",
        "failed to mount local volume: mount //nas/films:/v/_data, data: pass=S3CR3T",
        "Get \"https://me:S3CR3T@registry.example/v2/\": dial tcp: lookup failed",
        "Get \"https://me:S3CR3T@S3CR3T@registry.example/v2/\": dial tcp: lookup failed",
        "invalid environment: WIREGUARD_PRIVATE_KEY=S3CR3T is refused",
        "invalid environment: OPENVPN_PASSWORD=S3CR3T",
        "invalid environment: OPENVPN_PASSWORD=\"a S3CR3T\" is refused",
        "invalid environment: TOKEN='a S3CR3T', USER=me",
        "plugin: Authorization: Bearer S3CR3T was refused",
        "plugin: {\"auth\":\"S3CR3T\",\"user\":\"me\"}",
        "plugin: {\"Password\": \"a \\\"S3CR3T\",\"user\":\"me\"}",
        "log driver: splunk-token=S3CR3T is invalid",
      })
  void aSecretIsHidden(String words) {
    assertThat(Redaction.of(words)).doesNotContain(SECRET).contains("***");
    assertThat(Redaction.of(Redaction.of(words))).isEqualTo(Redaction.of(words));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "Conflict. The container name \"/vpn-passthrough\" is already in use by container \"0a1b\"",
        "cannot join network of a non running container: 0a1b",
        "No such container: 0a1b",
        "unauthorized: authentication required",
        "driver failed programming external connectivity on endpoint vpn: Bind for 0.0.0.0:8000 failed: port is already allocated",
        "invalid mount config for type \"bind\": bind source path does not exist: /srv/secrets",
        "error while creating mount source path '/srv/token/key': mkdir /srv: read-only file system",
        "OCI runtime create failed: exec: \"/key\": stat /key: no such file or directory: unknown",
        "Get \"https://registry.example/v2/\": dial tcp 10.0.0.1:443: connect: connection refused",
        "bad format for path \"x=y\": HTTP_PORT=70000 is out of range",
      })
  void whatIsNoSecretIsLeft(String words) {
    assertThat(Redaction.of(words)).isEqualTo(words);
  }

  @Test
  void whyAndWhereIsStillToldOfAMount() {
    assertThat(
            Redaction.of(
                "mount //nas/films:/v/_data, data: username=me,password=S3CR3T: permission denied"))
        .isEqualTo("mount //nas/films:/v/_data, data: ***: permission denied");
  }

  @Test
  void noFailureAndNoContainerHandsItOn() {
    String words = "no volume: mount //nas/films:/v, data: password=" + SECRET + ": denied";
    ObjectNode answer = JsonNodeFactory.instance.objectNode().put("Id", "0a1b").put("Name", "/a");
    answer.putObject("State").put("Status", "exited").put("Error", words);
    ObjectNode message = JsonNodeFactory.instance.objectNode().put("message", words);

    assertThat(Refusals.of(new Answer(500, message.toString()), "start of a", "a").getMessage())
        .doesNotContain(SECRET)
        .contains("//nas/films", "denied");
    assertThat(Refusals.of(new Answer(500, "password=" + SECRET), "start of a", "a").getMessage())
        .doesNotContain(SECRET);
    assertThat(
            new ContainerReader(new DockerSettings("", Duration.ofSeconds(1), "app"))
                .inspected(answer)
                .error())
        .doesNotContain(SECRET)
        .contains("//nas/films", "denied");
  }

  @Test
  void hostileWordsAreReadInATimeThatIsBounded() {
    String words = "pass".repeat(500_000) + "key=\"".repeat(1_000) + "https://".repeat(1_000);
    await().atMost(Duration.ofSeconds(60)).until(() -> Redaction.of(words).length() <= 8_192);
  }
}
