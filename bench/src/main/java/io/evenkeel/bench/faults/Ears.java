package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.io.IOException;
import java.util.HashMap;
import java.util.Map;
import java.util.Set;
import java.util.function.BooleanSupplier;

/** Hears the engine's events: who is touched that no fault has hit. */
final class Ears {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long AGAIN_MILLIS = 500;
  private static final Set<String> TOUCHES =
      Set.of("start", "die", "kill", "stop", "restart", "destroy", "rename", "pause", "unpause");

  private final Fleet fleet;
  private final Before before;
  private final Violations violations;
  private final Timeline timeline;
  private final Map<String, Seen> byId = new HashMap<>();

  Ears(Fleet fleet, Before before, Violations violations, Timeline timeline) {
    this.fleet = fleet;
    this.before = before;
    this.violations = violations;
    this.timeline = timeline;
    before.containers().forEach(c -> byId.put(c.id(), c));
  }

  /** Goes on until it is over; an engine that is away is followed again when it is back. */
  void follow(BooleanSupplier over) throws InterruptedException {
    long since = System.currentTimeMillis() / 1000;
    String filter = EngineApi.encoded("{\"type\":[\"container\"]}");
    while (!over.getAsBoolean()) {
      try {
        fleet
            .api()
            .follow(
                "/events?filters=" + filter + "&since=" + since,
                line -> {
                  if (!over.getAsBoolean()) {
                    hear(line);
                  }
                });
      } catch (IOException away) {
        // The list is looked at all the same.
      }
      since = System.currentTimeMillis() / 1000;
      Thread.sleep(AGAIN_MILLIS);
    }
  }

  private void hear(String line) {
    try {
      JsonNode event = JSON.readTree(line);
      String name = event.path("Actor").path("Attributes").path("name").asText();
      String action = event.path("Action").asText();
      if (!name.startsWith(fleet.name())
          || !(TOUCHES.contains(action) || action.equals("create"))) {
        return;
      }
      timeline.add("event " + action + " " + fleet.shortly(name));
      Seen known = byId.get(event.path("id").asText());
      if (known != null && TOUCHES.contains(action) && before.isWronged(known)) {
        violations.add("not hit by any fault, yet touched: " + action + " " + fleet.shortly(name));
      }
    } catch (IOException garbled) {
      timeline.add("an event that is no JSON: " + line);
    }
  }
}
