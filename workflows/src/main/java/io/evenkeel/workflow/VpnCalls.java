package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Workflow;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** What an outage asks Docker of its VPN. None fails: who gets no answer asks again. */
final class VpnCalls {
  private final String vpn;
  private final Steps steps;

  VpnCalls(String vpn, Steps steps) {
    this.vpn = vpn;
    this.steps = steps;
  }

  /**
   * What Docker said.
   *
   * @param given false: it could not be asked, which says nothing
   * @param vpn null: there is none
   */
  record Answer(boolean given, @Nullable Container vpn) {}

  /**
   * Starts it where it does not run.
   *
   * @param newerThan see {@link FleetActivities#startVpn}
   */
  Answer start(@Nullable Instant newerThan) {
    try {
      return new Answer(true, steps.docker("start VPN " + vpn).startVpn(vpn, newerThan));
    } catch (ActivityFailure failure) {
      return failed("start", failure);
    }
  }

  Answer ask() {
    try {
      return new Answer(true, steps.docker("look at VPN " + vpn).vpn(vpn));
    } catch (ActivityFailure failure) {
      return failed("look", failure);
    }
  }

  /**
   * Ends it, to be started anew.
   *
   * @param because one word, or some
   * @return false: Docker has not said that it has ended, and may end it later
   */
  boolean stop(String because) {
    try {
      steps.docker("stop VPN " + vpn + ": " + because).stopVpn(vpn);
      return true;
    } catch (ActivityFailure failure) {
      return failed("stop", failure).given();
    }
  }

  void unpause() {
    try {
      steps.docker("unpause VPN " + vpn).unpauseVpn(vpn);
    } catch (ActivityFailure failure) {
      Answer _ = failed("unpause", failure);
    }
  }

  private Answer failed(String what, ActivityFailure failure) {
    Workflow.getLogger(VpnCalls.class)
        .warn("{} of VPN {} failed: {}; trying again", what, vpn, OutageLog.rootMessage(failure));
    return new Answer(false, null);
  }
}
