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
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads containers from the engine's JSON; what is not there or malformed is empty. Whatever a
 * container says of itself, what is read of it is small: it goes into workflows' histories.
 */
final class ContainerReader {
  private static final Logger log = LoggerFactory.getLogger(ContainerReader.class);
  private static final int LONGEST = 256;
  private static final int LONGEST_ERROR = 300;
  private static final int LARGEST_PORT = 65_535;

  /** Each is told of once; so many are remembered. */
  private static final int MOST_TOLD = 1_000;

  private final DockerSettings settings;
  private final Set<String> told = ConcurrentHashMap.newKeySet();

  ContainerReader(DockerSettings settings) {
    this.settings = settings;
  }

  /** Empty for one whose name is too long to be known by. */
  Optional<Container> listed(JsonNode entry) {
    String id = cut(entry.path("Id"));
    if (entry.path("Names").path(0).asText().length() > LONGEST) {
      tell(id, "its name is longer than " + LONGEST + ": it is left out");
      return Optional.empty();
    }
    String text = entry.path("Status").asText();
    Map<Integer, Integer> ports = new TreeMap<>();
    for (JsonNode port : entry.path("Ports")) {
      int inside = port(port.path("PrivatePort"));
      int host = port(port.path("PublicPort"));
      if (port.path("Type").asText().equals("tcp") && inside > 0 && host > 0) {
        ports.put(inside, host);
      }
    }
    return Optional.of(
        new Container(
            id,
            name(cut(entry.path("Names").path(0))),
            cut(entry.path("Image")),
            ContainerStatus.of(entry.path("State").asText()),
            healthInText(text),
            cut(entry.path("HostConfig").path("NetworkMode")),
            labels(id, entry.path("Labels")),
            ports,
            null,
            null,
            0,
            "",
            false));
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
          int host = Ports.parse(port.getValue().path(0).path("HostPort").asText());
          int inside = Ports.parse(parts[0]);
          if (parts.length == 2 && parts[1].equals("tcp") && inside > 0 && host > 0) {
            ports.put(inside, host);
          }
        });
    String error = state.path("Error").asText();
    boolean running = state.path("Running").asBoolean();
    String id = cut(answer.path("Id"));
    return new Container(
        id,
        name(cut(answer.path("Name"))),
        cut(answer.path("Config").path("Image")),
        ContainerStatus.of(state.path("Status").asText()),
        health(state.path("Health").path("Status").asText()),
        cut(answer.path("HostConfig").path("NetworkMode")),
        labels(id, answer.path("Config").path("Labels")),
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

  private static String cut(JsonNode text) {
    String whole = text.asText();
    return whole.length() > LONGEST ? whole.substring(0, LONGEST) : whole;
  }

  private static int port(JsonNode number) {
    int port = number.isInt() ? number.asInt() : 0;
    return port > 0 && port <= LARGEST_PORT ? port : 0;
  }

  private Map<String, String> labels(String id, JsonNode labels) {
    Map<String, String> read = new TreeMap<>();
    labels
        .properties()
        .forEach(label -> {
          String value = label.getValue().asText();
          if (!settings.reads(label.getKey())) {
            return;
          }
          if (value.length() > LONGEST || value.chars().anyMatch(Character::isISOControl)) {
            tell(id, "its label " + label.getKey() + " is no text of one short line: not read");
            return;
          }
          read.put(label.getKey(), value);
        });
    return read;
  }

  private void tell(String id, String line) {
    if (told.size() < MOST_TOLD && told.add(id + line)) {
      log.warn("container {}: {}", id, line);
    }
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
