package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Sign;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import org.slf4j.Logger;

/**
 * What open outages are told: signs, what a person wants, what is open beside them. One whose
 * workflow has not begun cannot hear: it is told when it can. One that cannot be told anything any
 * more is no longer open.
 */
final class OutageNews {
  private static final Logger log = Workflow.getLogger(OutageNews.class);

  private final OpenOutages outages;
  private final Runnable nudge;

  /** VPNs whose outage cannot hear yet. */
  private final Set<String> starting = new TreeSet<>();

  private final Map<String, List<Sign>> untold = new TreeMap<>();

  /** What else an outage is to hear as soon as it can, by VPN. */
  private final Map<String, List<Runnable>> later = new TreeMap<>();

  /**
   * Nothing is untold yet.
   *
   * @param nudge to be run when an outage was found to be gone
   */
  OutageNews(OpenOutages outages, Runnable nudge) {
    this.outages = outages;
    this.nudge = nudge;
  }

  /** From now on, until it hears, what it is to be told waits. */
  void awaits(String vpn) {
    starting.add(vpn);
  }

  /** It can hear now; what was to be told before it could is told. */
  void hears(FleetConfig config, String vpn) {
    starting.remove(vpn);
    List<Sign> waiting = untold.remove(vpn);
    if (waiting != null) {
      tell(config, vpn, waiting);
    }
    List<Runnable> words = later.remove(vpn);
    if (words != null) {
      words.forEach(Runnable::run);
    }
  }

  /** It has ended: nothing awaits its beginning. */
  void ended(String vpn) {
    starting.remove(vpn);
  }

  /** Whether an outage was opened whose workflow may not have been started yet. */
  boolean isAwaited() {
    return !starting.isEmpty();
  }

  /** What concerns an open outage is its own to hear. */
  void forward(FleetConfig config, List<Sign> batch) {
    for (String vpn : outages.busyVpns()) {
      Instant evidence = Objects.requireNonNull(outages.of(vpn)).since();
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
    outages.busyVpns().stream()
        .filter(vpn -> !starting.contains(vpn))
        .forEach(vpn -> tell(config, vpn, List.of()));
  }

  /** A person asks for this recovery; returns when its outage has been told, or is not open. */
  void recoverNow(FleetConfig config, String vpn) {
    Instant asked = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    Workflow.await(() -> !starting.contains(vpn));
    OutageProgress told = outages.of(vpn);
    if (told == null || !outages.isOpen(vpn)) {
      return;
    }
    VpnOutageWorkflow outage =
        Workflow.newExternalWorkflowStub(
            VpnOutageWorkflow.class, TaskQueues.outageId(config.fleet(), vpn));
    try {
      outage.recoverNow(asked);
    } catch (TemporalFailure gone) {
      lost(told, gone);
    }
  }

  /** A person wants something else: each open outage goes by it from now on. */
  void wanted(FleetConfig config, boolean paused) {
    for (String vpn : outages.busyVpns()) {
      if (!starting.contains(vpn)) {
        tellWanted(config, vpn, paused);
      } else if (Change.WANTED_LATER.isKnown()) {
        whenItHears(vpn, () -> tellWanted(config, vpn, paused));
      }
    }
  }

  /** Each other open outage learns which ones are open beside it. */
  void tellTheOthersThan(String vpn) {
    List<String> others = outages.othersThan(vpn);
    if (others.isEmpty() || !Change.OPEN_ELSEWHERE.isKnown()) {
      return;
    }
    for (String other : others) {
      if (starting.contains(other)) {
        whenItHears(other, () -> tellWhatIsOpenElsewhere(other));
      } else {
        tellWhatIsOpenElsewhere(other);
      }
    }
  }

  private void whenItHears(String vpn, Runnable telling) {
    later.computeIfAbsent(vpn, _ -> new ArrayList<>()).add(telling);
  }

  private void tellWhatIsOpenElsewhere(String vpn) {
    OutageProgress progress = outages.of(vpn);
    if (progress != null) {
      VpnOutageWorkflow outage =
          Workflow.newExternalWorkflowStub(VpnOutageWorkflow.class, progress.workflowId());
      Promise<Void> _ =
          Async.procedure(outage::openElsewhere, outages.othersThan(vpn)).exceptionally(_ -> null);
    }
  }

  private static void tellWanted(FleetConfig config, String vpn, boolean paused) {
    VpnOutageWorkflow outage =
        Workflow.newExternalWorkflowStub(
            VpnOutageWorkflow.class, TaskQueues.outageId(config.fleet(), vpn));
    Promise<Void> _ =
        Async.procedure(outage::wanted, config.target(), paused, config.policy())
            // It has closed meanwhile: the monitor provisions by what is wanted anyway.
            .exceptionally(_ -> null);
  }

  private void tell(FleetConfig config, String vpn, List<Sign> signs) {
    OutageProgress told = Objects.requireNonNull(outages.of(vpn));
    VpnOutageWorkflow outage =
        Workflow.newExternalWorkflowStub(
            VpnOutageWorkflow.class, TaskQueues.outageId(config.fleet(), vpn));
    Promise<Void> _ =
        Async.procedure(outage::signs, signs)
            .exceptionally(gone -> {
              lost(told, gone);
              return null;
            });
  }

  private void lost(OutageProgress told, Throwable gone) {
    if (outages.lost(told)) {
      log.error("outage of {} is not there any more: {}", told.vpn(), OutageLog.rootMessage(gone));
      nudge.run();
    }
  }
}
