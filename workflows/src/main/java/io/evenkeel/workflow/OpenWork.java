package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetIndex;
import io.evenkeel.decide.FleetIndex.Assignment;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.decide.Known;
import io.evenkeel.decide.Remains;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** What a monitor has begun: outages by VPN, at most one provisioning run, the reports of both. */
final class OpenWork {
  private static final Logger log = Workflow.getLogger(OpenWork.class);
  private static final int MOST_REPORTS = 50;
  private static final Duration PAUSE_AFTER_FAILURE = Duration.ofSeconds(30);
  private static final Duration A_MOMENT = Duration.ofSeconds(1);
  private static final int TRIES_TO_START = 5;

  private final Map<String, OutageProgress> open;
  private final List<OutageReport> closed;
  private final Runnable nudge;
  private final Set<String> starting = new TreeSet<>();
  private final Map<String, List<Sign>> untold = new TreeMap<>();

  /** What else an outage is to hear as soon as it can, by VPN. */
  private final Map<String, List<Runnable>> later = new TreeMap<>();

  private final Map<String, Sign> ends;
  private Remains remains;
  private boolean paused;
  private boolean provisioning;
  private @Nullable Instant provisionAfter;

  /**
   * Goes on with what is open.
   *
   * @param nudge to be run when something has ended that wants a new judgement
   */
  OpenWork(MonitorState state, Runnable nudge) {
    this.nudge = nudge;
    this.open = new TreeMap<>(state.open());
    this.closed = new ArrayList<>(state.closed());
    this.remains = new Remains(state.owed(), state.refused());
    this.ends = new TreeMap<>(state.ends());
    this.paused = state.paused();
    this.provisionAfter = state.provisionAfter();
  }

  MonitorState state(
      FleetConfig config,
      boolean targetAsked,
      boolean paused,
      FleetKnowledge knowledge,
      @Nullable Instant unavailableSince,
      Map<String, List<String>> streams) {
    return new MonitorState(
        config,
        targetAsked,
        paused,
        knowledge,
        unavailableSince,
        open,
        closed,
        streams,
        remains.owed(),
        remains.refused(),
        ends,
        provisionAfter);
  }

  /** Whether its outage runs; one that has ended and only awaits a look does not. */
  boolean isOpen(String vpn) {
    OutageProgress progress = open.get(vpn);
    return progress != null && !progress.phase().equals(OutageProgress.CLOSING);
  }

  /** VPNs whose outage runs. */
  Set<String> busyVpns() {
    return open.keySet().stream()
        .filter(this::isOpen)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Outages that have ended and await a look that begins now. */
  List<OutageProgress> ended() {
    return open.values().stream().filter(o -> o.phase().equals(OutageProgress.CLOSING)).toList();
  }

  /** A look that began after their end has been concluded: it speaks for itself. */
  void forget(List<OutageProgress> ended) {
    ended.forEach(o -> open.remove(o.vpn(), o));
  }

  Set<String> openVpns() {
    return new TreeSet<>(open.keySet());
  }

  Map<String, OutageProgress> open() {
    return open;
  }

  /** Whether what failed or was refused is now to be tried again, though nothing has changed. */
  boolean isDue(Instant now) {
    return (provisionAfter != null && !now.isBefore(provisionAfter)) || remains.isDueAt(now);
  }

  /** A look has been concluded. */
  void seen(FleetConfig config, FleetKnowledge before, FleetKnowledge now) {
    remains = remains.seen(config, before, now, open.keySet());
  }

  /** What outages have left undone, as it stands now. */
  Remains remains(Instant now) {
    remains = remains.at(now);
    return remains;
  }

  void carryOut(
      FleetDecision decision,
      FleetConfig config,
      FleetKnowledge knowledge,
      boolean mayRemove,
      List<String> busy,
      Instant now) {
    decision.outages().forEach(outage -> open(config, knowledge, outage));
    if (decision.provision().isEmpty() && provisionAfter != null && knows("provision-is-right")) {
      provisionAfter = null;
    }
    boolean held = provisionAfter != null && now.isBefore(provisionAfter);
    if (!decision.provision().isEmpty() && !provisioning && !held) {
      provision(config, knowledge, mayRemove, busy, decision.provision());
    }
  }

  /** The watch saw the VPN's process end. */
  void openEnded(FleetConfig config, FleetKnowledge knowledge, Sign end, List<Sign> batch) {
    boolean asked = asked(end, batch);
    OutageRequest request =
        request(
            config,
            knowledge,
            new FleetDecision.OpenOutage(
                end.vpn(), asked ? "stopped" : "crashed", "its log stream ended at " + end.at()),
            end.at(),
            true,
            asked);
    start(request);
    if (!asked && config.policy().revive() != Policy.Revive.NEVER) {
      startAtOnce(request);
    }
  }

  private static boolean asked(Sign end, List<Sign> batch) {
    return batch.stream()
        .anyMatch(s -> s.kind() == Sign.Kind.VPN_STOP_ASKED && s.vpn().equals(end.vpn()));
  }

  /** Nothing is done about it now, and how it ended is not to be had again later. */
  void endedWhilePaused(Sign end, List<Sign> batch) {
    Sign.Kind kind = asked(end, batch) ? Sign.Kind.VPN_STOP_ASKED : Sign.Kind.VPN_PROCESS_ENDED;
    ends.put(end.vpn(), new Sign(kind, end.vpn(), end.containerId(), end.at()));
  }

  /**
   * A crashed VPN is started in the very step that opens its outage. The outage starts it too, and
   * judges what came of it: here nothing depends on the answer, which saves a round trip.
   */
  private static void startAtOnce(OutageRequest request) {
    Policy policy = request.config().policy();
    Container before = request.vpnBefore();
    String vpn = request.vpn();
    Promise<Void> _ =
        Async.function(
                new Steps(policy).once("start VPN " + vpn + " at once: it crashed")::startVpn,
                vpn,
                before == null ? null : before.startedAt())
            .handle((_, failure) -> {
              if (failure != null) {
                log.info(
                    "start of VPN {} at once failed: {}; its outage tries again",
                    vpn,
                    OutageLog.rootMessage(failure));
              }
              return null;
            });
  }

  void open(FleetConfig config, FleetKnowledge knowledge, FleetDecision.OpenOutage outage) {
    Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    Sign end = ends.remove(outage.vpn());
    Container vpn = FleetDecision.vpn(knowledge, outage.vpn());
    boolean seen = false;
    boolean asked = false;
    if (end != null && outage.cause().equals("down") && isOfItsLastRun(end, vpn)) {
      seen = true;
      asked = end.kind() == Sign.Kind.VPN_STOP_ASKED;
    }
    start(request(config, knowledge, outage, now, seen, asked));
  }

  private static boolean isOfItsLastRun(Sign end, @Nullable Container vpn) {
    Instant start = vpn == null ? null : vpn.startedAt();
    return start != null && !start.isAfter(end.at());
  }

  private OutageRequest request(
      FleetConfig config,
      FleetKnowledge knowledge,
      FleetDecision.OpenOutage outage,
      Instant at,
      boolean ended,
      boolean asked) {
    FleetIndex index = knowledge.index(config);
    List<Container> dependents =
        index.assignments().values().stream()
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
        knowledge.tunnel(outage.vpn()).forwardedPort(),
        remains.owed(),
        paused,
        othersThan(outage.vpn()),
        Known.of(index),
        List.of());
  }

