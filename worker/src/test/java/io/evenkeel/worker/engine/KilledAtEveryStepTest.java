package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import io.evenkeel.client.FleetReader;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.workflow.EvenkeelData;
import io.grpc.StatusRuntimeException;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowException;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scenarios 6 and 7: kill -9 of the worker, or of Temporal, at each step of an outage and at each
 * deed of a recreate. One fleet, hurt again and again: what one case leaves wrong the next one
 * finds.
 */
@Tag("engine")
@Tag("dev")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@Timeout(300)
class KilledAtEveryStepTest {
  private static final Duration LONG = Duration.ofMinutes(2);
  private static final int ENGINES = 10;

  private final RealFleet fleet = new RealFleet(22_000, "dev");
  private final WorkflowServiceStubs stubs =
      WorkflowServiceStubs.newServiceStubs(
          WorkflowServiceStubsOptions.newBuilder().setTarget(fleet.temporalAddress()).build());
  private final WorkflowClient temporal =
      WorkflowClient.newInstance(
          stubs,
          WorkflowClientOptions.newBuilder().setDataConverter(EvenkeelData.converter()).build());
  private final Moments moments = new Moments(fleet, temporal);
  private String guest = "";

  /** What happens to the second VPN. */
  enum Trouble {
    CRASHED,
    RECREATED
  }

  /** Who is killed in the middle of it. */
  enum Victim {
    WORKER,
    TEMPORAL
  }

  /**
   * A moment of an outage, as its history tells it, or as the engine's events do.
   *
   * @param name of an activity or a workflow that was begun, or an action of the engine
   * @param time the how manieth one of the engine's events; 0: the history tells
   */
  record Step(String name, boolean ofTheVpn, int time) {
    static Step begun(String name) {
      return new Step(name, false, 0);
    }

    static Step vpn(String action) {
      return new Step(action, true, 1);
    }

    static Step dependent(String action, int time) {
      return new Step(action, false, time);
    }

    boolean isIn(HistoryEvent event) {
      return List.of(
              event.getActivityTaskScheduledEventAttributes().getActivityType().getName(),
              event
                  .getStartChildWorkflowExecutionInitiatedEventAttributes()
                  .getWorkflowType()
                  .getName(),
              event.getWorkflowExecutionStartedEventAttributes().getWorkflowType().getName(),
              event.getSignalExternalWorkflowExecutionInitiatedEventAttributes().getSignalName())
          .contains(name);
    }

    @Override
    public String toString() {
      return time == 0
          ? name
          : (ofTheVpn ? "the VPN's " : "a dependent's ") + name + (time > 1 ? " " + time : "");
    }
  }

  /** One kill. */
  record Case(Trouble trouble, Victim victim, Step step) {
    @Override
    public String toString() {
      return victim + " killed at " + step + " of a VPN that was " + trouble;
    }
  }

  static Stream<Case> cases() {
    List<Case> all = new ArrayList<>();
    List<Step> steps =
        List.of(
            Step.begun("VpnOutageWorkflow"),
            Step.begun("Silence"),
            Step.begun("ReadTunnel"),
            Step.begun("Attach"),
            Step.begun("Answering"),
            Step.begun("ReindexWorkflow"),
            Step.begun("ProvisionBalancedWorkflow"),
            Step.begun("outageClosed"),
            Step.vpn("die"),
            Step.vpn("start"),
            Step.dependent("die", 1),
            Step.dependent("start", 1),
            Step.dependent("start", 4),
            Step.dependent("rename", 1),
            Step.dependent("create", 1),
            Step.dependent("destroy", 1));
    steps.forEach(step -> all.add(new Case(Trouble.CRASHED, Victim.WORKER, step)));
    List<Step> ofARecreate =
        List.of(
            Step.dependent("rename", 1),
            Step.dependent("create", 1),
            Step.dependent("start", 1),
            Step.dependent("destroy", 1),
            Step.dependent("create", 4),
            Step.dependent("destroy", 5));
    ofARecreate.forEach(step -> all.add(new Case(Trouble.RECREATED, Victim.WORKER, step)));
    for (Step step :
        List.of(
            Step.begun("VpnOutageWorkflow"),
            Step.begun("Attach"),
            Step.begun("ReindexWorkflow"),
            Step.vpn("start"),
            Step.dependent("start", 2))) {
      all.add(new Case(Trouble.CRASHED, Victim.TEMPORAL, step));
    }
    all.add(new Case(Trouble.RECREATED, Victim.TEMPORAL, Step.dependent("rename", 1)));
    all.add(new Case(Trouble.RECREATED, Victim.TEMPORAL, Step.dependent("create", 2)));
    return all.stream();
  }

