package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonPointer;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.time.Duration;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A field of a wrong type is read as if it was not there, whichever it is. */
class ContainerReaderTest {
  private static final List<String> WRONG =
      List.of(
          "null",
          "7",
          "-1",
          "1.5",
          "true",
          "false",
          "\"x\"",
          "\"\"",
          "[]",
          "[7]",
          "{}",
          "{\"x\": {\"x\": 7}}");

  private static final String LISTED =
      """
      {"Id": "1", "Names": ["/a"], "Image": "i:1", "State": "running", "Status": "Up (healthy)",
       "Ports": [{"Type": "tcp", "PrivatePort": 80, "PublicPort": 8080}],
       "HostConfig": {"NetworkMode": "container:2"},
       "Labels": {"ondemand.app": "myservice", "acestream.http_port": "6878"}}
      """;

  private static final String INSPECTED =
      """
      {"Id": "1", "Name": "/a", "Config": {"Image": "i:1", "Labels": {"ondemand.app": "myservice"}},
       "State": {"Status": "exited", "Running": false, "Error": "cannot join", "ExitCode": 137,
         "StartedAt": "2026-01-01T12:00:00Z", "FinishedAt": "2026-01-01T13:00:00Z",
         "Health": {"Status": "unhealthy"}},
       "HostConfig": {"NetworkMode": "container:2", "AutoRemove": true,
         "RestartPolicy": {"Name": "no"}},
       "NetworkSettings": {"Ports": {"80/tcp": [{"HostIp": "", "HostPort": "8080"}]}}}
      """;

  private final ContainerReader reader =
      new ContainerReader(new DockerSettings("", Duration.ofSeconds(1), "ondemand.app"));

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/Names",
        "/Names/0",
        "/Image",
        "/State",
        "/Status",
        "/Ports",
        "/Ports/0",
        "/Ports/0/Type",
        "/Ports/0/PrivatePort",
        "/Ports/0/PublicPort",
        "/HostConfig",
        "/HostConfig/NetworkMode",
        "/Labels",
        "/Labels/acestream.http_port"
      })
  void inAListing(String field) throws JsonProcessingException {
    for (String wrong : WRONG) {
      if (isRight(LISTED, field, wrong)) {
        continue;
      }
      assertThat(reader.listed(with(LISTED, field, wrong)))
          .as(field + " " + wrong)
          .isEqualTo(reader.listed(with(LISTED, field, "")));
    }
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "/Name",
        "/Config",
        "/Config/Image",
        "/Config/Labels",
        "/Config/Labels/ondemand.app",
        "/State",
        "/State/Status",
        "/State/Running",
        "/State/Error",
        "/State/ExitCode",
        "/State/StartedAt",
        "/State/FinishedAt",
        "/State/Health",
        "/State/Health/Status",
        "/HostConfig",
        "/HostConfig/NetworkMode",
        "/HostConfig/AutoRemove",
        "/HostConfig/RestartPolicy",
        "/HostConfig/RestartPolicy/Name",
        "/NetworkSettings",
        "/NetworkSettings/Ports",
        "/NetworkSettings/Ports/80~1tcp",
        "/NetworkSettings/Ports/80~1tcp/0",
        "/NetworkSettings/Ports/80~1tcp/0/HostPort"
      })
  void inAnInspectAnswer(String field) throws JsonProcessingException {
    for (String wrong : WRONG) {
      if (isRight(INSPECTED, field, wrong)) {
        continue;
      }
      assertThat(reader.inspected(with(INSPECTED, field, wrong)))
          .as(field + " " + wrong)
          .isEqualTo(reader.inspected(with(INSPECTED, field, "")));
    }
  }

  /** Of the type that belongs there. */
  private static boolean isRight(String json, String field, String value)
      throws JsonProcessingException {
    JsonNode right = DockerWire.JSON.readTree(json).at(field);
    JsonNode wrong = DockerWire.JSON.readTree(value);
    return right.isInt() ? wrong.isInt() : right.getNodeType() == wrong.getNodeType();
  }

  /** One field is another value there; with an empty one it is not there. */
  private static JsonNode with(String json, String field, String value)
      throws JsonProcessingException {
    JsonNode whole = DockerWire.JSON.readTree(json);
    JsonPointer path = JsonPointer.compile(field);
    String name = path.last().getMatchingProperty();
    switch (whole.at(path.head())) {
      case ObjectNode object when value.isEmpty() -> object.remove(name);
      case ObjectNode object -> object.set(name, DockerWire.JSON.readTree(value));
      case ArrayNode array when value.isEmpty() -> array.removeAll();
      case ArrayNode array -> array.set(0, DockerWire.JSON.readTree(value));
      default -> throw new IllegalArgumentException(field);
    }
    return whole;
  }
}
