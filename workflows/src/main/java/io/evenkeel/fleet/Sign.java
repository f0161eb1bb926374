package io.evenkeel.fleet;

import java.time.Instant;

/**
 * What the watch saw; evidence, never an order.
 *
 * @param kind what happened
 * @param vpn the VPN's name; empty where the sign concerns none in particular
 * @param containerId the container that it happened to; empty where it concerns none
 * @param at when the watch saw it
 */
public record Sign(Kind kind, String vpn, String containerId, Instant at) {
  /** The kinds of signs. */
  public enum Kind {
    /** A VPN's followed log stream ended and following again did not find it alive. */
    VPN_PROCESS_ENDED,
    /** Docker's event kill or stop of a VPN: somebody asked for its end. */
    VPN_STOP_ASKED,
    /** It was started, or unpaused. */
    VPN_STARTED,
    /** die, destroy, create, rename, pause, unpause, health of a container of the fleet. */
    CHANGED,
    /** The event stream was away: something may have been missed. */
    GAP
  }
}
