package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.docker.DockerWire.Answer;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.End;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import io.evenkeel.port.NewContainer;
import io.micrometer.core.instrument.MeterRegistry;
import java.io.IOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Optional;

/** The containers of a real engine, 20.10 to current; any thread. */
public final class DockerContainers implements Containers, AutoCloseable {
  private static final int FORBIDDEN = 403;
  private static final Duration PING_DEADLINE = Duration.ofSeconds(1);
  private static final Duration PAST_DEADLINE = Duration.ofSeconds(5);
  private static final Duration MARGIN = Duration.ofSeconds(5);

  private final DockerWire wire;
  private final ContainerReader reader;

  public DockerContainers(DockerSettings settings, MeterRegistry metrics) {
    this.wire = new DockerWire(settings, metrics);
    this.reader = new ContainerReader(settings);
  }

  DockerWire wire() {
    return wire;
  }

  @Override
  public List<Container> list() {
    return wire
        .each(
            "list",
            "/containers/json?all=1",
            entry -> {
              requireId(entry, "list");
              return reader.listed(entry);
            })
        .stream()
        .flatMap(Optional::stream)
        .toList();
  }

  @Override
  public Optional<Container> inspect(String idOrName, Duration deadline) {
    return inspectRaw(idOrName, deadline).map(reader::inspected);
  }

  Optional<JsonNode> inspectRaw(String idOrName, Duration deadline) {
    Answer answer = wire.get("inspect", "/containers/" + encoded(idOrName) + "/json", deadline);
    if (answer.status() == 404) {
      return Optional.empty();
    }
    expect(answer, "inspect of " + idOrName, idOrName);
    JsonNode container = answer.json();
    requireId(container, "inspect of " + idOrName);
    return Optional.of(container);
  }

  /** What is no container is a failure of the engine, not an empty one. */
  private static void requireId(JsonNode container, String what) {
    if (ContainerReader.text(container.path("Id")).isEmpty()) {
      throw new DockerFailure(
          Kind.SERVER_ERROR, what + ": the engine's answer has no container's id", null);
    }
  }

  @Override
  public End end(String id) {
    Instant now = Instant.now();
    String until = String.format(Locale.ROOT, "%d.%09d", now.getEpochSecond(), now.getNano());
    Answer answer = wire.get("events", "/events?since=1&until=" + until, PAST_DEADLINE);
    expect(answer, "events of the past", "");
    return new RememberedEvents(answer.text()).endOf(id);
  }

  @Override
  public Outcome start(String idOrName) {
    return act("start", idOrName, "/start", wire.timeout());
  }

  @Override
  public Outcome stop(String idOrName, Duration grace) {
    return act("stop", idOrName, "/stop?t=" + grace.toSeconds(), afterGrace(grace));
  }

  @Override
  public Outcome restart(String idOrName, Duration grace) {
    return act("restart", idOrName, "/restart?t=" + grace.toSeconds(), afterGrace(grace));
  }

  private Duration afterGrace(Duration grace) {
    Duration deadline = grace.plus(MARGIN);
    return deadline.compareTo(wire.timeout()) < 0 ? deadline : wire.timeout();
  }

  @Override
  public Outcome kill(String idOrName) {
    try {
      return act("kill", idOrName, "/kill", wire.timeout());
    } catch (DockerFailure failure) {
      String text = failure.getMessage() == null ? "" : failure.getMessage();
      if (text.contains("is not running")) {
        return Outcome.ALREADY_SO;
      }
      throw failure;
    }
  }

  @Override
  public Outcome unpause(String idOrName) {
    try {
      return act("unpause", idOrName, "/unpause", wire.timeout());
    } catch (DockerFailure failure) {
      String text = failure.getMessage() == null ? "" : failure.getMessage();
      if (text.contains("is not paused")) {
        return Outcome.ALREADY_SO;
      }
      throw failure;
    }
  }

  @Override
  public Outcome rename(String id, String newName) {
    Optional<Container> now = inspect(id, wire.timeout());
    if (now.isPresent() && now.get().name().equals(newName)) {
      return Outcome.ALREADY_SO;
    }
    return act("rename", id, "/rename?name=" + encoded(newName), wire.timeout());
  }

