package io.evenkeel.workflow;

import io.evenkeel.fleet.Policy;
import io.temporal.activity.ActivityOptions;
import io.temporal.common.RetryOptions;
import io.temporal.common.SearchAttributeKey;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.Map;

/** How a workflow calls the edge, and how it tells its story to the Temporal UI. */
final class Steps {
  private static final SearchAttributeKey<String> FLEET =
      SearchAttributeKey.forKeyword("EvenkeelFleet");
  private static final SearchAttributeKey<String> VPN =
      SearchAttributeKey.forKeyword("EvenkeelVpn");
  private static final SearchAttributeKey<String> PHASE =
      SearchAttributeKey.forKeyword("EvenkeelPhase");

  private static final int LONGEST_SUMMARY = 110;

  private final Policy policy;

  Steps(Policy policy) {
    this.policy = policy;
  }

  /** A Docker interaction: {@code DOCKER_TIMEOUT_S}, then retries with a doubling delay. */
  FleetActivities docker(String summary) {
    return Workflow.newActivityStub(
        FleetActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(policy.dockerTimeout())
            .setHeartbeatTimeout(TaskQueues.SILENT_WORKER)
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(policy.dockerRetryDelay())
                    .setBackoffCoefficient(2)
                    .setMaximumAttempts(policy.dockerRetries() + 1)
                    .build())
            .setSummary(brief(summary))
            .build());
  }

  /** A Docker interaction that somebody else will repeat: it is tried once. */
  FleetActivities once(String summary) {
    return Workflow.newActivityStub(
        FleetActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(policy.dockerTimeout())
            .setHeartbeatTimeout(TaskQueues.SILENT_WORKER)
            .setRetryOptions(RetryOptions.newBuilder().setMaximumAttempts(1).build())
            .setSummary(brief(summary))
            .build());
  }

  /** Words to somebody outside: 10 s, 5 retries. */
  FleetActivities announcement(String summary) {
    return Workflow.newActivityStub(
        FleetActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(Duration.ofSeconds(10))
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(policy.dockerRetryDelay())
                    .setBackoffCoefficient(2)
                    .setMaximumAttempts(6)
                    .build())
            .setSummary(brief(summary))
            .build());
  }

  /** A question that is asked again and again for so long. */
  FleetActivities patient(String summary, Duration longest) {
    return Workflow.newActivityStub(
        FleetActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(policy.dockerTimeout())
            .setHeartbeatTimeout(TaskQueues.SILENT_WORKER)
            .setScheduleToCloseTimeout(longest)
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofMillis(100))
                    .setBackoffCoefficient(1.5)
                    .setMaximumInterval(Duration.ofSeconds(2))
                    .build())
            .setSummary(brief(summary))
            .build());
  }

  /**
   * One short line: the server takes 400 bytes of it, and refuses the step where there are more.
   */
  static String brief(String summary) {
    String line = summary.replaceAll("\\p{Cntrl}+", " ");
    return line.length() <= LONGEST_SUMMARY ? line : line.substring(0, LONGEST_SUMMARY) + "...";
  }

  /** Shows the phase, and one line of why, where the UI looks for them. */
  void tell(String fleet, String vpn, String phase, String line) {
    Workflow.setCurrentDetails("**" + phase + "** " + vpn + ": " + line);
    Workflow.upsertMemo(Map.of("phase", phase, "because", line));
    if (policy.searchAttributes()) {
      Workflow.upsertTypedSearchAttributes(
          FLEET.valueSet(fleet), VPN.valueSet(vpn), PHASE.valueSet(phase));
    }
  }
}
