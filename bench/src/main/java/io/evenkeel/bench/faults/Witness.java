package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Target;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.io.IOException;
import java.time.Instant;
import java.util.Collection;
import java.util.HashMap;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;

/**
 * Looks on while a plan is carried out, past the proxy, and tells what must never be. Fair: what a
 * fault of the plan has hit may be touched.
 */
final class Witness implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final long SAMPLE_MILLIS = 150;
  private static final long ASK_MILLIS = 500;
  private static final long AGAIN_MILLIS = 500;
  private static final Set<String> TOUCHES =
      Set.of("start", "die", "kill", "stop", "restart", "destroy", "rename", "pause", "unpause");

  private final Fleet fleet;
  private final Worker worker;
  private final Plan plan;
  private final Timeline timeline;
  private final Map<String, Seen> before;
  private final Map<String, String> startsBefore = new TreeMap<>();
  private final Map<Integer, Map<String, String>> volumesBefore = new TreeMap<>();
  private final Set<String> hit = ConcurrentHashMap.newKeySet();
  private final Set<String> violations = new LinkedHashSet<>();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;

  /** Takes down what is there, and begins to look on. */
  Witness(Fleet fleet, Worker worker, Plan plan, Timeline timeline) throws IOException {
    this.fleet = fleet;
    this.worker = worker;
    this.plan = plan;
    this.timeline = timeline;
    this.before = fleet.list();
    for (Seen one : before.values()) {
      startsBefore.put(one.name(), fleet.startedAt(one.id()));
    }
    for (int vpn = 1; vpn <= 2; vpn++) {
      volumesBefore.put(vpn, fleet.volumes(vpn));
    }
    begin(this::followEvents);
    begin(this::sample);
    begin(this::askTheWorker);
  }

  /** Work that goes on until this witness is closed. */
  private interface Work {
    void run() throws InterruptedException;
  }

  private void begin(Work work) {
    var _ =
        threads.submit(() -> {
          work.run();
          return "done";
        });
  }

  /** The name of the engine that a fault of the plan means. */
  String engine(Fault fault) {
    List<String> names =
        before.values().stream()
            .filter(c -> c.vpn().equals(fleet.vpn(fault.vpn())))
            .map(Seen::name)
            .toList();
    return names.get(fault.engine() % names.size());
  }

  /** From now on the bench itself touches this container. */
  void hits(String container) {
    hit.add(container);
  }

  synchronized void violation(String what) {
    if (violations.add(what)) {
      timeline.add("VIOLATION: " + what);
    }
  }

  synchronized List<String> violations() {
    return List.copyOf(violations);
  }

  private boolean enginesCome() {
    return plan.hasAny(Kind.ENGINE_REMOVED, Kind.ENGINE_RECREATED);
  }

  /** Whether nobody has a reason to touch it. */
  private boolean untouchable(Seen one) {
    boolean behindOne = one.vpn().equals(fleet.vpn(1)) || one.name().equals(fleet.guest(1));
    int vpn = behindOne || one.name().equals(fleet.vpn(1)) ? 1 : 2;
    return !plan.hits(vpn) && !hit.contains(one.name());
  }

  private void followEvents() throws InterruptedException {
    long since = System.currentTimeMillis() / 1000;
    Map<String, Seen> byId = new HashMap<>();
    before.values().forEach(c -> byId.put(c.id(), c));
    String filter = EngineApi.encoded("{\"type\":[\"container\"]}");
    while (!closed) {
      try {
        fleet
            .api()
            .follow("/events?filters=" + filter + "&since=" + since, line -> heard(line, byId));
      } catch (IOException away) {
        // The list is looked at all the same.
      }
      since = System.currentTimeMillis() / 1000;
      Thread.sleep(AGAIN_MILLIS);
    }
  }

  private void heard(String line, Map<String, Seen> byId) {
    if (closed) {
      return;
    }
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
      if (known != null && TOUCHES.contains(action) && untouchable(known) && !mayMove(known)) {
        violation("not hit by any fault, yet touched: " + action + " " + fleet.shortly(name));
      }
    } catch (IOException garbled) {
      timeline.add("an event that is no JSON: " + line);
    }
  }

  /**
   * An engine that somebody removes may unbalance the fleet: an idle one of the other VPN moves.
   */
  private boolean mayMove(Seen one) {
    return one.isEngine() && enginesCome();
  }

  private void sample() throws InterruptedException {
    Set<String> doubtful = Set.of();
    String last = "";
    while (!closed) {
      try {
        Map<String, Seen> now = fleet.list();
        Set<String> wrong = judge(now.values());
        // Twice: a list is no photograph.
        Set<String> again = new TreeSet<>(wrong);
        again.retainAll(doubtful);
        again.forEach(this::violation);
        doubtful = wrong;
        String told = tell(now.values());
        if (!told.equals(last)) {
          timeline.add(told);
          last = told;
        }
      } catch (IOException away) {
        doubtful = Set.of();
        if (!last.equals("engine away")) {
          last = "engine away";
          timeline.add("the engine does not answer the bench: " + away.getMessage());
        }
      }
      Thread.sleep(SAMPLE_MILLIS);
    }
  }

  private Set<String> judge(Collection<Seen> now) {
    Set<String> wrong = new TreeSet<>();
    List<Seen> running = now.stream().filter(Seen::running).filter(Seen::isEngine).toList();
    int most = fleet.target() + (plan.hasAny(Kind.ENGINE_RECREATED) ? 1 : 0);
    if (running.size() > most) {
      wrong.add(running.size() + " engines run, " + fleet.target() + " are wanted");
    }
    Map<String, Long> slots =
        now.stream()
            .filter(Seen::running)
            .collect(Collectors.groupingBy(Seen::slot, Collectors.counting()));
    slots.forEach((slot, count) -> {
      if (count > 1) {
        wrong.add(count + " containers run for the name " + fleet.shortly(slot));
      }
    });
    Map<String, Long> places =
        running.stream()
            .collect(
                Collectors.groupingBy(
                    c -> "port " + c.port() + " behind " + fleet.shortly(c.vpn()),
                    Collectors.counting()));
    places.forEach((place, count) -> {
      if (count > 1) {
        wrong.add(count + " engines run for " + place);
      }
    });
    return wrong;
  }

  private String tell(Collection<Seen> now) {
    StringBuilder text = new StringBuilder("containers:");
    for (int vpn = 1; vpn <= 2; vpn++) {
      String name = fleet.vpn(vpn);
      String state =
          now.stream()
              .filter(c -> c.name().equals(name))
              .map(Seen::state)
              .findFirst()
              .orElse("none");
      long running = now.stream().filter(c -> c.vpn().equals(name) && c.running()).count();
      long all = now.stream().filter(c -> c.vpn().equals(name)).count();
      text.append(" vpn").append(vpn).append(' ').append(state).append(' ');
      text.append(running).append('/').append(all).append(';');
    }
    now.stream()
        .filter(c -> c.name().endsWith(Fleet.ASIDE))
        .forEach(
            c -> text.append(' ').append(fleet.shortly(c.name())).append(' ').append(c.state()));
    return text.toString();
  }

  private void askTheWorker() throws InterruptedException {
    String last = "";
    while (!closed) {
      JsonNode answer = worker.fleet();
      String told = "worker: no answer";
      if (answer.has("engines")) {
        judgeMemory(answer);
        told = "worker: " + summary(answer);
      }
      if (!told.equals(last) && !closed) {
        timeline.add(told);
        last = told;
      }
      Thread.sleep(ASK_MILLIS);
    }
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

  /** Each engine that nobody has removed is known. */
  private void judgeMemory(JsonNode answer) {
    if (enginesCome()) {
      return; // Which of them lives on is judged at the end.
    }
    Set<String> known = new TreeSet<>();
    answer.path("engines").forEach(e -> known.add(e.path("name").asText()));
    for (Seen one : before.values()) {
      if (one.isEngine() && !known.contains(one.name())) {
        violation("forgotten by the worker: " + fleet.shortly(one.name()));
      }
    }
  }

  /** What only the end tells: who was touched, the volumes, the history. */
  void judgeTheEnd(JsonNode outages, Instant began) throws IOException {
    Map<String, Seen> now = fleet.list();
    for (Seen one : before.values()) {
      Seen after = now.get(one.name());
      if (untouchable(one)
          && !mayMove(one)
          && (after == null
              || !after.id().equals(one.id())
              || !fleet.startedAt(after.id()).equals(startsBefore.get(one.name())))) {
        violation("not hit by any fault, yet not the same: " + fleet.shortly(one.name()));
      }
    }
    for (int vpn = 1; vpn <= 2; vpn++) {
      Map<String, String> volumes = fleet.volumes(vpn);
      if (!volumes.equals(volumesBefore.get(vpn))) {
        violation("the volumes of guest" + vpn + " were not kept: " + volumes);
      }
    }
    judgeHistory(outages, began);
  }

  private void judgeHistory(JsonNode outages, Instant began) {
    if (!outages.isArray()) {
      violation("the outages cannot be read: " + outages);
      return;
    }
    Set<String> told = new TreeSet<>();
    for (JsonNode outage : outages) {
      Instant opened = instant(outage.path("openedAt"));
      if (outage.path("closedAt").isNull()) {
        violation("an outage has not closed: " + outage);
      }
      if (outage.path("phases").isEmpty()) {
        violation("an outage tells of no phases: " + outage);
      }
      if (!opened.isBefore(began)) {
        told.add(outage.path("vpn").asText());
        timeline.add(
            "history: "
                + fleet.shortly(outage.path("vpn").asText())
                + " "
                + outage.path("cause").asText()
                + " -> "
                + outage.path("result").asText());
      }
    }
    for (Fault fault : plan.faults()) {
      boolean ends = fault.kind().target() == Target.VPN && fault.kind() != Kind.VPN_PAUSED;
      if (ends && !told.contains(fleet.vpn(fault.vpn()))) {
        violation("the history has no outage of vpn" + fault.vpn());
      }
    }
  }

  private static Instant instant(JsonNode at) {
    return at.isNumber()
        ? Instant.ofEpochMilli((long) (at.asDouble() * 1000))
        : Instant.parse(at.asText());
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
  }
}
