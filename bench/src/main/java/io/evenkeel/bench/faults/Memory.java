package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What the worker has told of so far, and must not forget. */
final class Memory {
  private final Fleet fleet;
  private final Before before;
  private final Set<String> told = new HashSet<>();

  Memory(Fleet fleet, Before before) {
    this.fleet = fleet;
    this.before = before;
    before.containers().forEach(one -> told.add(one.id()));
  }

  /**
   * The engines that were there before the first fault, and are, and that an answer does not tell
   * of. While the engine is away all of them are there: nobody can have removed one.
   *
   * @param there what the bench itself saw last, by name
   */
  Set<String> forgotten(JsonNode answer, Map<String, Seen> there) {
    Set<String> known = new TreeSet<>();
    for (JsonNode engine : answer.path("engines")) {
      known.add(engine.path("name").asText());
      told.add(engine.path("containerId").asText());
    }
    Set<String> forgotten = new TreeSet<>();
    for (Seen one : before.containers()) {
      if (one.isEngine() && !known.contains(one.name()) && isThere(one, there)) {
        forgotten.add(fleet.shortly(one.name()));
      }
    }
    return forgotten;
  }

  /**
   * An engine that the bench removed is another one when it is made anew: it can only be forgotten
   * once it was told of. One that the worker itself replaces is known by its name all the time.
   */
  private boolean isThere(Seen one, Map<String, Seen> there) {
    Seen now = there.get(one.name());
    if (now == null) {
      return there.isEmpty() && !before.isHit(one);
    }
    return now.isEngine() && (!before.isHit(one) || told.contains(now.id()));
  }
}
