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
import java.util.concurrent.CountDownLatch;

/** Tells when a fleet is as it must be in the end. */
final class Judge {
  private static final Duration WELL_FOR = Duration.ofSeconds(4);
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(200);

  private final Fleet fleet;
  private final Worker worker;
  private final Timeline timeline;
  private String containers = "nobody has looked yet";
  private String all = "nobody has looked yet";

  Judge(Fleet fleet, Worker worker, Timeline timeline) {
    this.fleet = fleet;
    this.worker = worker;
    this.timeline = timeline;
  }

  /**
   * Since when all has been well, in seconds of the timeline.
   *
   * @param back since when every container has run, attached and answering
   * @param all since when the worker has said so too, with no outage open; negative: it never has
   */
  record Well(double back, double all) {
    boolean is() {
      return all >= 0;
    }
  }

  /**
   * Looks on until all is well after the last fault.
   *
   * @param over at zero when the last fault has ended
   * @param longest how long after that all has to be well
   */
  Well await(CountDownLatch over, Duration longest) throws InterruptedException {
    double ended = Double.MAX_VALUE;
    double back = -1;
    double well = -1;
    String told = "";
    while (timeline.seconds() < ended + longest.toSeconds() || well >= 0) {
      double now = timeline.seconds();
      if (over.getCount() == 0) {
        ended = Math.min(ended, now);
      }
      look();
      back = since(back, containers, now);
      well = since(well, all, now);
      if (!all.equals(told)) {
        timeline.add(all.isEmpty() ? "all is well" : "lacks: " + all);
        told = all;
      }
      // A fault is not seen in its first moment: well before it is no proof.
      if (well >= 0 && now - Math.max(well, ended) > WELL_FOR.toSeconds()) {
        return new Well(back, well);
      }
      Thread.sleep(BETWEEN_LOOKS);
    }
    return new Well(back, -1);
  }

  private static double since(double before, String lacks, double now) {
    if (!lacks.isEmpty()) {
      return -1;
    }
    return before < 0 ? now : before;
  }

  /** What is not as it must be in the end, by the last look. */
  String lacks() {
    return all;
  }

  /** What an engine that does not answer the bench has is not known: as it was. */
  private void look() {
    try {
      Map<String, Seen> now = fleet.list();
      containers = lacks(now);
      all = containers.isEmpty() ? lacksInTheWorkersWord(worker.fleet(), now.values()) : containers;
    } catch (IOException away) {
      all = "the engine does not answer the bench: " + away.getMessage();
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
