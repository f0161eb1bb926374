package io.evenkeel.workflow;

import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.OutageReport.PhaseTime;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/** What an outage has done so far: its phases, its deeds; tells them to the UI and the monitor. */
final class OutageLog {
  /** The deed at one that Docker says is not there. */
  static final String GONE = "gone";

  private final OutageRequest request;
  private final Steps steps;
  private final FleetMonitorWorkflow monitor;
  private final Map<String, Double> seconds = new TreeMap<>();
  private final List<String> order = new ArrayList<>();
  private final Map<String, String> deeds = new TreeMap<>();
  private final List<String> notes = new ArrayList<>();
  private final TreeSet<String> shown;
  private String phase = "";
  private String line = "";
  private Instant phaseSince;
  private int forwardedPort;
  private String result = "open";
  private @Nullable Instant closedAt;

  OutageLog(OutageRequest request, Steps steps) {
    this.request = request;
    this.steps = steps;
    this.shown = new TreeSet<>(request.usable());
    this.forwardedPort = request.lastForwardedPort();
    this.phaseSince = request.seenAt();
    this.monitor =
        Workflow.newExternalWorkflowStub(
            FleetMonitorWorkflow.class, TaskQueues.monitorId(request.config().fleet()));
    for (PhaseTime before : request.phasesBefore()) {
      order.add(before.phase());
      seconds.put(before.phase(), before.seconds());
      phaseSince = now();
    }
  }

  /** Ends the phase before, begins this one; a phase that comes again adds its time. */
  void phase(String next, String because) {
    endPhase();
    phase = next;
    line = because;
    if (!order.contains(next)) {
      order.add(next);
    }
    Workflow.getLogger(OutageLog.class)
        .info("{} {}: {} - {}", request.config().fleet(), request.vpn(), next, because);
  }

  /**
   * Shows the phase in the UI; to be called before each wait. Phases that pass without one cost no
   * events.
   */
  void publish() {
    steps.tell(request.config().fleet(), request.vpn(), phase, line);
  }

  private void endPhase() {
    Instant now = now();
    if (!phase.isEmpty()) {
      double spent = Duration.between(phaseSince, now).toMillis() / 1000.0;
      seconds.merge(phase, spent, Double::sum);
    }
    phaseSince = now;
  }

  void deed(String engine, String did) {
    deeds.put(engine, did);
  }

  boolean isGone(String engine) {
    return GONE.equals(deeds.get(engine));
  }

  /** Consumers can use it again. */
  void show(String engine) {
    boolean _ = shown.add(engine);
  }

  /** Consumers cannot use it. */
  void hide(String engine) {
    boolean _ = shown.remove(engine);
  }

  /** Nobody behind a VPN that has ended can be used. */
  void hideAll() {
    shown.clear();
  }

  void forwardedPort(int port) {
    forwardedPort = port;
  }

  Map<String, Integer> ports() {
    return forwardedPort > 0 ? Map.of(request.vpn(), forwardedPort) : Map.of();
  }

  /** Runs a step whose failure must not end the outage; the failure becomes a line of its story. */
  void quietly(String what, Runnable step) {
    try {
      step.run();
    } catch (TemporalFailure failure) {
      note(what + " is left to the monitor: " + rootMessage(failure));
    }
  }

  /** A line of the outage's story. */
  void note(String text) {
    Workflow.getLogger(OutageLog.class).warn("outage of {}: {}", request.vpn(), text);
    notes.add(text);
  }

  static String rootMessage(Throwable failure) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String message =
        root instanceof TemporalFailure temporal
            ? temporal.getOriginalMessage()
            : root.getMessage();
    return message == null ? root.getClass().getSimpleName() : message;
  }

  OutageReport close() {
    boolean all = shown.size() == request.dependents().size();
    return close(
        all
            ? "restored"
            : "partly restored: " + shown.size() + " of " + request.dependents().size());
  }

  /** Ends the story with these words, and tells the monitor, whose view takes over. */
  OutageReport close(String words) {
    endPhase();
    phase = "report";
    line = words;
    closedAt = now();
    result = words;
    publish();
    OutageReport report = report();
    try {
      monitor.outageClosed(report, List.copyOf(shown));
    } catch (TemporalFailure failure) {
      Workflow.getLogger(OutageLog.class)
          .warn("no monitor heard the end of {}: {}", request.vpn(), failure.getMessage());
    }
    return report;
  }

  OutageProgress progress() {
    return new OutageProgress(
        request.vpn(),
        Workflow.getInfo().getWorkflowId(),
        phase,
        request.seenAt(),
        List.copyOf(shown));
  }

  List<PhaseTime> phases() {
    return order.stream().map(p -> new PhaseTime(p, seconds.getOrDefault(p, 0.0))).toList();
  }

  OutageReport report() {
    List<EngineDeed> engines =
        deeds.entrySet().stream()
            .map(e -> new EngineDeed(e.getKey(), e.getValue()))
            .sorted(Comparator.comparing(EngineDeed::name))
            .toList();
    return new OutageReport(
        request.vpn(),
        Workflow.getInfo().getWorkflowId(),
        request.cause(),
        request.because(),
        request.seenAt(),
        closedAt,
        phases(),
        engines,
        List.copyOf(notes),
        closedAt == null ? "open: " + phase : result);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
