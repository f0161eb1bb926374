package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Sign;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What a monitor has begun: outages by VPN, at most one provisioning run, the reports of both. */
final class OpenWork {
  private static final Logger log = Workflow.getLogger(OpenWork.class);
  private static final int MOST_REPORTS = 50;
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);

  private final Map<String, OutageProgress> open;
  private final List<OutageReport> closed;
  private boolean provisioning;
  private @Nullable Instant provisionAfter;

  OpenWork(MonitorState state) {
    this.open = new TreeMap<>(state.open());
    this.closed = new ArrayList<>(state.closed());
    this.provisionAfter = state.provisionAfter();
  }

  MonitorState state(
      FleetConfig config,
      boolean targetAsked,
      boolean paused,
      FleetKnowledge knowledge,
      @Nullable Instant unavailableSince) {
    return new MonitorState(
        config, targetAsked, paused, knowledge, unavailableSince, open, closed, provisionAfter);
  }

  boolean isOpen(String vpn) {
    return open.containsKey(vpn);
  }

  Set<String> openVpns() {
    return new TreeSet<>(open.keySet());
  }

  Map<String, OutageProgress> open() {
    return open;
  }

  /** Whether a run that failed is now to be tried again, though nothing has changed since. */
  boolean provisionIsDue(Instant now) {
    return provisionAfter != null && !now.isBefore(provisionAfter);
  }

  void carryOut(
      FleetDecision decision,
      FleetConfig config,
      FleetKnowledge knowledge,
      boolean mayRemove,
      Instant now) {
    decision.outages().forEach(outage -> open(config, knowledge, outage));
    boolean held = provisionAfter != null && now.isBefore(provisionAfter);
    if (!decision.provision().isEmpty() && !provisioning && !held) {
      provision(config, knowledge, mayRemove, decision.provision());
    }
  }

  /** The watch saw the VPN's process end. */
  void openEnded(FleetConfig config, FleetKnowledge knowledge, Sign end, List<Sign> batch) {
    boolean asked =
        batch.stream()
            .anyMatch(s -> s.kind() == Sign.Kind.VPN_STOP_ASKED && s.vpn().equals(end.vpn()));
    start(
        request(
            config,
            knowledge,
            new FleetDecision.OpenOutage(
                end.vpn(), asked ? "stopped" : "crashed", "its log stream ended at " + end.at()),
            end.at(),
            true,
            asked));
  }

  void open(FleetConfig config, FleetKnowledge knowledge, FleetDecision.OpenOutage outage) {
    Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    start(request(config, knowledge, outage, now, false, false));
  }

  private static OutageRequest request(
      FleetConfig config,
      FleetKnowledge knowledge,
      FleetDecision.OpenOutage outage,
      Instant at,
      boolean ended,
      boolean asked) {
    List<Container> dependents =
        knowledge.index(config).assignments().values().stream()
            .filter(a -> a.vpn().equals(outage.vpn()))
            .map(Assignment::container)
            .toList();
    return new OutageRequest(
        config,
        outage.vpn(),
        outage.cause(),
        outage.because(),
        at,
        ended,
        asked,
        FleetDecision.vpn(knowledge, outage.vpn()),
        dependents,
        knowledge.tunnel(outage.vpn()).forwardedPort());
  }

  private void start(OutageRequest request) {
    String vpn = request.vpn();
    String id = TaskQueues.outageId(request.config().fleet(), vpn);
    log.warn("outage of {} ({}): {}", vpn, request.cause(), request.because());
    open.put(vpn, new OutageProgress(vpn, id, "preserve", request.seenAt(), List.of()));
    VpnOutageWorkflow child = Children.outage(request.config(), vpn, request.because());
    Promise<OutageReport> run = Async.function(child::recover, request);
    Promise<OutageReport> _ =
        run.handle((report, failure) -> {
          if (failure != null) {
            log.error("outage of {} ended: {}", vpn, OutageLog.rootMessage(failure));
            open.remove(vpn);
          }
          return report;
        });
  }

  /** What concerns an open outage is its own to hear. */
  void forward(FleetConfig config, List<Sign> batch) {
    for (String vpn : open.keySet()) {
      List<Sign> own =
          batch.stream()
              .filter(s -> s.vpn().equals(vpn) && s.kind() != Sign.Kind.CHANGED)
              .filter(s -> !s.at().equals(open.get(vpn).since()))
              .toList();
      if (!own.isEmpty()) {
        VpnOutageWorkflow outage =
            Workflow.newExternalWorkflowStub(
                VpnOutageWorkflow.class, TaskQueues.outageId(config.fleet(), vpn));
        // One that has just ended needs no sign: the next look finds what it left.
        Promise<Void> _ = Async.procedure(outage::signs, own).exceptionally(_ -> null);
      }
    }
  }

  void moved(OutageProgress progress) {
    if (open.containsKey(progress.vpn())) {
      open.put(progress.vpn(), progress);
    }
  }

  void closed(OutageReport report) {
    open.remove(report.vpn());
    closed.addFirst(report);
    if (closed.size() > MOST_REPORTS) {
      closed.removeLast();
    }
    log.info("outage of {} closed: {}", report.vpn(), report.result());
  }

  List<OutageReport> outages() {
    List<OutageReport> all = new ArrayList<>();
    open.values().forEach(p -> all.add(stillOpen(p)));
    all.addAll(closed);
    return all;
  }

  private static OutageReport stillOpen(OutageProgress progress) {
    return new OutageReport(
        progress.vpn(),
        progress.workflowId(),
        "open",
        "",
        progress.since(),
        null,
        List.of(),
        List.of(),
        "open: " + progress.phase());
  }

  private void provision(
      FleetConfig config, FleetKnowledge knowledge, boolean mayRemove, String because) {
    provisioning = true;
    provisionAfter = null;
    log.info("provisioning {}: {}", config.fleet(), because);
    TreeSet<String> shut = new TreeSet<>(open.keySet());
    shut.addAll(FleetDecision.closedVpns(config, knowledge));
    ProvisionRequest request =
        new ProvisionRequest(
            config, List.copyOf(shut), FleetDecision.ports(knowledge), mayRemove, List.of());
    Promise<Void> _ =
        Async.function(Children.provision(config)::provision, request)
            .handle((report, failure) -> {
              provisioning = false;
              if (failure != null || !report.failed().isEmpty()) {
                String why =
                    failure != null ? OutageLog.rootMessage(failure) : report.failed().toString();
                log.warn("provisioning: {}; again in {}", why, PAUSE_AFTER_FAILURE);
                provisionAfter =
                    Instant.ofEpochMilli(Workflow.currentTimeMillis()).plus(PAUSE_AFTER_FAILURE);
              }
              return null;
            });
  }

  void reindex(FleetConfig config, FleetKnowledge knowledge) {
    var child = Children.reindex(config);
    Promise<Void> _ =
        Async.function(child::reindex, config, knowledge.known())
            .handle((index, failure) -> {
              if (failure != null) {
                log.warn("reindex: {}", OutageLog.rootMessage(failure));
              }
              return null;
            });
  }
}
