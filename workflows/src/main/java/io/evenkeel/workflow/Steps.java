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

  private final Policy policy;

  Steps(Policy policy) {
    this.policy = policy;
  }

  /** A Docker interaction: {@code DOCKER_TIMEOUT_S}, then retries with a doubling delay. */
  FleetActivities docker(String summary) {
    return docker(summary, policy.dockerRetries() + 1);
  }

  /** A Docker interaction that answers for itself: its caller comes again anyway. */
  FleetActivities once(String summary) {
    return docker(summary, 1);
  }

  private FleetActivities docker(String summary, int attempts) {
    return Workflow.newActivityStub(
        FleetActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(policy.dockerTimeout())
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(policy.dockerRetryDelay())
                    .setBackoffCoefficient(2)
                    .setMaximumAttempts(attempts)
                    .build())
            .setSummary(summary)
            .build());
  }

  /** A probe, tried again and again until the engine has had its time to start. */
  FleetActivities patient(String summary) {
    return Workflow.newActivityStub(
        FleetActivities.class,
        ActivityOptions.newBuilder()
            .setStartToCloseTimeout(policy.dockerTimeout())
            .setScheduleToCloseTimeout(policy.startupTimeout())
            .setRetryOptions(
                RetryOptions.newBuilder()
                    .setInitialInterval(Duration.ofMillis(250))
                    .setBackoffCoefficient(1.5)
                    .setMaximumInterval(Duration.ofSeconds(2))
                    .build())
            .setSummary(summary)
            .build());
  }

  /** Shows the phase, and one line of why, where the UI looks for them. */
  void tell(String fleet, String vpn, String phase, String line) {
    Workflow.getLogger(Steps.class).info("{} {}: {} - {}", fleet, vpn, phase, line);
    Workflow.setCurrentDetails("**" + phase + "** " + vpn + ": " + line);
    Workflow.upsertMemo(Map.of("phase", phase, "because", line));
    if (policy.searchAttributes()) {
      Workflow.upsertTypedSearchAttributes(
          FLEET.valueSet(fleet), VPN.valueSet(vpn), PHASE.valueSet(phase));
    }
  }
}
