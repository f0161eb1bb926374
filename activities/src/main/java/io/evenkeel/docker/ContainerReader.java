package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.decide.Ports;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.fleet.Health;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** Reads containers from the engine's JSON; what is not there or malformed is empty. */
final class ContainerReader {
  private static final int LONGEST_LABEL = 256;
  private static final int LONGEST_ERROR = 300;

  private final DockerSettings settings;

  ContainerReader(DockerSettings settings) {
    this.settings = settings;
  }

  Container listed(JsonNode entry) {
    String text = entry.path("Status").asText();
    Map<Integer, Integer> ports = new TreeMap<>();
    for (JsonNode port : entry.path("Ports")) {
      if (port.path("Type").asText().equals("tcp") && port.path("PublicPort").asInt() > 0) {
        ports.put(port.path("PrivatePort").asInt(), port.path("PublicPort").asInt());
      }
    }
    return new Container(
        entry.path("Id").asText(),
        name(entry.path("Names").path(0).asText()),
        entry.path("Image").asText(),
        ContainerStatus.of(entry.path("State").asText()),
        healthInText(text),
        entry.path("HostConfig").path("NetworkMode").asText(),
        labels(entry.path("Labels")),
        ports,
        null,
        null,
        0,
        "",
        false);
  }

  Container inspected(JsonNode answer) {
    JsonNode state = answer.path("State");
    Map<Integer, Integer> ports = new TreeMap<>();
    answer
        .path("NetworkSettings")
        .path("Ports")
        .properties()
        .forEach(port -> {
          String[] parts = port.getKey().split("/", 2);
          int host = port.getValue().path(0).path("HostPort").asInt();
          int inside = Ports.parse(parts[0]);
          if (parts.length == 2 && parts[1].equals("tcp") && inside > 0 && host > 0) {
            ports.put(inside, host);
          }
        });
    String error = state.path("Error").asText();
    boolean running = state.path("Running").asBoolean();
    return new Container(
        answer.path("Id").asText(),
        name(answer.path("Name").asText()),
        answer.path("Config").path("Image").asText(),
        ContainerStatus.of(state.path("Status").asText()),
        health(state.path("Health").path("Status").asText()),
        answer.path("HostConfig").path("NetworkMode").asText(),
        labels(answer.path("Config").path("Labels")),
        ports,
        instant(state.path("StartedAt").asText()),
        instant(state.path("FinishedAt").asText()),
        running ? 0 : state.path("ExitCode").asInt(),
        error.length() > LONGEST_ERROR ? error.substring(0, LONGEST_ERROR) : error,
        true,
        answer.path("HostConfig").path("AutoRemove").asBoolean(),
        end(answer));
  }

  /**
   * What its restart policy proves: the engine starts it again after every end but one that it was
   * asked for. An error says that it tried.
   */
  private static End end(JsonNode answer) {
    String policy = answer.path("HostConfig").path("RestartPolicy").path("Name").asText();
    JsonNode state = answer.path("State");
    boolean asked =
        (policy.equals("always") || policy.equals("unless-stopped"))
            && state.path("Status").asText().equals("exited")
            && state.path("Error").asText().isEmpty();
    return asked ? End.ASKED : End.UNKNOWN;
  }

  private static String name(String withSlash) {
    return withSlash.startsWith("/") ? withSlash.substring(1) : withSlash;
  }

  private Map<String, String> labels(JsonNode labels) {
    Map<String, String> read = new TreeMap<>();
    labels
        .properties()
        .forEach(label -> {
          String value = label.getValue().asText();
          if (settings.reads(label.getKey()) && value.length() <= LONGEST_LABEL) {
            read.put(label.getKey(), value);
          }
        });
    return read;
  }

  private static Health healthInText(String status) {
    if (status.contains("(healthy)")) {
      return Health.HEALTHY;
    }
    if (status.contains("(unhealthy)")) {
      return Health.UNHEALTHY;
    }
    return status.contains("(health: starting)") ? Health.STARTING : Health.NONE;
  }

  private static Health health(String word) {
    return switch (word) {
      case "healthy" -> Health.HEALTHY;
      case "unhealthy" -> Health.UNHEALTHY;
      case "starting" -> Health.STARTING;
      default -> Health.NONE;
    };
  }

  static @Nullable Instant instant(String text) {
    if (text.isEmpty() || text.startsWith("0001-")) {
      return null;
    }
    try {
      return Instant.parse(text);
    } catch (DateTimeParseException garbled) {
      return null;
    }
  }
}
