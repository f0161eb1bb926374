package io.evenkeel.workflow;

import java.time.Duration;

/** The names by which workers, starters and workflows find each other. */
public final class TaskQueues {
  /**
   * A worker that is silent for so long has died: what it had begun is tried again, here or by the
   * next one. It says that it lives every second.
   */
  public static final Duration SILENT_WORKER = Duration.ofSeconds(5);

  private TaskQueues() {}

  /** The one task queue of a fleet. */
  public static String of(String fleet) {
    return "evenkeel-" + fleet;
  }

  public static String monitorId(String fleet) {
    return "fleet/" + fleet;
  }

  public static String outageId(String fleet, String vpn) {
    return "outage/" + fleet + "/" + vpn;
  }

  public static String reindexId(String fleet) {
    return "reindex/" + fleet;
  }

  public static String provisionId(String fleet) {
    return "provision/" + fleet;
  }
}
