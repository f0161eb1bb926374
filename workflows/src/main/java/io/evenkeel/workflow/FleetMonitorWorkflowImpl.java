package io.evenkeel.workflow;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Sign;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Looks every interval, or when nudged; decides once per look; opens what has to be done. */
public final class FleetMonitorWorkflowImpl implements FleetMonitorWorkflow {
  private static final Logger log = Workflow.getLogger(FleetMonitorWorkflowImpl.class);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int LONG_HISTORY = 3_500;

  /** Every so many ticks an open outage is asked whether it is still there. */
  private static final int TICKS_A_CHECK = 6;

  private final OpenOutages outages;
  private final OpenWork work;
  private final List<Sign> heard = new ArrayList<>();
  private final Streams streams;
  private FleetConfig config;
  private FleetKnowledge knowledge;
  private boolean targetAsked;
  private boolean paused;
  private boolean nudged;

  /**
   * Something has ended that was not decided on: the next look is judged even if nothing changed.
   */
  private boolean unsettled;

  private List<OutageProgress> endedBeforeTheLook = List.of();
  private int ticks;
  private int announcing;
  private @Nullable Instant unavailableSince;

  @WorkflowInit
  public FleetMonitorWorkflowImpl(MonitorState state) {
    this.config = state.config();
    this.knowledge = state.knowledge();
    this.targetAsked = state.targetAsked();
    this.paused = state.paused();
    this.unavailableSince = state.unavailableSince();
    this.outages = new OpenOutages(state);
    this.work = new OpenWork(state, outages, this::nudge);
    this.streams = new Streams(state.streams());
  }

  @Override
  public void run(MonitorState state) {
    Promise<Observation> look = look();
    Promise<Void> period = period();
    @Nullable Promise<Void> soon = null;
    while (!mayContinueAsNew(look)) {
      Promise<Observation> current = look;
      Promise<Void> tick = period;
      Promise<Void> brief = soon;
      Workflow.await(() ->
          !heard.isEmpty()
              || (current != null && current.isCompleted())
              || (current == null && nudged && brief == null)
              || (brief != null && brief.isCompleted())
              || tick.isCompleted());
      takeSigns();
      if (look != null && look.isCompleted()) {
        conclude(look);
        look = null;
        // Not at once: a burst of events is one look, and what vanished is asked for again.
        soon = nudged || !knowledge.missing().isEmpty() ? Workflow.newTimer(SOON) : null;
      }
      boolean due = period.isCompleted() || (soon == null && nudged) || completed(soon);
      if (look == null && due) {
        nudged = false;
        soon = null;
        look = look();
      }
      if (period.isCompleted()) {
        period = period();
        if (++ticks % TICKS_A_CHECK == 0) {
          work.check(config);
        }
      }
    }
    Workflow.continueAsNew(state());
  }

  private static boolean completed(@Nullable Promise<Void> promise) {
    return promise != null && promise.isCompleted();
  }

  private boolean mayContinueAsNew(@Nullable Promise<Observation> look) {
    return look == null
        && heard.isEmpty()
        && !work.isStarting()
        && announcing == 0
        && (Workflow.getInfo().isContinueAsNewSuggested()
            || Workflow.getInfo().getHistoryLength() > LONG_HISTORY)
        && Workflow.isEveryHandlerFinished();
  }

  private Promise<Void> period() {
    return Workflow.newTimer(config.policy().monitorInterval());
  }

  private Promise<Observation> look() {
    FleetActivities docker = new Steps(config.policy()).docker("look at " + config.fleet());
    endedBeforeTheLook = outages.ended();
    return Async.function(
        docker::look, config.scope(), knowledge.fingerprint(), List.copyOf(outages.busyVpns()));
  }

  /** Evidence of the watch: an end of a VPN's process opens its outage at once. */
  private void takeSigns() {
    List<Sign> batch = List.copyOf(heard);
    heard.clear();
    for (Sign sign : batch) {
      boolean known = config.vpn(sign.vpn()).isPresent();
      if (sign.kind() == Sign.Kind.VPN_PROCESS_ENDED && known && !outages.isOpen(sign.vpn())) {
        if (paused) {
          log.warn("{} has ended; the fleet is paused, nothing is done", sign.vpn());
          work.endedWhilePaused(sign, batch);
          nudged = true;
        } else {
          work.openEnded(config, knowledge, sign, batch);
        }
      }
    }
    // What happens to the containers of an open outage is that outage's own doing, or its to hear.
    nudged |= batch.stream().anyMatch(sign -> !outages.isOpen(home(sign)));
    work.forward(config, batch);
  }

  /** The VPN that a sign concerns, by itself or as its container's; empty where none is known. */
  private String home(Sign sign) {
    if (!sign.vpn().isEmpty()) {
      return sign.vpn();
    }
    return knowledge.known().stream()
        .filter(c -> c.id().equals(sign.containerId()))
        .map(c -> knowledge.homes().getOrDefault(c.name(), ""))
        .findFirst()
        .orElse("");
  }

  private void nudge() {
    nudged = true;
    unsettled = true;
  }

