package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Policy;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.client.WorkflowExecutionAlreadyStarted;
import io.temporal.failure.TemporalFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import org.slf4j.Logger;

/**
 * The workflows of outages: each is started, and followed to its end. One that runs already under
 * the same id has the new outage too.
 */
final class OutageRuns {
  private static final Logger log = Workflow.getLogger(OutageRuns.class);
  private static final Duration A_MOMENT = Duration.ofSeconds(1);
  private static final int TRIES_TO_START = 5;

  private final OpenOutages outages;
  private final OutageNews news;
  private final Runnable nudge;

  /**
   * Nothing is started yet.
   *
   * @param nudge to be run when an outage failed
   */
  OutageRuns(OpenOutages outages, OutageNews news, Runnable nudge) {
    this.outages = outages;
    this.news = news;
    this.nudge = nudge;
  }

  /** It is open from now on; its workflow begins when the caller waits. */
  void start(OutageRequest request) {
    outages.opened(request);
    news.awaits(request.vpn());
    Promise<Void> _ = Async.procedure(() -> carry(request));
  }

  /** Starts the outage's workflow and stays until its end. */
  private void carry(OutageRequest request) {
    String vpn = request.vpn();
    for (int tries = 1; ; tries++) {
      VpnOutageWorkflow child = Children.outage(request.config(), vpn, request.because());
      Promise<OutageReport> run = Async.function(child::recover, request);
      try {
        WorkflowExecution _ = Workflow.getWorkflowExecution(child).get();
        begun(request);
        OutageReport _ = run.get();
        return;
      } catch (TemporalFailure failure) {
        if (!alreadyStarted(failure)) {
          log.error("outage of {} ended: {}", vpn, OutageLog.rootMessage(failure));
          news.ended(vpn);
          outages.failed(vpn, request.seenAt());
          nudge.run();
          return;
        }
      }
      if (tries == TRIES_TO_START) {
        log.warn("an outage of {} runs already, under the same id: it has this one too", vpn);
        begun(request);
        return;
      }
      // The one before is about to end.
      Workflow.sleep(A_MOMENT);
    }
  }

  private static boolean alreadyStarted(TemporalFailure failure) {
    return failure.getCause() instanceof WorkflowExecutionAlreadyStarted;
  }

  private void begun(OutageRequest request) {
    outages.begun(request.vpn());
    news.hears(request.config(), request.vpn());
  }

  /**
   * A crashed VPN is started in the very step that opens its outage. The outage starts it too, and
   * judges what came of it: here nothing depends on the answer, which saves a round trip.
   */
  static void startVpnAtOnce(OutageRequest request) {
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
}
