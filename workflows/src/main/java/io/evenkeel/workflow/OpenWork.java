package io.evenkeel.workflow;

import io.evenkeel.decide.CrashLoops;
import io.evenkeel.decide.DeedOutcome;
import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.decide.Remains;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/**
 * What a monitor begins, and goes on with after continue-as-new: outages, provisioning, a reindex;
 * and what outages have left undone.
 */
final class OpenWork {
  private static final Logger log = Workflow.getLogger(OpenWork.class);

  private final Wanted wanted;
  private final OpenOutages outages;
  private final OutageNews news;
  private final OutageRuns runs;
  private final Provisioning provisioning;
  private final SeenEnds ends;
  private Remains remains;

  /**
   * Goes on with what is open.
   *
   * @param nudge to be run when something has ended that wants a new judgement
   */
  OpenWork(MonitorState state, Wanted wanted, OpenOutages outages, Runnable nudge) {
    this.wanted = wanted;
    this.outages = outages;
    this.news = new OutageNews(outages, nudge);
    this.runs = new OutageRuns(outages, news, nudge);
    this.provisioning =
        new Provisioning(state.provisionAfter(), new CrashLoops(state.starts()), nudge);
    this.ends = new SeenEnds(state.ends());
    this.remains = new Remains(state.owed(), state.refused(), state.failures());
  }

  /** All that the next run goes on with. */
  MonitorState state(Sight sight, Streams streams) {
    return new MonitorState(
        wanted.config(),
        wanted.targetAsked(),
        wanted.paused(),
        sight.knowledge(),
        sight.unavailableSince(),
        outages.byVpn(),
        outages.closed(),
        streams.byContainer(),
        remains.owed(),
        remains.refused(),
        ends.byVpn(),
        provisioning.notBefore(),
        remains.failures(),
        provisioning.loops().starts());
  }

  /**
   * Whether what failed, was refused or has rested is now to be tried again, though nothing has
   * changed.
   */
  boolean isDue(Instant now) {
    return provisioning.isDue(now) || remains.isDueAt(now);
  }

  /** Whether something was begun that must not be left before it runs. */
  boolean isStarting() {
    return news.isAwaited();
  }

  /** A look has been concluded. */
  void seen(FleetConfig config, FleetKnowledge before, FleetKnowledge now) {
    remains = remains.seen(config, before, now, outages.vpns());
  }

  /** A look, whatever it said, leaves this as what is known. */
  void looked(FleetKnowledge knowledge, Instant now) {
    provisioning.seen(knowledge.known(), now);
  }

  /** Engines that are not to be started now: they do not stay up. */
  List<String> resting(Instant now) {
    return provisioning.resting(now);
  }

  /** Until when that engine is not started again; null: it does not rest. */
  @Nullable Instant restsUntil(String engine) {
    CrashLoops.Starts rest = provisioning.loops().rest(engine);
    return rest == null ? null : rest.restsUntil();
  }

  /** What outages have left undone, as it stands now. */
  Remains remains(Instant now) {
    remains = remains.at(now);
    return remains;
  }

  /** Outages first: their VPNs are then closed to the provisioning. */
  void carryOut(
      FleetDecision decision,
      FleetConfig config,
      FleetKnowledge knowledge,
      boolean mayRemove,
      List<String> busy,
      Instant now) {
    decision.outages().forEach(outage -> open(config, knowledge, outage));
    if (decision.provision().isEmpty()) {
      provisioning.isRight();
    } else if (provisioning.mayBegin(now)) {
      provisioning.begin(
          Requests.provision(
              config, knowledge, outages.vpns(), mayRemove, busy, provisioning.resting(now)),
          decision.provision());
    }
  }

  /** The watch saw the VPN's process end. */
  void openEnded(FleetConfig config, FleetKnowledge knowledge, Sign end, List<Sign> batch) {
    boolean asked = SeenEnds.isAsked(end, batch);
    OutageRequest request =
        start(
            config,
            knowledge,
            new FleetDecision.OpenOutage(
                end.vpn(), asked ? "stopped" : "crashed", "its log stream ended at " + end.at()),
            new Requests.Seen(end.at(), true, asked));
    if (!asked && config.policy().revive() != Policy.Revive.NEVER) {
      OutageRuns.startVpnAtOnce(request);
    }
  }

