package io.evenkeel.docker;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.databind.JsonNode;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import io.evenkeel.watch.EventSource;
import io.evenkeel.watch.Life;
import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** A real engine's events and log streams, over connections of their own. */
public final class DockerEvents implements EventSource {
  private static final Logger log = LoggerFactory.getLogger(DockerEvents.class);

  /** Bytes; a container's labels are part of its events. */
  private static final int LARGEST_EVENT = 4 * 1024 * 1024;

  private static final Duration OPENING = Duration.ofSeconds(5);

  private final DockerContainers containers;
  private final String managerLabel;

  /**
   * Uses the same engine as these containers.
   *
   * @param managerLabel {@code key=value}, or a key
   */
  public DockerEvents(DockerContainers containers, String managerLabel) {
    this.containers = containers;
    this.managerLabel = managerLabel;
  }

  @Override
  public void follow(Listener listener, Runnable connected) {
    String filters = URLEncoder.encode("{\"type\":[\"container\"]}", StandardCharsets.UTF_8);
    try (Response response =
        containers.wire().open("events", "GET", "/events?filters=" + filters, OPENING)) {
      if (response.getStatusCode() >= 400) {
        log.warn("Docker refuses its events with {}; trying again", response.getStatusCode());
        return;
      }
      // Before the reader, which waits for the first bytes: an idle host sends none for hours.
      connected.run();
      try (BoundedEntries body = new BoundedEntries(response.getBody(), "events", LARGEST_EVENT);
          JsonParser parser = DockerWire.JSON.createParser(body)) {
        while (parser.nextToken() != null) {
          JsonNode event = parser.readValueAsTree();
          body.begin();
          String action = event.path("Action").asText();
          if (!action.startsWith("exec_")) {
            listener.on(read(event, action));
          }
        }
      }
    } catch (IOException | RuntimeException broken) {
      if (Thread.currentThread().isInterrupted()) {
        return; // We end it ourselves.
      }
      log.warn(
          "Docker's event stream broke: {}; reconnecting, then a full look", broken.toString());
    }
  }

  private Event read(JsonNode event, String action) {
    JsonNode attributes = event.path("Actor").path("Attributes");
    int equals = managerLabel.indexOf('=');
    String key = equals < 0 ? managerLabel : managerLabel.substring(0, equals);
    boolean managed =
        attributes.has(key)
            && (equals < 0
                || attributes.path(key).asText().equals(managerLabel.substring(equals + 1)));
    return new Event(
        action.split(":", 2)[0],
        event.path("Actor").path("ID").asText(),
        attributes.path("name").asText(),
        managed,
        Instant.ofEpochSecond(0, event.path("timeNano").asLong()));
  }

  @Override
  public Life life(String name, Duration deadline) {
    JsonNode answer =
        containers
            .inspectRaw(name, deadline)
            .orElseThrow(
                () -> new DockerFailure(Kind.NOT_FOUND, "there is no container " + name, null));
    JsonNode state = answer.path("State");
    Instant startedAt = ContainerReader.instant(state.path("StartedAt").asText());
    if (!state.path("Running").asBoolean()) {
      throw new DockerFailure(Kind.CONFLICT, name + " does not run", null);
    }
    return HostProcess.of(state.path("Pid").asLong(), answer.path("Id").asText())
        .<Life>map(process -> new Witnessed(startedAt, process))
        .orElseGet(() -> Life.unwitnessed(startedAt));
  }

  private record Witnessed(@Nullable Instant startedAt, HostProcess process) implements Life {
    @Override
    public boolean isWitnessed() {
      return true;
    }

    @Override
    public boolean awaitEnd(Duration longest) {
      return process.awaitEnd(longest);
    }

    @Override
    public void close() {
      process.close();
    }
  }

  @Override
  public Followed followLog(String name, Duration deadline) {
    String path = "/containers/" + URLEncoder.encode(name, StandardCharsets.UTF_8);
    Response response =
        containers
            .wire()
            .open("follow", "GET", path + "/logs?follow=1&tail=0&stdout=1&stderr=1", deadline);
    if (response.getStatusCode() >= 400 && response.getStatusCode() != 404) {
      // A logging driver that cannot be read, such as none.
      close(response);
      response =
          containers
              .wire()
              .open("attach", "POST", path + "/attach?stream=1&stdout=1&stderr=1", deadline);
    }
    if (response.getStatusCode() >= 400) {
      int status = response.getStatusCode();
      close(response);
      throw new DockerFailure(
          status == 404 ? Kind.NOT_FOUND : Kind.CONFLICT,
          "follow of " + name + ": the engine answers " + status,
          null);
    }
    return new Stream(response);
  }

  @Override
  public boolean ping() {
    return containers.ping();
  }

  private static void close(Response response) {
    try {
      response.close();
    } catch (UncheckedIOException alreadyBroken) {
      log.debug("closing a stream: {}", alreadyBroken.toString());
    }
  }

  private static final class Stream implements Followed {
    private final Response response;
    private final Thread reader;

    Stream(Response response) {
      this.response = response;
      // The only one that reads: a chunked body that two threads read is garbled.
      this.reader = Thread.ofVirtual().name("docker-stream").start(this::readToTheEnd);
    }

    private void readToTheEnd() {
      byte[] ignored = new byte[8192];
      try {
        InputStream body = response.getBody();
        while (body.read(ignored) >= 0) {
          // What it says is not ours to know.
        }
      } catch (IOException | RuntimeException broken) {
        log.debug("a followed stream broke: {}", broken.toString());
      }
    }

    @Override
    public void awaitEnd() {
      try {
        reader.join();
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean staysOpen(Duration time) {
      try {
        return !reader.join(time);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return false;
      }
    }

    @Override
    public void close() {
      DockerEvents.close(response);
    }
  }
}
