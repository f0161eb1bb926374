package io.evenkeel.client;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.FleetView.OpenOutage;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.workflow.FleetMonitorWorkflow;
import io.evenkeel.workflow.OutageProgress;
import io.evenkeel.workflow.TaskQueues;
import io.evenkeel.workflow.VpnOutageWorkflow;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * A fleet as its monitor knows it, with the word of each open outage on itself: an outage in the
 * middle of its work is asked, and does not spend its time on telling.
 */
public final class FleetReader {
  private final WorkflowClient client;
  private final String fleet;

  public FleetReader(WorkflowClient client, String fleet) {
    this.client = client;
    this.fleet = fleet;
  }

  /** The monitor, to tell it something. */
  public FleetMonitorWorkflow monitor() {
    return client.newWorkflowStub(FleetMonitorWorkflow.class, TaskQueues.monitorId(fleet));
  }

  /** The fleet now. */
  public FleetView fleet() {
    FleetView view = monitor().fleet();
    Map<String, OutageProgress> open = new TreeMap<>();
    for (FleetView.Vpn vpn : view.vpns()) {
      OutageProgress progress = vpn.outage() == null ? null : progress(vpn.outage());
      if (progress != null) {
        open.put(vpn.name(), progress);
      }
    }
    return open.isEmpty() ? view : with(view, open);
  }

  /** The outage's own word; null where the monitor's must do. */
  private @Nullable OutageProgress progress(OpenOutage outage) {
    if (outage.phase().equals(OutageProgress.OPENING)) {
      // It would answer after its first step only.
      return null;
    }
    OutageProgress progress = ask(outage.workflowId(), VpnOutageWorkflow::progress);
    // Before the outage's first step its id still answers for the one before it.
    return progress != null && progress.since().equals(outage.since()) ? progress : null;
  }

  /** The open outages and the last closed ones, newest first. */
  public List<OutageReport> outages() {
    return monitor().outages().stream().map(this::current).toList();
  }

  private OutageReport current(OutageReport known) {
    if (known.closedAt() != null) {
      return known;
    }
    OutageReport own = ask(known.workflowId(), VpnOutageWorkflow::report);
    return own != null && own.openedAt().equals(known.openedAt()) ? own : known;
  }

  private <T> @Nullable T ask(String workflowId, Function<VpnOutageWorkflow, T> question) {
    try {
      return question.apply(client.newWorkflowStub(VpnOutageWorkflow.class, workflowId));
    } catch (WorkflowException | StatusRuntimeException away) {
      // The monitor's word stands: open, and nothing shown.
      return null;
    }
  }

  private static FleetView with(FleetView view, Map<String, OutageProgress> open) {
    List<FleetView.Engine> engines =
        view.engines().stream()
            .map(e -> {
              OutageProgress outage = open.get(e.vpn());
              return outage == null ? e : e.reachable(outage.shown().contains(e.name()));
            })
            .toList();
    List<FleetView.Vpn> vpns =
        view.vpns().stream()
            .map(v -> {
              OutageProgress outage = open.get(v.name());
              return outage == null ? v : v.during(outage.phase(), reachable(engines, v.name()));
            })
            .toList();
    return view.with(vpns, engines);
  }

  private static int reachable(List<FleetView.Engine> engines, String vpn) {
    return (int)
        engines.stream().filter(e -> e.vpn().equals(vpn) && !e.guest() && e.reachable()).count();
  }
}
