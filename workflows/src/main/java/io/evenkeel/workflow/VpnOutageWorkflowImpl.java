package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Sign;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.WorkflowInit;
import java.util.ArrayList;
import java.util.List;

/** One run per outage: preserve, confirm, revive, settle, reattach, reindex, rebalance, report. */
public final class VpnOutageWorkflowImpl implements VpnOutageWorkflow {
  private final OutageRequest request;
  private final OutageLog log;
  private final Revival revival;
  private final Steps steps;

  @WorkflowInit
  public VpnOutageWorkflowImpl(OutageRequest request) {
    this.request = request;
    this.steps = new Steps(request.config().policy());
    this.log = new OutageLog(request, steps);
    this.revival = new Revival(request, steps, log);
  }

  @Override
  public OutageReport recover(OutageRequest sameRequest) {
    log.phase("preserve", request.dependents().size() + " engines hidden and kept: " + because());
    List<Promise<String>> silenced = new ArrayList<>();
    Container vpn;
    do {
      revival.begin();
      log.phase("confirm", request.cause());
      boolean dead = revival.confirm();
      log.phase("revive", dead ? "its process has ended" : "it runs");
      if (dead) {
        silenced.addAll(silenceStranded());
      }
      vpn = revival.revive();
      log.phase("settle", "runs since " + vpn.startedAt());
      Settlement settlement = new Settlement(request, steps, vpn);
      Promise<Settlement.Tunnel> tunnel = Async.function(settlement::settle);
      new Reattachment(request, steps, log, revival::diedAgain).attachAll(silenced, tunnel);
    } while (revival.diedAgain());
    reindex();
    rebalance();
    return log.close();
  }

  /** Ends what runs in the dead namespace while the VPN starts; see decision 0002. */
  private List<Promise<String>> silenceStranded() {
    List<Promise<String>> done = new ArrayList<>();
    for (Container dependent : request.dependents()) {
      if (dependent.status() == ContainerStatus.RUNNING
          || dependent.status() == ContainerStatus.PAUSED) {
        boolean gently = !request.config().scope().manages(dependent);
        done.add(
            Async.function(
                steps.docker("end " + dependent.name() + ": its namespace is dead")::silence,
                dependent.id(),
                request.vpn(),
                request.seenAt(),
                gently));
      }
    }
    return done;
  }

  private void reindex() {
    log.phase("reindex", "the labels are the truth about the assignment");
    log.quietly(
        "reindex",
        () -> Children.reindex(request.config()).reindex(request.config(), request.dependents()));
  }

  private void rebalance() {
    if (request.config().target() < 0) {
      return;
    }
    log.phase("rebalance", "target " + request.config().target());
    log.quietly(
        "rebalance",
        () ->
            Children.provision(request.config())
                .provision(
                    new ProvisionRequest(
                        request.config(), List.of(), log.ports(), false, List.of())));
  }

  private String because() {
    return request.because();
  }

  @Override
  public void signs(List<Sign> signs) {
    revival.hear(signs);
  }

  @Override
  public OutageReport report() {
    return log.report();
  }
}
