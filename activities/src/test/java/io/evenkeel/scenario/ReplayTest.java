package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.Change;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.MonitorState;
import io.evenkeel.workflow.ProvisionBalancedWorkflow;
import io.evenkeel.workflow.ProvisionBalancedWorkflowImpl;
import io.evenkeel.workflow.ReindexWorkflow;
import io.evenkeel.workflow.ReindexWorkflowImpl;
import io.evenkeel.workflow.TaskQueues;
import io.evenkeel.workflow.VpnOutageWorkflow;
import io.evenkeel.workflow.VpnOutageWorkflowImpl;
import io.temporal.api.common.v1.Payload;
import io.temporal.api.common.v1.Payloads;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.common.WorkflowExecutionHistory;
import io.temporal.common.converter.DataConverter;
import io.temporal.testing.TestEnvironmentOptions;
import io.temporal.testing.TestWorkflowEnvironment;
import io.temporal.worker.Worker;
import io.temporal.workflow.WorkflowMethod;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.lang.reflect.Method;
import java.lang.reflect.Type;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.platform.commons.annotation.Testable;
import org.junit.platform.commons.support.AnnotationSupport;

/** A changed decision must not break a run that is open: every recorded history replays. */
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
class ReplayTest {
  private static final ObjectMapper JSON = EvenkeelData.mapper();
  private static final DataConverter DATA = EvenkeelData.converter();

  /** Read once for all tests. */
  private final Map<String, WorkflowExecutionHistory> histories = Histories.all();

  ReplayTest() throws IOException {}

  @Test
  void everyRecordedHistoryReplays() {
    assertThat(histories).hasSizeGreaterThan(50);
    try (TestWorkflowEnvironment temporal =
        TestWorkflowEnvironment.newInstance(
            TestEnvironmentOptions.newBuilder()
                .setWorkflowClientOptions(
                    WorkflowClientOptions.newBuilder().setDataConverter(DATA).build())
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
          recorded.add(DATA.fromPayloads(0, Optional.of(changeId), String.class, String.class));
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

  /**
   * A run that is open needs its children too: what a monitor has begun, and what it has heard of,
   * is recorded beside it.
   */
  @Test
  void everyOutageOfARecordedMonitorIsRecordedToo() {
    AtomicInteger outages = new AtomicInteger();
    histories.forEach((name, history) -> {
      if (name.endsWith("/" + Histories.file(TaskQueues.monitorId(World.FLEET)))) {
        for (String child : begun(history)) {
          assertThat(histories.keySet())
              .as("record it with -Devenkeel.histories=record")
              .contains(name.substring(0, name.indexOf('/') + 1) + Histories.file(child));
          int _ = outages.addAndGet(child.startsWith("outage/") ? 1 : 0);
        }
      }
    });
    assertThat(outages).hasValueGreaterThan(50);
  }

  /** Ids of the workflows that this run began, and of the outages of the runs before it. */
  private static Set<String> begun(WorkflowExecutionHistory monitor) {
    Set<String> ids = new TreeSet<>();
    for (HistoryEvent event : monitor.getEvents()) {
      if (event.hasStartChildWorkflowExecutionInitiatedEventAttributes()) {
        ids.add(event.getStartChildWorkflowExecutionInitiatedEventAttributes().getWorkflowId());
      }
    }
    Payloads input =
        monitor.getEvents().getFirst().getWorkflowExecutionStartedEventAttributes().getInput();
    MonitorState state =
        DATA.fromPayloads(0, Optional.of(input), MonitorState.class, MonitorState.class);
    state.closed().forEach(report -> ids.add(TaskQueues.outageId(World.FLEET, report.vpn())));
    state.open().keySet().forEach(vpn -> ids.add(TaskQueues.outageId(World.FLEET, vpn)));
    return ids;
  }

  /** Between its start and its first step a child has nothing but this. */
  @Test
  void whatARecordedRunGaveToItsChildrenIsReadWithoutALoss() {
    Map<String, List<Type>> takes = new TreeMap<>();
    for (Class<?> workflow :
        List.of(VpnOutageWorkflow.class, ReindexWorkflow.class, ProvisionBalancedWorkflow.class)) {
      for (Method method : workflow.getMethods()) {
        if (method.isAnnotationPresent(WorkflowMethod.class)) {
          var _ = takes.put(workflow.getSimpleName(), List.of(method.getGenericParameterTypes()));
        }
      }
    }
    Set<String> given = new TreeSet<>();
    histories.forEach((name, history) -> {
      for (HistoryEvent event : history.getEvents()) {
        if (event.hasStartChildWorkflowExecutionInitiatedEventAttributes()) {
          var child = event.getStartChildWorkflowExecutionInitiatedEventAttributes();
          String type = child.getWorkflowType().getName();
          List<Type> types = Objects.requireNonNull(takes.get(type), type);
          given.add(type);
          assertThat(child.getInput().getPayloadsCount()).as(name).isEqualTo(types.size());
          for (int i = 0; i < types.size(); i++) {
            assertThat(lost(child.getInput().getPayloads(i), types.get(i)))
                .as("%s, event %d", name, event.getEventId())
                .isEmpty();
          }
        }
      }
    });
    assertThat(given).isEqualTo(takes.keySet());
  }

  /** What is in there and is not read. */
  private static List<String> lost(Payload written, Type type) {
    List<String> lost = new ArrayList<>();
    try {
      JsonNode before = JSON.readTree(written.getData().toByteArray());
      Object read = JSON.treeToValue(before, JSON.constructType(type));
      lose("", before, JSON.valueToTree(read), lost);
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
    return lost;
  }

  private static void lose(String path, JsonNode before, JsonNode after, List<String> lost) {
    if (before.isObject() && after.isObject()) {
      before
          .properties()
          .forEach(field ->
              lose(
                  path + "/" + field.getKey(), field.getValue(), after.path(field.getKey()), lost));
    } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
      for (int i = 0; i < before.size(); i++) {
        lose(path + "/" + i, before.get(i), after.get(i), lost);
      }
    } else if (!before.equals(after)) {
      lost.add(path + ": " + before + " is read as " + after);
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
