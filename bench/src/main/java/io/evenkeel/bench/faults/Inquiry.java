package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.Set;
import java.util.TreeSet;
import java.util.function.BooleanSupplier;

/** Asks the worker again and again what it knows: no engine that is there is forgotten. */
final class Inquiry {
  private static final long ASK_MILLIS = 500;

  private final Worker worker;
  private final Memory memory;
  private final Eyes eyes;
  private final Violations violations;
  private final Timeline timeline;
  private Set<String> doubtful = Set.of();

  Inquiry(Worker worker, Memory memory, Eyes eyes, Violations violations, Timeline timeline) {
    this.worker = worker;
    this.memory = memory;
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
   * What two answers in a row do not tell: an engine may be removed between a look and an answer.
   */
  private void judgeMemory(JsonNode answer) {
    Set<String> forgotten = memory.forgotten(answer, eyes.last());
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
