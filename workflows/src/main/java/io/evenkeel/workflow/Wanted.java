package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import io.temporal.failure.ApplicationFailure;

/**
 * What is wanted of a fleet: the configuration that the worker was started with, and what a person
 * has asked for since. A target that was asked for outlives the next configuration.
 */
final class Wanted {
  private FleetConfig config;
  private boolean targetAsked;
  private boolean paused;

  Wanted(MonitorState state) {
    this.config = state.config();
    this.targetAsked = state.targetAsked();
    this.paused = state.paused();
  }

  /** With the target that holds now. */
  FleetConfig config() {
    return config;
  }

  /** Whether a person has set the target: what is above it is removed. */
  boolean targetAsked() {
    return targetAsked;
  }

  /** Whether nothing is acted on. */
  boolean paused() {
    return paused;
  }

  void reconfigure(FleetConfig wanted) {
    config = targetAsked ? wanted.withTarget(config.target()) : wanted;
  }

  /** Takes a target that is not refused. */
  void scale(int target) {
    config = config.withTarget(target);
    targetAsked = true;
  }

  void pause() {
    paused = true;
  }

  void resume() {
    paused = false;
  }

  /** Refuses a target that the fleet may not have, or has no ports for. */
  void validateTarget(int target) {
    int room = config.room();
    if (target < 0 || target > config.most()) {
      throw refused("target: got " + target + ", takes 0 to " + config.most());
    }
    if (target > room) {
      throw refused("target: got " + target + ", takes 0 to " + room + ", the ports of its VPNs");
    }
  }

  /** Refuses a VPN that is not of this fleet. */
  void validateVpn(String vpn) {
    if (config.vpn(vpn).isEmpty()) {
      throw refused("VPN " + vpn + " is not of this fleet, which has " + config.scope().vpns());
    }
  }

  private static ApplicationFailure refused(String line) {
    return ApplicationFailure.newNonRetryableFailure(line, "REFUSED");
  }
}