  /** Nothing is done about it now, and how it ended is not to be had again later. */
  void endedWhilePaused(Sign end, List<Sign> batch) {
    ends.keep(end, batch);
  }

  /** A look, or a person, is the reason. */
  void open(FleetConfig config, FleetKnowledge knowledge, FleetDecision.OpenOutage outage) {
    Instant now = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    Sign end = ends.take(outage, FleetDecision.vpn(knowledge, outage.vpn()));
    boolean asked = end != null && end.kind() == Sign.Kind.VPN_STOP_ASKED;
    OutageRequest _ = start(config, knowledge, outage, new Requests.Seen(now, end != null, asked));
  }

  /** A person asks for it: one that is open is told so, and does it now. */
  void recover(FleetConfig config, FleetKnowledge knowledge, String vpn) {
    boolean mayBeTold = outages.isOpen(vpn) && Change.RECOVER_IS_TOLD.isKnown();
    if (mayBeTold) {
      news.recoverNow(config, vpn);
    }
    // One that was told in vain is not there any more.
    if (!outages.isOpen(vpn)) {
      open(config, knowledge, new FleetDecision.OpenOutage(vpn, "asked", "a person asked for it"));
    }
  }

  /** The answer is what its workflow begins with. */
  private OutageRequest start(
      FleetConfig config,
      FleetKnowledge knowledge,
      FleetDecision.OpenOutage outage,
      Requests.Seen seen) {
    OutageRequest request =
        Requests.outage(
            config,
            knowledge,
            outage,
            seen,
            new Requests.Given(remains.owed(), wanted.paused(), outages.othersThan(outage.vpn())));
    log.warn("outage of {} ({}): {}", request.vpn(), request.cause(), request.because());
    remains = remains.opened(request.dependents());
    runs.start(request);
    news.tellTheOthersThan(request.vpn());
    return request;
  }

  /** What concerns an open outage is its own to hear. */
  void forward(FleetConfig config, List<Sign> batch) {
    batch.stream()
        .filter(sign -> sign.kind() == Sign.Kind.VPN_PROCESS_ENDED)
        .forEach(end -> outages.hidden(end.vpn()));
    news.forward(config, batch);
  }

  /** Each open outage is asked whether it is still there. */
  void check(FleetConfig config) {
    news.check(config);
  }

  /** A person wants something else: each open outage goes by it from now on. */
  void tellWanted() {
    news.wanted(wanted.config(), wanted.paused());
  }

  /** The worker was started with other settings: each open outage goes by them from now on. */
  void tellReconfigured() {
    if (!outages.busyVpns().isEmpty() && Change.POLICY_IS_TOLD.isKnown()) {
      tellWanted();
    }
  }

  /** An outage has ended with this report; the others learn it. */
  void closed(OutageReport report, List<String> shown) {
    outages.closed(report, shown);
    log.info("outage of {} closed: {}", report.vpn(), report.result());
    leave(report.engines(), Instant.ofEpochMilli(Workflow.currentTimeMillis()));
    news.tellTheOthersThan(report.vpn());
  }

  private void leave(List<EngineDeed> deeds, Instant now) {
    List<EngineDeed> undone =
        deeds.stream().filter(d -> DeedOutcome.of(d) != DeedOutcome.SETTLED).toList();
    remains = remains.closed(deeds, now, !undone.isEmpty() && Change.FAILURES_WAIT.isKnown());
    for (EngineDeed deed : undone) {
      Instant until = remains.refused().get(deed.name());
      if (until != null) {
        log.warn(
            "{} could not be attached, {}. time: tried again after {}; {}",
            deed.name(),
            remains.failures().getOrDefault(deed.name(), 1),
            Duration.between(now, until),
            deed.did());
      }
    }
  }

  void reindex(FleetConfig config, FleetKnowledge knowledge) {
    provisioning.restsAreOver();
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
