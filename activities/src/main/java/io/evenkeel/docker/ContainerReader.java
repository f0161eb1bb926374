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
    if (text(entry.path("Names").path(0)).length() > LONGEST) {
      tell(id, "its name is longer than " + LONGEST + ": it is left out");
      return Optional.empty();
    }
    String text = text(entry.path("Status"));
    Map<Integer, Integer> ports = new TreeMap<>();
    for (JsonNode port : entry.path("Ports")) {
      int inside = port(port.path("PrivatePort"));
      int host = port(port.path("PublicPort"));
      if (text(port.path("Type")).equals("tcp") && inside > 0 && host > 0) {
        ports.put(inside, host);
      }
    }
    return Optional.of(
        new Container(
            id,
            name(cut(entry.path("Names").path(0))),
            cut(entry.path("Image")),
            ContainerStatus.of(text(entry.path("State"))),
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
          int host = Ports.parse(text(port.getValue().path(0).path("HostPort")));
          int inside = Ports.parse(parts[0]);
          if (parts.length == 2 && parts[1].equals("tcp") && inside > 0 && host > 0) {
            ports.put(inside, host);
          }
        });
    String error = Secrets.masked(text(state.path("Error")));
    boolean running = state.path("Running").booleanValue();
    String id = cut(answer.path("Id"));
    return new Container(
        id,
        name(cut(answer.path("Name"))),
        cut(answer.path("Config").path("Image")),
        ContainerStatus.of(text(state.path("Status"))),
        health(text(state.path("Health").path("Status"))),
        cut(answer.path("HostConfig").path("NetworkMode")),
        labels(id, answer.path("Config").path("Labels")),
        ports,
        instant(text(state.path("StartedAt"))),
        instant(text(state.path("FinishedAt"))),
        running || !state.path("ExitCode").isInt() ? 0 : state.path("ExitCode").intValue(),
        error.length() > LONGEST_ERROR ? error.substring(0, LONGEST_ERROR) : error,
        true,
        answer.path("HostConfig").path("AutoRemove").booleanValue(),
        end(answer));
  }

  /**
   * What its restart policy proves: the engine starts it again after every end but one that it was
   * asked for. An error says that it tried.
   */
  private static End end(JsonNode answer) {
    String policy = text(answer.path("HostConfig").path("RestartPolicy").path("Name"));
    JsonNode state = answer.path("State");
    boolean asked =
        (policy.equals("always") || policy.equals("unless-stopped"))
            && text(state.path("Status")).equals("exited")
            && text(state.path("Error")).isEmpty();
    return asked ? End.ASKED : End.UNKNOWN;
  }

  private static String name(String withSlash) {
    return withSlash.startsWith("/") ? withSlash.substring(1) : withSlash;
  }

  /** Empty for what is no text. */
  static String text(JsonNode node) {
    return node.isTextual() ? node.asText() : "";
  }

  private static String cut(JsonNode node) {
    String whole = text(node);
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
          if (!settings.reads(label.getKey()) || !label.getValue().isTextual()) {
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
