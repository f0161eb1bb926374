package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Asks the worker again and again what it knows: no engine that is there is forgotten. */
final class Inquiry {
  private static final long ASK_MILLIS = 500;

  private final Fleet fleet;
  private final Worker worker;
  private final Before before;
  private final Eyes eyes;
  private final Violations violations;
  private final Timeline timeline;
  private Set<String> doubtful = Set.of();

  Inquiry(
      Fleet fleet,
      Worker worker,
      Before before,
      Eyes eyes,
      Violations violations,
      Timeline timeline) {
    this.fleet = fleet;
    this.worker = worker;
    this.before = before;
    this.eyes = eyes;
    this.violations = violations;
    this.timeline = timeline;
  }

  /** Goes on until it is over. */
  void ask(BooleanSupplier over) throws InterruptedException {
    String last = "";
    while (!over.getAsBoolean()) {
      JsonNode answer = worker.fleet();
      String told = "worker: no answer";
      if (answer.has("engines")) {
        judgeMemory(answer);
        told = "worker: " + summary(answer);
      }
      if (!told.equals(last) && !over.getAsBoolean()) {
        timeline.add(told);
        last = told;
      }
      Thread.sleep(ASK_MILLIS);
    }
  }

  /**
   * Each engine that was there, and is, is known; twice, as it may be removed between a look and an
   * answer. While the engine is away all of them are: nobody can have removed one.
   */
  private void judgeMemory(JsonNode answer) {
    Set<String> known = new TreeSet<>();
    answer.path("engines").forEach(e -> known.add(e.path("name").asText()));
    Map<String, Seen> there = eyes.last();
    Set<String> forgotten = new TreeSet<>();
    for (Seen one : before.containers()) {
      Seen now = there.get(one.name());
      boolean isThere = now == null ? there.isEmpty() && !before.isHit(one) : now.isEngine();
      if (one.isEngine() && isThere && !known.contains(one.name())) {
        forgotten.add(fleet.shortly(one.name()));
      }
    }
    Set<String> again = new TreeSet<>(forgotten);
    again.retainAll(doubtful);
    again.forEach(name -> violations.add("forgotten by the worker: " + name));
    doubtful = forgotten;
  }

  private static String summary(JsonNode answer) {
    StringBuilder text = new StringBuilder("docker " + answer.path("docker").asText());
    for (JsonNode vpn : answer.path("vpns")) {
      text.append("; ").append(vpn.path("name").asText().replaceFirst(".*-", ""));
      text.append(' ').append(vpn.path("state").asText());
      text.append(' ').append(vpn.path("reachable").asInt());
      text.append('/').append(vpn.path("engines").asInt());
      if (vpn.path("outage").isObject()) {
        text.append(" outage: ").append(vpn.path("outage").path("phase").asText());
      }
    }
    String frozen = answer.path("frozen").asText();
    return frozen.isEmpty() ? text.toString() : text + "; FROZEN: " + frozen;
  }
}
