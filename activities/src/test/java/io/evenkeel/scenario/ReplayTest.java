package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.ProvisionBalancedWorkflowImpl;
import io.evenkeel.workflow.ReindexWorkflowImpl;
import io.evenkeel.workflow.VpnOutageWorkflowImpl;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** A changed decision must not break a run that is open: every recorded history replays. */
class ReplayTest {
  private static final List<Class<?>> SCENARIOS =
      List.of(RecoveryTest.class, PreservationTest.class, FlappingTest.class);

  @Test
  void everyRecordedHistoryReplays() throws IOException {
    Map<String, WorkflowExecutionHistory> histories = Histories.all();
    assertThat(histories).hasSizeGreaterThan(50);
    try (TestWorkflowEnvironment temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder()
                        .setDataConverter(EvenkeelData.converter())
                        .build())
                .build())) {
      Worker worker = temporal.newWorker("replay");
      worker.registerWorkflowImplementationTypes(
          FleetMonitorWorkflowImpl.class,
          VpnOutageWorkflowImpl.class,
          ReindexWorkflowImpl.class,
          ProvisionBalancedWorkflowImpl.class);
      histories.forEach((name, history) ->
          assertThatCode(() -> worker.replayWorkflowExecution(history))
              .as(name)
              .doesNotThrowAnyException());
    }
  }

  @Test
  void everyScenarioHasItsHistories() {
    for (Class<?> scenarios : SCENARIOS) {
      for (Method method : scenarios.getDeclaredMethods()) {
        if (method.isAnnotationPresent(Test.class)) {
          assertThat(Histories.FOLDER.resolve(method.getName()).resolve("fleet-test.json.gz"))
              .as("record it with -Devenkeel.histories=record")
              .matches(Files::exists, "exists");
        }
      }
    }
  }
}
