package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.Change;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.ProvisionBalancedWorkflowImpl;
import io.evenkeel.workflow.ReindexWorkflowImpl;
import io.evenkeel.workflow.VpnOutageWorkflowImpl;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import java.io.IOException;
import java.lang.reflect.Method;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** A changed decision must not break a run that is open: every recorded history replays. */
class ReplayTest {
  private static Map<String, WorkflowExecutionHistory> histories = Map.of();

  @BeforeAll
  static void read() throws IOException {
    histories = Histories.all();
  }

  @AfterAll
  static void forget() {
    histories = Map.of();
  }

  @Test
  void everyRecordedHistoryReplays() {
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
  void noRecordedHistoryHoldsASecret() {
    assertThat(histories).isNotEmpty();
    histories.forEach((name, history) ->
        assertThat(Histories.words(history))
            .as(name)
            .contains(World.FLEET)
            .doesNotContain(SimulatedFleet.SECRET)
            .doesNotContainIgnoringCase("password", "private_key", "private-key", "--token"));
  }

  @Test
  void everyVersionOfAWorkflowIsInARecordedHistory() {
    Set<String> recorded = new TreeSet<>();
    for (WorkflowExecutionHistory history : histories.values()) {
      for (HistoryEvent event : history.getEvents()) {
        Payloads changeId =
            event.getMarkerRecordedEventAttributes().getDetailsMap().get("changeId");
        if (changeId != null) {
          recorded.add(
              EvenkeelData.converter()
                  .fromPayloads(0, Optional.of(changeId), String.class, String.class));
        }
      }
    }
    assertThat(recorded).containsAll(Stream.of(Change.values()).map(Change::id).toList());
  }

  @Test
  void everyScenarioHasItsHistories() throws Exception {
    List<Class<?>> classes = scenarioClasses();
    assertThat(classes).hasSizeGreaterThan(3);
    for (Class<?> scenarios : classes) {
      for (Method method : scenarios.getDeclaredMethods()) {
        if (AnnotationSupport.isAnnotated(method, Testable.class)) {
          assertThat(Histories.FOLDER.resolve(method.getName()).resolve("fleet-test.json.gz"))
              .as(scenarios.getSimpleName() + ": record it with -Devenkeel.histories=record")
              .matches(Files::exists, "exists");
        }
      }
    }
  }

  /** Every test class of this package but this one. */
  private static List<Class<?>> scenarioClasses() throws Exception {
    Path folder = Path.of(ReplayTest.class.getResource("ReplayTest.class").toURI()).getParent();
    List<Class<?>> classes = new ArrayList<>();
    try (Stream<Path> files = Files.list(folder)) {
      for (Path file : files.sorted().toList()) {
        String name = file.getFileName().toString();
        if (name.endsWith("Test.class") && !name.equals("ReplayTest.class")) {
          classes.add(
              Class.forName(ReplayTest.class.getPackageName() + "." + name.replace(".class", "")));
        }
      }
    }
    return classes;
  }
}
