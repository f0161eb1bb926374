package io.evenkeel.workflow;

import io.evenkeel.decide.Known;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import io.evenkeel.workflow.FleetActivities.Stranded;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** One run per outage: preserve, confirm, revive, settle, reattach, reindex, rebalance, report. */
public final class VpnOutageWorkflowImpl implements VpnOutageWorkflow {
  /** So many are ended by one activity: each must fit into its start-to-close. */
  private static final int SILENCED_AT_ONCE = 25;

  private final OutageRequest request;
  private final OutageLog log;
  private final Revival revival;
  private final WhileItRuns whileItRuns;
  private final Steps steps;
  private FleetConfig wanted;
  private boolean paused;
  private List<String> openElsewhere;

  @WorkflowInit
  public VpnOutageWorkflowImpl(OutageRequest request) {
    this.request = request;
    this.wanted = request.config();
    this.paused = request.paused();
    this.openElsewhere = request.openElsewhere();
    this.steps = new Steps(request.config().policy());
    this.log = new OutageLog(request, steps);
    this.revival = new Revival(request, this::asWantedNow, steps, log);
    this.whileItRuns = new WhileItRuns(revival::diedAgain);
  }

  @Override
  public OutageReport recover(OutageRequest sameRequest) {
    try {
      boolean startedAnew;
      do {
        repair();
        reindex();
        startedAnew = rebalance();
        whileItRuns.awaitLeft();
      } while (startedAnew || revival.diedAgain());
    } catch (TemporalFailure failure) {
      // Whatever it is, the monitor must hear the end: it looks at the fleet and judges anew.
      String why = OutageLog.rootMessage(failure);
      Workflow.getLogger(VpnOutageWorkflowImpl.class)
          .error("outage of {}: {}; the monitor looks again", request.vpn(), why);
      return log.close("ended early: " + why);
    }
    return log.close();
  }

  private void repair() {
    int hidden = request.dependents().size() - request.usable().size();
    log.phase("preserve", hidden + " engines hidden and kept: " + request.because());
    Container vpn;
    do {
      revival.begin();
      log.phase("confirm", request.cause());
      Revival.Finding finding = revival.confirm();
      if (finding == Revival.Finding.ENDED) {
        log.hideAll();
      }
      log.phase("revive", told(finding));
      List<Promise<List<EngineDeed>>> silenced = isDead(finding) ? silenceStranded() : List.of();
      vpn = revival.revive();
      if (hasStartedSince(vpn)) {
        log.hideAll();
      }
      log.phase("settle", "runs since " + vpn.startedAt());
      Settlement settlement = new Settlement(request, steps, vpn, whileItRuns);
      Promise<Settlement.Tunnel> tunnel = Async.function(settlement::settle);
      Reattachment reattachment = new Reattachment(request, steps, log, whileItRuns);
      reattachment.attachAll(silenced, tunnel);
      revival.restartIfLost(reattachment.isNobodyReached());
    } while (revival.diedAgain());
  }

  /** One that nobody knows about may live, and what is behind it may be well. */
  private static boolean isDead(Revival.Finding finding) {
    return switch (finding) {
      case RUNS -> false;
      case ENDED -> true;
      case UNKNOWN -> !Change.UNKNOWN_IS_LEFT.isKnown();
    };
  }

  private static String told(Revival.Finding finding) {
    return switch (finding) {
      case RUNS -> "it runs";
      case ENDED -> "its process has ended";
      case UNKNOWN -> "Docker does not answer: it is started where it does not run";
    };
  }

  /** Whether nobody who was usable then can be so still. */
  private boolean hasStartedSince(Container vpn) {
    Container before = request.vpnBefore();
    return before == null || !Objects.equals(before.startedAt(), vpn.startedAt());
  }

  /** Ends what runs in the dead namespace while the VPN starts; see decision 0002. */
  private List<Promise<List<EngineDeed>>> silenceStranded() {
    List<Stranded> stranded =
        request.dependents().stream()
            .filter(Container::alive)
            .map(c -> new Stranded(c.name(), c.id(), !request.config().scope().manages(c)))
            .toList();
    List<Promise<List<EngineDeed>>> done = new ArrayList<>();
    for (int from = 0; from < stranded.size(); from += SILENCED_AT_ONCE) {
      List<Stranded> some =
          List.copyOf(stranded.subList(from, Math.min(from + SILENCED_AT_ONCE, stranded.size())));
      done.add(
          Async.function(
              steps.docker("end " + some.size() + " engines: their namespace is dead")::silence,
              request.vpn(),
              request.seenAt(),
              some));
    }
    return done;
  }

  private void reindex() {
    log.phase("reindex", "the labels are the truth about the assignment");
    log.publish();
    log.quietly(
        "reindex",
        () -> Children.reindex(request.config()).reindex(request.config(), request.dependents()));
  }

  /** Whether the VPN ended meanwhile and was started anew: who is behind it is stranded then. */
  private boolean rebalance() {
    if (paused || wanted.target() < 0) {
      return false;
    }
    log.phase("rebalance", "target " + wanted.target());
    log.publish();
    // What is busy now the monitor knows: moving is its own.
    ProvisionRequest asked =
        new ProvisionRequest(
            wanted, openElsewhere, log.ports(), false, false, List.of(), known(), List.of());
    Promise<ProvisionReport> run = Async.function(Children.provision(wanted)::provision, asked);
    boolean ended = false;
    while (whileItRuns.hasEndedBefore(run)) {
      ended = true;
      revival.begin();
      log.phase("revive", "its process has ended, and a rebalance is at work");
      Revival.Finding _ = revival.confirm();
      Container _ = revival.revive();
      log.phase("rebalance", "the VPN was started anew");
      log.publish();
    }
    log.quietly("rebalance", run::get);
    return ended;
  }

  /** Docker has said of some that they are gone. */
  private List<Known> known() {
    return request.known().stream().filter(engine -> !log.isGone(engine.name())).toList();
  }

  private OutageRequest asWantedNow(OutageRequest same) {
    return same.wanting(wanted, paused, openElsewhere);
  }

  @Override
  public void signs(List<Sign> signs) {
    revival.hear(signs);
    if (revival.diedAgain()) {
      log.hideAll();
    }
  }

  @Override
  public void recoverNow(Instant at) {
    revival.recoverNow(at);
  }

  @Override
  public void wanted(int target, boolean nowPaused, @Nullable Policy policy) {
    wanted = wanted.withTarget(target);
    paused = nowPaused;
    if (policy != null) {
      wanted = wanted.withPolicy(policy);
      revival.goesBy(policy);
    }
  }

  @Override
  public void openElsewhere(List<String> vpns) {
    openElsewhere = List.copyOf(vpns);
  }

  @Override
  public OutageReport report() {
    return log.report();
  }

  @Override
  public OutageProgress progress() {
    return log.progress();
  }
}
