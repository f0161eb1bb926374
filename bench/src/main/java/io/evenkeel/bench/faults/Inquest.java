package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Target;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.io.IOException;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/** What only the end tells: who was touched, the volumes, the history of every outage. */
final class Inquest {
  private static final List<String> PHASES =
      List.of("preserve", "confirm", "revive", "settle", "reattach", "reindex", "rebalance");

  private final Fleet fleet;
  private final Before before;
  private final Violations violations;
  private final Timeline timeline;

  Inquest(Fleet fleet, Before before, Violations violations, Timeline timeline) {
    this.fleet = fleet;
    this.before = before;
    this.violations = violations;
    this.timeline = timeline;
  }

  /**
   * Judges a fleet that is well again.
   *
   * @param outages what the product tells of its outages
   * @param began when the plan did
   * @param done what became of its faults
   */
  void hold(JsonNode outages, Instant began, List<Hands.Done> done) throws IOException {
    Map<String, Seen> now = fleet.list();
    for (Seen one : before.containers()) {
      Seen after = now.get(one.name());
      boolean same =
          after != null
              && after.id().equals(one.id())
              && fleet.startedAt(after.id()).equals(before.startedAt(one));
      if (!same && before.isWronged(one)) {
        violations.add("not hit by any fault, yet not the same: " + fleet.shortly(one.name()));
      }
    }
    for (int vpn = 1; vpn <= 2; vpn++) {
      Map<String, String> volumes = fleet.volumes(vpn);
      if (!volumes.equals(before.volumesOfGuest(vpn))) {
        violations.add("the volumes of guest" + vpn + " were not kept: " + volumes);
      }
    }
    judgeHistory(outages, began, done);
  }

  /** Every outage is whole and closed, none overlaps another one, none is missing. */
  void judgeHistory(JsonNode outages, Instant began, List<Hands.Done> done) {
    if (!outages.isArray()) {
      violations.add("the outages cannot be read: " + outages);
      return;
    }
    List<Told> ofThisPlan = new ArrayList<>();
    for (JsonNode outage : outages) {
      Told told = told(outage);
      if (!told.opened().isBefore(began)) {
        ofThisPlan.add(told);
        timeline.add(
            "history: " + fleet.shortly(told.vpn()) + " " + told.cause() + " -> " + told.result());
      }
    }
    judgeOrder(ofThisPlan);
    Set<String> vpns = new TreeSet<>();
    ofThisPlan.forEach(told -> vpns.add(told.vpn()));
    for (Hands.Done one : done) {
      Fault fault = one.fault();
      boolean ends = fault.kind().target() == Target.VPN && fault.kind() != Kind.VPN_PAUSED;
      if (ends && one.happened() && !vpns.contains(fleet.vpn(fault.vpn()))) {
        violations.add("the history has no outage of vpn" + fault.vpn());
      }
    }
  }

  /** One outage of the history. */
  private record Told(String vpn, String cause, Instant opened, Instant closed, String result) {}

  private Told told(JsonNode outage) {
    Instant opened = instant(outage.path("openedAt"));
    JsonNode end = outage.path("closedAt");
    boolean closed = end.isNumber() || end.isTextual();
    String result = outage.path("result").asText();
    if (!closed || result.isEmpty()) {
      violations.add("an outage has not closed: " + outage);
    }
    List<String> phases = new ArrayList<>();
    outage.path("phases").forEach(p -> phases.add(p.path("phase").asText()));
    if (phases.isEmpty() || (result.equals("restored") && !phases.containsAll(PHASES))) {
      violations.add("an outage does not tell of all its phases: " + outage);
    }
    return new Told(
        outage.path("vpn").asText(),
        outage.path("cause").asText(),
        opened,
        closed ? instant(end) : Instant.MAX,
        result);
  }

  /** Never two outages of one VPN at a time. */
  private void judgeOrder(List<Told> all) {
    List<Told> inOrder = all.stream().sorted(Comparator.comparing(Told::opened)).toList();
    for (int vpn = 1; vpn <= 2; vpn++) {
      Instant last = Instant.MIN;
      for (Told one : inOrder) {
        if (one.vpn().equals(fleet.vpn(vpn))) {
          if (one.opened().isBefore(last)) {
            violations.add("two outages of vpn" + vpn + " at a time: " + all);
          }
          last = one.closed();
        }
      }
    }
  }

  private static Instant instant(JsonNode at) {
    return at.isNumber()
        ? Instant.ofEpochMilli((long) (at.asDouble() * 1000))
        : Instant.parse(at.asText());
  }
}