  @BeforeAll
  @Timeout(300)
  void aFleetAndAGuest() throws Exception {
    var _ = fleet.withVpn(1).withVpn(2);
    guest = fleet.withGuest(2);
    var _ = fleet.startWorkerProcess(ENGINES);
    awaitWell("at the beginning");
  }

  @AfterAll
  void end() {
    fleet.close();
    stubs.shutdownNow();
  }

  @ParameterizedTest
  @MethodSource("cases")
  void everythingIsRightInTheEnd(Case given) throws Exception {
    Map<String, String> others = fleet.engines(1);
    Map<String, String> before = fleet.engines(2);
    Map<String, String> volumes = volumes();
    Instant began = Instant.now();
    try (Moments.Awaited moment = awaited(given.step())) {
      if (given.trouble() == Trouble.CRASHED) {
        fleet.crash(fleet.vpn(2));
      } else {
        fleet.recreateVpn(2);
      }
      assertThat(moment.met(LONG)).as("%s came", given.step()).isTrue();
      if (given.victim() == Victim.WORKER) {
        fleet.killWorkerProcess();
        var _ = fleet.startWorkerProcess(ENGINES);
      } else {
        fleet.killTemporal();
      }
    }
    await(given.toString()).atMost(LONG).until(() -> allStartedAnew(before));
    awaitWell(given.toString());

    assertThat(fleet.engines(1)).as("the other VPN's are not touched").isEqualTo(others);
    assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
    assertThat(fleet.all()).hasSize(ENGINES);
    assertThat(volumes()).as("the guest's volumes are kept").isEqualTo(volumes);
    assertThat(told(began))
        .as("the story is whole")
        .isNotEmpty()
        .allSatisfy(outage -> {
          assertThat(outage.closedAt()).isNotNull();
          assertThat(outage.phases()).isNotEmpty();
        });
  }

  private Moments.Awaited awaited(Step step) {
    return step.time() == 0
        ? moments.step(step::isIn)
        : moments.event(step.name(), step.ofTheVpn(), step.time());
  }

  /** The same names, each with another start. */
  private boolean allStartedAnew(Map<String, String> before) {
    try {
      Map<String, String> now = fleet.engines(2);
      Set<String> starts = new HashSet<>(now.values());
      starts.retainAll(before.values());
      return now.keySet().equals(before.keySet()) && starts.isEmpty();
    } catch (DockerException between) {
      return false;
    }
  }

  private void awaitWell(String when) {
    await(when)
        .atMost(LONG)
        .until(() ->
            fleet.answering(1) == 5
                && fleet.answering(2) == 5
                && fleet.allTenAreShown()
                && !fleet.outageIsOpen()
                && isAttached(guest));
  }

  private boolean isAttached(String container) {
    try {
      InspectContainerResponse vpn = fleet.inspect(fleet.vpn(2));
      InspectContainerResponse dependent = fleet.inspect(container);
      return Boolean.TRUE.equals(dependent.getState().getRunning())
          && ("container:" + vpn.getId()).equals(dependent.getHostConfig().getNetworkMode())
          && !start(dependent).isBefore(start(vpn));
    } catch (DockerException between) {
      return false;
    }
  }

  private static Instant start(InspectContainerResponse container) {
    return Instant.parse(String.valueOf(container.getState().getStartedAt()));
  }

  private Map<String, String> volumes() {
    Map<String, String> names = new TreeMap<>();
    for (var mount : Objects.requireNonNull(fleet.inspect(guest).getMounts())) {
      names.put(String.valueOf(mount.getDestination()), String.valueOf(mount.getName()));
    }
    return names;
  }

  private List<OutageReport> told(Instant since) {
    List<OutageReport> all = new ArrayList<>();
    await()
        .atMost(LONG)
        .until(() -> {
          try {
            all.clear();
            new FleetReader(temporal, fleet.label())
                .outages().stream()
                    .filter(o -> o.vpn().equals(fleet.vpn(2)) && !o.openedAt().isBefore(since))
                    .forEach(all::add);
            return !all.isEmpty();
          } catch (StatusRuntimeException | WorkflowException notYet) {
            return false;
          }
        });
    return all;
  }
}
