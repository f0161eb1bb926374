package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import io.evenkeel.fleet.End;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.io.IOException;
import java.time.Duration;
import java.util.List;

/**
 * The events that an engine still has of the past: the last 256 of all its containers, and none
 * from before its own start.
 */
final class RememberedEvents {
  private static final int MOST = 256;

  /** A kill or stop this shortly before the end was its cause. */
  private static final Duration ASKED_RECENTLY = Duration.ofSeconds(30);

  private final List<JsonNode> events;

  /** Reads the engine's answer, oldest first. */
  RememberedEvents(String answer) {
    try (MappingIterator<JsonNode> read =
        DockerWire.JSON.readerFor(JsonNode.class).readValues(answer)) {
      this.events = read.readAll();
    } catch (IOException garbled) {
      throw new DockerFailure(Kind.SERVER_ERROR, "events: the answer is not JSON", garbled);
    }
  }

  /** How that container's last run has ended; a crash only where a stop would be remembered too. */
  End endOf(String id) {
    long asked = Long.MIN_VALUE;
    boolean whole = events.size() < MOST;
    End end = End.UNKNOWN;
    for (JsonNode event : events) {
      if (!event.path("Actor").path("ID").asText().equals(id)) {
        continue;
      }
      long at = event.path("timeNano").asLong();
      switch (event.path("Action").asText()) {
        case "kill", "stop" -> asked = at;
        case "start" -> {
          asked = Long.MIN_VALUE;
          whole = true;
        }
        case "die" -> {
          boolean known = whole || oldest() <= at - ASKED_RECENTLY.toNanos();
          end = isRecent(asked, at) ? End.ASKED : known ? End.CRASHED : End.UNKNOWN;
        }
        default -> {}
      }
    }
    return end;
  }

  private static boolean isRecent(long asked, long ended) {
    return asked != Long.MIN_VALUE && ended - asked < ASKED_RECENTLY.toNanos();
  }

  private long oldest() {
    return events.getFirst().path("timeNano").asLong();
  }
}