  private List<String> othersThan(String vpn) {
    return busyVpns().stream().filter(other -> !other.equals(vpn)).toList();
  }

  /** Whether this run began with, or has come to, a version that does so. */
  private static boolean knows(String change) {
    return Workflow.getVersion(change, Workflow.DEFAULT_VERSION, 1) >= 1;
  }

  private void start(OutageRequest request) {
    String vpn = request.vpn();
    String id = TaskQueues.outageId(request.config().fleet(), vpn);
    log.warn("outage of {} ({}): {}", vpn, request.cause(), request.because());
    open.put(vpn, new OutageProgress(vpn, id, OutageProgress.OPENING, request.seenAt(), List.of()));
    starting.add(vpn);
    remains = remains.opened(request.dependents());
    Promise<Void> _ = Async.procedure(() -> carry(request));
    tellTheOthersThan(vpn);
  }

  /** Starts the outage's workflow and stays until its end. */
  private void carry(OutageRequest request) {
    String vpn = request.vpn();
    for (int tries = 1; ; tries++) {
      VpnOutageWorkflow child = Children.outage(request.config(), vpn, request.because());
      Promise<OutageReport> run = Async.function(child::recover, request);
      try {
        WorkflowExecution _ = Workflow.getWorkflowExecution(child).get();
        begun(request.config(), vpn);
        OutageReport _ = run.get();
        return;
      } catch (TemporalFailure failure) {
        if (!alreadyStarted(failure)) {
          log.error("outage of {} ended: {}", vpn, OutageLog.rootMessage(failure));
          starting.remove(vpn);
          open.computeIfPresent(vpn, (_, o) -> o.since().equals(request.seenAt()) ? null : o);
          nudge.run();
          return;
        }
      }
      if (tries == TRIES_TO_START) {
        log.warn("an outage of {} runs already, under the same id: it has this one too", vpn);
        begun(request.config(), vpn);
        return;
      }
      // The one before is about to end.
      Workflow.sleep(A_MOMENT);
    }
  }

  private static boolean alreadyStarted(TemporalFailure failure) {
    return failure.getCause() instanceof WorkflowExecutionAlreadyStarted;
  }

  /** It can hear now; what was to be told before it could is told. */
  private void begun(FleetConfig config, String vpn) {
    starting.remove(vpn);
    open.computeIfPresent(vpn, (_, o) -> o.phase().equals(OutageProgress.OPENING) ? o.begun() : o);
    List<Sign> waiting = untold.remove(vpn);
    if (waiting != null) {
      tell(config, vpn, waiting);
    }
    List<Runnable> words = later.remove(vpn);
    if (words != null) {
      words.forEach(Runnable::run);
    }
  }

