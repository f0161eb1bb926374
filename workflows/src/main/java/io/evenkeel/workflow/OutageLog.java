package io.evenkeel.workflow;

import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.OutageReport.PhaseTime;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
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
  private final OutageRequest request;
  private final Steps steps;
  private final FleetMonitorWorkflow monitor;
  private final Map<String, Double> seconds = new TreeMap<>();
  private final List<String> order = new ArrayList<>();
  private final Map<String, String> deeds = new TreeMap<>();
  private final TreeSet<String> shown = new TreeSet<>();
  private String phase = "";
  private Instant phaseSince;
  private int forwardedPort;
  private String result = "open";
  private @Nullable Instant closedAt;

  OutageLog(OutageRequest request, Steps steps) {
    this.request = request;
    this.steps = steps;
    this.forwardedPort = request.lastForwardedPort();
    this.phaseSince = request.seenAt();
    this.monitor =
        Workflow.newExternalWorkflowStub(
            FleetMonitorWorkflow.class, TaskQueues.monitorId(request.config().fleet()));
  }

  /** Ends the phase before, begins this one; a phase that comes again adds its time. */
  void phase(String next, String line) {
    endPhase();
    phase = next;
    if (!order.contains(next)) {
      order.add(next);
    }
    steps.tell(request.config().fleet(), request.vpn(), next, line);
    tellMonitor();
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

  /** Consumers can use it again. */
  void show(String engine) {
    if (shown.add(engine)) {
      tellMonitor();
    }
  }

  void forwardedPort(int port) {
    forwardedPort = port;
  }

  Map<String, Integer> ports() {
    return forwardedPort > 0 ? Map.of(request.vpn(), forwardedPort) : Map.of();
  }

  private void tellMonitor() {
    OutageProgress progress =
        new OutageProgress(
            request.vpn(),
            Workflow.getInfo().getWorkflowId(),
            phase,
            phaseSince,
            List.copyOf(shown));
    // Nobody waits for it: a monitor that is not there is no reason to stop a recovery.
    Promise<Void> told = Async.procedure(monitor::outageMoved, progress);
    told.exceptionally(_ -> null);
  }

  /** Runs a step whose failure must not end the outage; the failure becomes a line of its story. */
  void quietly(String what, Runnable step) {
    try {
      step.run();
    } catch (TemporalFailure failure) {
      Workflow.getLogger(OutageLog.class)
          .warn("{} of {}: {}; the monitor looks again", what, request.vpn(), failure.getMessage());
      deeds.put(what, "left to the monitor: " + rootMessage(failure));
    }
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
    endPhase();
    phase = "";
    closedAt = now();
    boolean all = shown.size() == request.dependents().size();
    result =
        all
            ? "restored"
            : "partly restored: " + shown.size() + " of " + request.dependents().size();
    steps.tell(request.config().fleet(), request.vpn(), "report", result);
    OutageReport report = report();
    try {
      monitor.outageClosed(report);
    } catch (TemporalFailure failure) {
      Workflow.getLogger(OutageLog.class)
          .warn("no monitor heard the end of {}: {}", request.vpn(), failure.getMessage());
    }
    return report;
  }

  OutageReport report() {
    List<PhaseTime> phases =
        order.stream().map(p -> new PhaseTime(p, seconds.getOrDefault(p, 0.0))).toList();
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
        phases,
        engines,
        result);
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }
}
