package io.evenkeel.workflow;

/** The names by which workers, starters and workflows find each other. */
public final class TaskQueues {
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