  /** Each other open outage learns which ones are open beside it. */
  private void tellTheOthersThan(String vpn) {
    List<String> others = othersThan(vpn);
    if (others.isEmpty() || !knows("open-elsewhere")) {
      return;
    }
    for (String other : others) {
      Runnable telling = () -> tellWhatIsOpenElsewhere(other);
      if (starting.contains(other)) {
        later.computeIfAbsent(other, _ -> new ArrayList<>()).add(telling);
      } else {
        telling.run();
      }
    }
  }

  private void tellWhatIsOpenElsewhere(String vpn) {
    OutageProgress progress = open.get(vpn);
    if (progress != null) {
      VpnOutageWorkflow outage =
          Workflow.newExternalWorkflowStub(VpnOutageWorkflow.class, progress.workflowId());
      Promise<Void> _ =
          Async.procedure(outage::openElsewhere, othersThan(vpn)).exceptionally(_ -> null);
    }
  }

  /** Whether an outage was opened whose workflow may not have been started yet. */
  boolean isStarting() {
    return !starting.isEmpty();
  }

  /** What concerns an open outage is its own to hear. */
  void forward(FleetConfig config, List<Sign> batch) {
    for (String vpn : busyVpns()) {
      Instant evidence = Objects.requireNonNull(open.get(vpn)).since();
      List<Sign> own =
          batch.stream()
              .filter(s -> s.vpn().equals(vpn) && s.kind() != Sign.Kind.CHANGED)
              .filter(s -> !s.at().equals(evidence))
              .toList();
      if (!own.isEmpty() && starting.contains(vpn)) {
        untold.computeIfAbsent(vpn, _ -> new ArrayList<>()).addAll(own);
      } else if (!own.isEmpty()) {
        tell(config, vpn, own);
      }
    }
  }

  /**
   * An outage that was terminated tells nobody: one that cannot be told anything is no longer open.
   */
  void check(FleetConfig config) {
    busyVpns().stream()
        .filter(vpn -> !starting.contains(vpn))
        .forEach(vpn -> tell(config, vpn, List.of()));
  }

  /** A person wants something else: each open outage goes by it from now on. */
  void wanted(FleetConfig config, boolean nowPaused) {
    paused = nowPaused;
    for (String vpn : busyVpns()) {
      if (!starting.contains(vpn)) {
        tellWanted(config, vpn, nowPaused);
      } else if (knows("wanted-later")) {
        later
            .computeIfAbsent(vpn, _ -> new ArrayList<>())
            .add(() -> tellWanted(config, vpn, nowPaused));
      }
    }
  }

  private static void tellWanted(FleetConfig config, String vpn, boolean paused) {
    VpnOutageWorkflow outage =
        Workflow.newExternalWorkflowStub(
            VpnOutageWorkflow.class, TaskQueues.outageId(config.fleet(), vpn));
    Promise<Void> _ =
        Async.procedure(outage::wanted, config.target(), paused)
            // It has closed meanwhile: the monitor provisions by what is wanted anyway.
            .exceptionally(_ -> null);
  }

  private void tell(FleetConfig config, String vpn, List<Sign> signs) {
    OutageProgress told = Objects.requireNonNull(open.get(vpn));
    VpnOutageWorkflow outage =
        Workflow.newExternalWorkflowStub(
            VpnOutageWorkflow.class, TaskQueues.outageId(config.fleet(), vpn));
    Promise<Void> _ =
        Async.procedure(outage::signs, signs)
            .exceptionally(gone -> {
              if (open.remove(vpn, told)) {
                log.error(
                    "outage of {} is not there any more: {}", vpn, OutageLog.rootMessage(gone));
                nudge.run();
              }
              return null;
            });
  }

  void closed(OutageReport report, List<String> shown) {
    open.computeIfPresent(report.vpn(), (_, progress) -> progress.closing(shown));
    remains = remains.closed(report.engines(), Instant.ofEpochMilli(Workflow.currentTimeMillis()));
    closed.addFirst(report);
    if (closed.size() > MOST_REPORTS) {
      closed.removeLast();
    }
    log.info("outage of {} closed: {}", report.vpn(), report.result());
    tellTheOthersThan(report.vpn());
  }

  List<OutageReport> outages() {
    List<OutageReport> all = new ArrayList<>();
    open.values().stream().filter(p -> isOpen(p.vpn())).forEach(p -> all.add(stillOpen(p)));
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
        List.of(),
        "open");
  }

  private void provision(
      FleetConfig config,
      FleetKnowledge knowledge,
      boolean mayRemove,
      List<String> busy,
      String because) {
    provisioning = true;
    provisionAfter = null;
    log.info("provisioning {}: {}", config.fleet(), because);
    TreeSet<String> shut = new TreeSet<>(open.keySet());
    shut.addAll(FleetDecision.closedVpns(config, knowledge));
    ProvisionRequest request =
        new ProvisionRequest(
            config,
            List.copyOf(shut),
            FleetDecision.ports(knowledge),
            mayRemove,
            config.policy().rebalance(),
            busy,
            Known.of(knowledge.index(config)));
    Promise<Void> _ =
        Async.function(Children.provision(config)::provision, request)
            .handle((report, failure) -> {
              provisioning = false;
              nudge.run();
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
