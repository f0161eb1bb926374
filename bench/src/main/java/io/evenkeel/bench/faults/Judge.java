package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** Tells when a fleet is as it must be in the end. */
final class Judge {
  private static final Duration WELL_FOR = Duration.ofSeconds(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Fleet fleet;
  private final Worker worker;

  Judge(Fleet fleet, Worker worker) {
    this.fleet = fleet;
    this.worker = worker;
  }

  /** The seconds of the timeline since which all has been well; negative: it has not. */
  double awaitWell(Timeline timeline, Duration longest) throws InterruptedException {
    double until = timeline.seconds() + longest.toSeconds();
    double since = -1;
    String last = "";
    while (timeline.seconds() < until || since >= 0) {
      double now = timeline.seconds();
      String lacks = lacks();
      if (!lacks.equals(last)) {
        timeline.add(lacks.isEmpty() ? "all is well" : "lacks: " + lacks);
        last = lacks;
      }
      if (!lacks.isEmpty()) {
        since = -1;
      } else if (since < 0) {
        since = now;
      } else if (now - since > WELL_FOR.toSeconds()) {
        return since;
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return -1;
  }

  /** What is not yet as it must be in the end; empty: all is well. */
  String lacks() {
    try {
      Map<String, Seen> now = fleet.list();
      String wrong = lacks(now);
      return wrong.isEmpty() ? lacksInTheWorkersWord(worker.fleet(), now.values()) : wrong;
    } catch (IOException away) {
      return "the engine does not answer the bench: " + away.getMessage();
    }
  }

  private String lacks(Map<String, Seen> now) throws IOException {
    List<Seen> engines = now.values().stream().filter(Seen::isEngine).toList();
    if (engines.size() != fleet.target() || now.size() != fleet.target() + 4) {
      return now.size() + " containers, " + engines.size() + " of them engines";
    }
    for (Seen one : now.values()) {
      if (!one.running() || one.name().endsWith(Fleet.ASIDE)) {
        return fleet.shortly(one.name()) + " is " + one.state();
      }
    }
    for (int number = 1; number <= 2; number++) {
      JsonNode vpn = fleet.inspect(fleet.vpn(number));
      String id = vpn.path("Id").asText();
      String start = vpn.path("State").path("StartedAt").asText();
      String name = fleet.vpn(number);
      List<Seen> its = engines.stream().filter(c -> c.vpn().equals(name)).toList();
      if (its.size() != fleet.target() / 2) {
        return its.size() + " engines behind vpn" + number;
      }
      for (Seen one : its) {
        if (!one.owner().equals(id) || before(fleet.startedAt(one.id()), start)) {
          return fleet.shortly(one.name()) + " is not attached";
        }
      }
      Seen guest = now.get(fleet.guest(number));
      if (guest == null
          || !guest.owner().equals(id)
          || before(fleet.startedAt(guest.id()), start)) {
        return "guest" + number + " is not attached";
      }
      for (Seen one : its) {
        if (!Reach.answers(one.port())) {
          return fleet.shortly(one.name()) + " does not answer";
        }
      }
      if (!Reach.answers(fleet.guestPort(number))) {
        return "guest" + number + " does not answer";
      }
    }
    return "";
  }

  private static boolean before(String one, String other) {
    return Instant.parse(one).isBefore(Instant.parse(other));
  }

  private String lacksInTheWorkersWord(JsonNode answer, Collection<Seen> now) {
    if (!answer.has("engines")) {
      return "the worker does not answer";
    }
    Set<String> shown = new TreeSet<>();
    answer
        .path("engines")
        .forEach(e -> {
          if (e.path("reachable").asBoolean()) {
            shown.add(e.path("name").asText());
          }
        });
    for (Seen one : now) {
      if (one.isEngine() && !shown.contains(one.name())) {
        return "the worker does not show " + fleet.shortly(one.name());
      }
    }
    for (JsonNode vpn : answer.path("vpns")) {
      if (vpn.path("outage").isObject()) {
        return "an outage is open: " + vpn.path("outage");
      }
    }
    return "";
  }
}
