package io.evenkeel.workflow;

import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The story of one VPN's outage; id {@code outage/<fleet>/<vpn>}, which is its lock. */
@WorkflowInterface
public interface VpnOutageWorkflow {
  @WorkflowMethod
  OutageReport recover(OutageRequest request);

  /** What the watch saw since; ends any wait early. */
  @SignalMethod
  void signs(List<Sign> signs);

  /**
   * A person asks for the VPN's recovery: it is started at once, whatever was waited for.
   *
   * @param at stops before that are known to whoever asks
   */
  @SignalMethod
  void recoverNow(Instant at);

  /**
   * What is wanted of the fleet from now on: its rebalance goes by that, and the wait for its VPN.
   *
   * @param target engines in all
   * @param paused whether nothing is to be rebalanced
   * @param policy null: the one before, as an older version tells none
   */
  @SignalMethod
  void wanted(int target, boolean paused, @Nullable Policy policy);

  /** Other VPNs whose outage is open from now on: its rebalance leaves them alone. */
  @SignalMethod
  void openElsewhere(List<String> vpns);

  @QueryMethod
  OutageReport report();

  /** Where it stands now, and which engines are shown again. */
  @QueryMethod
  OutageProgress progress();
}