  private void conclude(Promise<Observation> look) {
    Observation seen;
    try {
      seen = look.get();
    } catch (ActivityFailure failure) {
      if (unavailableSince == null) {
        unavailableSince = now();
      }
      log.warn(
          "Docker socket temporarily unavailable - skipping state synchronization: {}; {} containers"
              + " stay known, unavailable since {}",
          OutageLog.rootMessage(failure),
          knowledge.known().size(),
          unavailableSince);
      return;
    }
    outages.forget(endedBeforeTheLook);
    if (unavailableSince != null) {
      log.info("Docker answers again; it did not since {}", unavailableSince);
      unavailableSince = null;
      knowledgeAfter(seen);
    } else if (!knowledge.settledBy(seen) || unsettled) {
      knowledgeAfter(seen);
    } else if (!work.isDue(now())) {
      return;
    }
    unsettled = false;
    if (!paused) {
      act();
    }
  }

  private void knowledgeAfter(Observation seen) {
    String frozenBefore = knowledge.frozen();
    FleetKnowledge before = knowledge;
    knowledge = before.after(seen, config);
    work.seen(config, before, knowledge);
    if (!knowledge.frozen().isEmpty() && frozenBefore.isEmpty()) {
      log.error("FROZEN: {}; nothing is forgotten or made; looking again", knowledge.frozen());
    }
  }

  private void act() {
    streams.keepOnly(knowledge);
    List<String> busy = streams.busy();
    FleetDecision.Given given =
        new FleetDecision.Given(now(), outages.vpns(), targetAsked, busy, work.remains(now()));
    FleetDecision decision =
        Workflow.sideEffect(
            FleetDecision.class, () -> FleetDecision.decide(config, knowledge, given));
    work.carryOut(decision, config, knowledge, targetAsked, busy, now());
  }

  private static Instant now() {
    return Instant.ofEpochMilli(Workflow.currentTimeMillis());
  }

  private MonitorState state() {
    return work.state(
        config, targetAsked, paused, knowledge, unavailableSince, streams.byContainer());
  }

  @Override
  public void signs(List<Sign> signs) {
    heard.addAll(signs);
  }

  @Override
  public void reconfigure(FleetConfig wanted) {
    config = targetAsked ? wanted.withTarget(config.target()) : wanted;
    knowledge = knowledge.withoutFingerprint();
    nudged = true;
  }

  @Override
  public void outageClosed(OutageReport report, List<String> shown) {
    work.closed(report, shown);
    nudge();
    if (config.policy().announces()) {
      announce(report);
    }
  }

  /** Somebody is told, and nothing waits for it. */
  private void announce(OutageReport report) {
    announcing++;
    FleetActivities announcer =
        new Steps(config.policy()).announcement("announce the outage of " + report.vpn());
    Promise<Void> _ =
        Async.procedure(announcer::announce, report)
            .handle((_, failure) -> {
              announcing--;
              if (failure != null) {
                log.warn(
                    "nobody was told of the outage of {}: {}",
                    report.vpn(),
                    OutageLog.rootMessage(failure));
              }
              return null;
            });
  }

  @Override
  public void streamStarted(String containerId, String streamId) {
    streams.started(containerId, streamId);
  }

  @Override
  public void streamEnded(String containerId, String streamId) {
    streams.ended(containerId, streamId);
    nudge();
  }

  @Override
  public FleetView fleet() {
    return FleetViews.of(
        config,
        knowledge,
        outages.byVpn(),
        streams.busy(),
        unavailableSince == null,
        paused,
        now());
  }

  @Override
  public List<OutageReport> outages() {
    return outages.reports();
  }

  @Override
  public int scale(int target) {
    config = config.withTarget(target);
    targetAsked = true;
    work.wanted(config, paused);
    knowledge = knowledge.withoutFingerprint();
    nudged = true;
    return target;
  }

  @Override
  public void validateScale(int target) {
    if (target < 0 || target > config.most()) {
      throw refused("target: got " + target + ", takes 0 to " + config.most());
    }
  }

  @Override
  public boolean pause() {
    paused = true;
    work.wanted(config, true);
    log.warn("{} is paused: looking, and acting on nothing", config.fleet());
    return true;
  }

  @Override
  public boolean resume() {
    paused = false;
    work.wanted(config, false);
    knowledge = knowledge.thawed();
    nudged = true;
    return true;
  }

  @Override
  public String recover(String vpn) {
    if (!outages.isOpen(vpn)) {
      work.open(
          config, knowledge, new FleetDecision.OpenOutage(vpn, "asked", "a person asked for it"));
    }
    return TaskQueues.outageId(config.fleet(), vpn);
  }

  @Override
  public void validateRecover(String vpn) {
    if (config.vpn(vpn).isEmpty()) {
      throw refused("VPN " + vpn + " is not of this fleet, which has " + config.scope().vpns());
    }
  }

  @Override
  public String reindex() {
    work.reindex(config, knowledge);
    // The whole is looked at again, and decided on anew.
    knowledge = knowledge.withoutFingerprint();
    nudged = true;
    return TaskQueues.reindexId(config.fleet());
  }

  private static ApplicationFailure refused(String line) {
    return ApplicationFailure.newNonRetryableFailure(line, "REFUSED");
  }
}
