package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Sign;
import io.temporal.workflow.QueryMethod;
import io.temporal.workflow.SignalMethod;
import io.temporal.workflow.UpdateMethod;
import io.temporal.workflow.UpdateValidatorMethod;
import io.temporal.workflow.WorkflowInterface;
import io.temporal.workflow.WorkflowMethod;
import java.util.List;

/** The one owner of what is known of a fleet; id {@code fleet/<fleet>}, runs for ever. */
@WorkflowInterface
public interface FleetMonitorWorkflow {
  @WorkflowMethod
  void run(MonitorState state);

  /** The watch's evidence, batched. */
  @SignalMethod
  void signs(List<Sign> signs);

  /**
   * The configuration that the worker was started with; its target holds until one is asked for.
   */
  @SignalMethod
  void reconfigure(FleetConfig config);

  /**
   * An outage has ended.
   *
   * @param shown names of the engines that consumers can use again
   */
  @SignalMethod
  void outageClosed(OutageReport report, List<String> shown);

  /** A consumer has begun to use an engine: it is not moved until each of its streams has ended. */
  @SignalMethod
  void streamStarted(String containerId, String streamId);

  @SignalMethod
  void streamEnded(String containerId, String streamId);

  @QueryMethod
  FleetView fleet();

  /** The open outages and the last 50 closed ones, newest first. */
  @QueryMethod
  List<OutageReport> outages();

  /** Sets how many engines are wanted, 0 to the configuration's most. */
  @UpdateMethod
  int scale(int target);

  @UpdateValidatorMethod(updateName = "scale")
  void validateScale(int target);

  /** From now on Evenkeel looks, and acts on nothing. */
  @UpdateMethod
  boolean pause();

  @UpdateMethod
  boolean resume();

  /**
   * Opens an outage for a VPN as if it had been found down; one that is open already starts its VPN
   * now. Answers the outage's workflow id.
   */
  @UpdateMethod
  String recover(String vpn);

  @UpdateValidatorMethod(updateName = "recover")
  void validateRecover(String vpn);

  /** Rebuilds the knowledge from one whole listing and the labels; answers the workflow id. */
  @UpdateMethod
  String reindex();
}
