package io.evenkeel.workflow;

import io.temporal.workflow.Workflow;

/**
 * What a workflow does since it was changed; a run that passed the place before goes on as it
 * began.
 */
public enum Change {
  /** What is right again is not held back any longer by a run that failed. */
  PROVISION_IS_RIGHT("provision-is-right"),

  /** Each open outage is told which ones are open beside it. */
  OPEN_ELSEWHERE("open-elsewhere"),

  /** What a person wants is told also to an outage that could not hear it at once. */
  WANTED_LATER("wanted-later"),

  /** A VPN that ends again is not waited for. */
  END_ENDS_WAITS("an-end-ends-the-waits-for-a-vpn"),

  /** What could not be attached is tried again more and more rarely. */
  FAILURES_WAIT("failures-wait"),

  /** Nobody is ended behind a VPN that Docker did not tell about. */
  UNKNOWN_IS_LEFT("unknown-is-left"),

  /** Who asks for a recovery that is open already is heard by it. */
  RECOVER_IS_TOLD("recover-is-told"),

  /** Settings that were changed reach the outages that are open. */
  POLICY_IS_TOLD("policy-is-told"),

  /** Who waits for a start does not take one for it that has ended since. */
  END_FORGETS_STARTS("an-end-forgets-the-starts-before"),

  /** What was started after a stop, and has ended since, was not ended by that stop. */
  START_ENDS_A_STOP("a-start-ends-a-stop"),

  /** A VPN that ends again while its outage rebalances is started before that is over. */
  REBALANCE_HOLDS_UP_NO_START("a-rebalance-holds-up-no-start"),

  /** An engine that does not stay up is started more and more rarely. */
  CRASH_LOOPS_REST("crash-loops-rest"),

  /** A VPN that Docker has lost track of is restarted. */
  LOST_IS_RESTARTED("lost-is-restarted");

  private final String id;

  Change(String id) {
    this.id = id;
  }

  /** By which a history names it. */
  public String id() {
    return id;
  }

  /**
   * Whether this run began with, or has come to, a version that does so. The answer is written into
   * the history: it is to be asked for only where something depends on it.
   */
  boolean isKnown() {
    return Workflow.getVersion(id, Workflow.DEFAULT_VERSION, 1) >= 1;
  }
}