  @Override
  public String create(NewContainer wanted) {
    ObjectNode body = DockerWire.JSON.createObjectNode();
    body.put("Image", wanted.image());
    ArrayNode environment = body.putArray("Env");
    wanted.environment().forEach((key, value) -> environment.add(key + "=" + value));
    if (!wanted.command().isEmpty()) {
      ArrayNode command = body.putArray("Cmd");
      wanted.command().forEach(command::add);
    }
    ObjectNode labels = body.putObject("Labels");
    wanted.labels().forEach(labels::put);
    body.putObject("HostConfig").put("NetworkMode", "container:" + wanted.namespaceOwnerId());
    return created(wanted.name(), body);
  }

  @Override
  public void requireKept(String id) {
    JsonNode container = required(id);
    String _ = imageOf(container);
    for (String other : recreation(container, "").needs()) {
      if (inspectRaw(other, wire.timeout()).isEmpty()) {
        throw notKept(container, "it joins a namespace of " + other + ", which is gone");
      }
    }
  }

  @Override
  public String createLike(String oldId, String name, String namespaceOwnerId) {
    JsonNode old = required(oldId);
    Recreation recreation = recreation(old, namespaceOwnerId);
    return created(
        name,
        recreation.body(imageOf(old), other -> inspectRaw(other, wire.timeout()).isPresent()));
  }

  private static Recreation recreation(JsonNode container, String namespaceOwnerId) {
    Recreation recreation = new Recreation(container, namespaceOwnerId);
    if (recreation.hasOwnNetwork()) {
      String mode = container.path("HostConfig").path("NetworkMode").asText();
      throw notKept(container, "it has a network of its own, " + mode);
    }
    return recreation;
  }

  private JsonNode required(String id) {
    return inspectRaw(id, wire.timeout())
        .orElseThrow(() -> new DockerFailure(Kind.NOT_FOUND, "there is no container " + id, null));
  }

  /**
   * The name of its image, or its id where that name means another one by now: an outage updates
   * nothing.
   */
  private String imageOf(JsonNode container) {
    String name = container.path("Config").path("Image").asText();
    String id = container.path("Image").asText();
    Answer named = image(name);
    // A proxy before the engine may let nobody ask for images.
    if (named.status() == FORBIDDEN || imageId(name, named).equals(id)) {
      return name;
    }
    if (imageId(id, image(id)).isEmpty()) {
      throw notKept(container, "its image " + name + ", " + id + ", is no longer on the host");
    }
    return id;
  }

  private Answer image(String nameOrId) {
    // The slashes of a name stay as they are.
    String path = encoded(nameOrId).replace("%2F", "/");
    return wire.get("image", "/images/" + path + "/json", wire.timeout());
  }

  /** Empty where there is no such image. */
  private String imageId(String nameOrId, Answer answer) {
    if (answer.status() == 404) {
      return "";
    }
    expect(answer, "inspect of image " + nameOrId, "");
    return answer.json().path("Id").asText();
  }

  private static DockerFailure notKept(JsonNode container, String why) {
    String name = container.path("Name").asText().substring(1);
    return new DockerFailure(
        Kind.NOT_KEPT, name + " cannot be made again as it is, and is left: " + why, null);
  }

  private String created(String name, JsonNode body) {
    Answer answer =
        wire.post("create", "/containers/create?name=" + encoded(name), body, wire.timeout());
    expect(answer, "create of " + name, "");
    return answer.json().path("Id").asText();
  }

  @Override
  public Outcome remove(String idOrName, boolean force) {
    Answer answer =
        wire.delete(
            "remove", "/containers/" + encoded(idOrName) + "?v=0&force=" + force, wire.timeout());
    if (answer.status() == 404 || answer.text().contains("is already in progress")) {
      return Outcome.ALREADY_SO;
    }
    expect(answer, "removal of " + idOrName, idOrName);
    return Outcome.DONE;
  }

  @Override
  public boolean ping() {
    try {
      return wire.get("ping", "/_ping", PING_DEADLINE).status() == 200;
    } catch (DockerFailure failure) {
      return false;
    }
  }

  private Outcome act(String verb, String idOrName, String path, Duration deadline) {
    Answer answer = wire.post(verb, "/containers/" + encoded(idOrName) + path, null, deadline);
    if (answer.status() == 304) {
      return Outcome.ALREADY_SO;
    }
    expect(answer, verb + " of " + idOrName, idOrName);
    return Outcome.DONE;
  }

  private static void expect(Answer answer, String what, String asked) {
    if (!answer.ok()) {
      throw Refusals.of(answer, what, asked);
    }
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    wire.close();
  }
}
