package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import io.evenkeel.client.FleetReader;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.PhaseTime;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.EventType;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashSet;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.stream.Collectors;
import java.util.stream.LongStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.MethodOrderer;
import org.junit.jupiter.api.Order;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestMethodOrder;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scenarios 6 and 7: kill -9 of the worker, of Temporal, or of both, at each step of an outage and
 * at each deed of a restart and of a recreate. One fleet, hurt again and again: what one case
 * leaves wrong the next one finds.
 */
@Tag("engine")
@Tag("dev")
@TestInstance(TestInstance.Lifecycle.PER_CLASS)
@TestMethodOrder(MethodOrderer.OrderAnnotation.class)
@Timeout(600)
class KilledAtEveryStepTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final int ENGINES = 10;

  /** A moment may be over before it is met; then the case is repeated. */
  private static final int TRIES = 8;

  private static final List<String> PHASES =
      List.of("preserve", "confirm", "revive", "settle", "reattach", "reindex", "rebalance");

  private final RealFleet fleet = new RealFleet(22_000, "dev");
  private final WorkflowClient temporal = fleet.connect();
  private final Moments moments = new Moments(fleet, temporal);
  private final ExecutorService elsewhere = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Trouble, Double> undisturbed = new EnumMap<>(Trouble.class);
  private final List<String> rows = new ArrayList<>();
  private String guest = "";

  /** What happens to the second VPN. */
  enum Trouble {
    /** Its process is killed. */
    CRASHED,
    /** Somebody restarts it through the engine. */
    RESTARTED,
    /** Somebody removes it and makes another one under its name. */
    RECREATED
  }

  /** Who is killed in the middle of it. */
  enum Victim {
    WORKER,
    TEMPORAL,
    BOTH
  }

  /**
   * A moment of an outage, as its history tells it, or as the engine's events do.
   *
   * @param name of an activity or a workflow that was begun, or an action of the engine
   * @param time the how manieth one of the engine's events; 0: the history tells
   */
  record Step(String name, boolean ofTheVpn, int time) {
    /** The outage's last words: it is over then, and the monitor has not looked yet. */
    static final Step END = begun("outageClosed");

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

  private static List<Step> steps(Trouble trouble, Victim victim) {
    return switch (victim) {
      case WORKER ->
          switch (trouble) {
            case CRASHED ->
                List.of(
                    Step.begun("VpnOutageWorkflow"),
                    Step.begun("Silence"),
                    Step.begun("ReadTunnel"),
                    Step.begun("Attach"),
                    Step.begun("Answering"),
                    Step.begun("ReindexWorkflow"),
                    Step.begun("ProvisionBalancedWorkflow"),
                    Step.END,
                    Step.vpn("die"),
                    Step.vpn("start"),
                    Step.dependent("start", 4),
                    Step.dependent("rename", 1),
                    Step.dependent("create", 1),
                    Step.dependent("destroy", 1));
            case RESTARTED ->
                List.of(
                    Step.dependent("kill", 2),
                    Step.dependent("stop", 1),
                    Step.dependent("start", 2));
            case RECREATED ->
                List.of(
                    Step.vpn("destroy"),
                    Step.vpn("create"),
                    Step.dependent("rename", 1),
                    Step.dependent("create", 1),
                    Step.dependent("start", 1),
                    Step.dependent("destroy", 1),
                    Step.dependent("destroy", 5));
          };
      case TEMPORAL ->
          switch (trouble) {
            case CRASHED ->
                List.of(
                    Step.begun("VpnOutageWorkflow"),
                    Step.begun("Silence"),
                    Step.begun("ReadTunnel"),
                    Step.begun("Attach"),
                    Step.begun("Answering"),
                    Step.begun("ReindexWorkflow"),
                    Step.begun("ProvisionBalancedWorkflow"),
                    Step.END,
                    Step.vpn("die"),
                    Step.vpn("start"),
                    Step.dependent("start", 1),
                    Step.dependent("rename", 1),
                    Step.dependent("destroy", 1));
            case RESTARTED -> List.of(Step.dependent("die", 3), Step.dependent("start", 2));
            case RECREATED ->
                List.of(
                    Step.vpn("destroy"),
                    Step.dependent("rename", 1),
                    Step.dependent("create", 2),
                    Step.dependent("destroy", 1),
                    Step.dependent("start", 4));
          };
      case BOTH ->
          switch (trouble) {
            case CRASHED -> List.of(Step.dependent("start", 2));
            case RESTARTED -> List.of();
            case RECREATED -> List.of(Step.dependent("destroy", 2));
          };
    };
  }

  /**
   * At which actions of dependents this one is not killed in this trouble: six minutes are enough.
   * What is new to the engine, or whose case goes, is neither here nor among the steps.
   */
  private static Set<String> leftOut(Trouble trouble, Victim victim) {
    return switch (victim) {
      case WORKER ->
          switch (trouble) {
            case CRASHED, RECREATED -> Set.of("kill", "die", "stop");
            case RESTARTED -> Set.of("die", "rename", "create", "destroy");
          };
      case TEMPORAL ->
          switch (trouble) {
            case CRASHED -> Set.of("kill", "die", "stop", "create");
            case RESTARTED -> Set.of("kill", "stop", "rename", "create", "destroy");
            case RECREATED -> Set.of("kill", "die", "stop");
          };
      // Whatever each of them outlives alone: two samples.
      case BOTH -> Set.of("kill", "die", "stop", "start", "rename", "create", "destroy");
    };
  }

  /** The actions of dependents at which this one is killed in this trouble. */
  private static Set<String> killedAt(Trouble trouble, Victim victim) {
    return steps(trouble, victim).stream()
        .filter(step -> step.time() > 0 && !step.ofTheVpn())
        .map(Step::name)
        .collect(Collectors.toSet());
  }

  static Stream<Case> cases() {
    return Stream.of(Victim.values())
        .flatMap(victim ->
            Stream.of(Trouble.values())
                .flatMap(trouble ->
                    steps(trouble, victim).stream().map(step -> new Case(trouble, victim, step))));
  }

  @BeforeAll
  @Timeout(300)
  void aFleetAndAGuest() throws Exception {
    var _ = fleet.withVpn(1).withVpn(2);
    guest = fleet.withGuest(2);
    var _ = fleet.startWorkerProcess(ENGINES);
    awaitWell("at the beginning");
    awaitSettled("at the beginning");
  }

  @AfterAll
  void end() throws IOException {
    elsewhere.shutdownNow();
    fleet.close();
    // For docs/reliability.md.
    var _ = Files.write(Path.of("target", "killed-at-every-step.md"), rows);
  }

  /**
   * What the engine tells of an outage without a kill: there is a case of each trouble and victim
   * for all of it, but for what is left out.
   */
  @Order(1)
  @ParameterizedTest
  @EnumSource
  void everyActionOfTheEngineIsAmongTheSteps(Trouble trouble) throws Exception {
    Map<String, String> before = fleet.engines(2);
    Instant began = Instant.now();
    try (Moments.Heard heard = moments.hear()) {
      hurt(trouble).get(LONG.toSeconds(), TimeUnit.SECONDS);
      await(trouble.toString()).atMost(LONG).until(() -> allStartedAnew(before));
      awaitWell(trouble.toString());
      undisturbed.put(trouble, secondsSince(began));
      awaitSettled(trouble.toString());
      assertThat(heard.ofDependents()).isNotEmpty();
      for (Victim victim : Victim.values()) {
        Set<String> asked = new TreeSet<>(killedAt(trouble, victim));
        asked.addAll(leftOut(trouble, victim));
        assertThat(asked).as("%s killed", victim).containsAll(heard.ofDependents());
      }
    }
    row(trouble + ", nobody killed", undisturbed.getOrDefault(trouble, 0.0), told(began));
  }

  @Order(2)
  @ParameterizedTest
  @MethodSource("cases")
  void everythingIsRightInTheEnd(Case given) throws Exception {
    int tries = 0;
    while (!isKilledBeforeItsEnd(given)) {
      tries++;
      assertThat(tries).as("%s never came before the outage's end", given).isLessThan(TRIES);
    }
  }

  /** One outage with everything that must hold; whether the kill was still in the middle of it. */
  private boolean isKilledBeforeItsEnd(Case given) throws Exception {
    Map<String, String> others = fleet.engines(1);
    Map<String, String> before = fleet.engines(2);
    Map<String, String> volumes = volumes();
    Instant began = Instant.now();
    boolean met;
    Instant killed;
    try (Moments.Awaited moment = awaited(given.step(), began)) {
      Future<?> hurt = hurt(given.trouble());
      met = moment.met(LONG);
      killed = Instant.now();
      kill(given.victim());
      hurt.get(LONG.toSeconds(), TimeUnit.SECONDS);
    }
    await(given.toString()).atMost(LONG).until(() -> allStartedAnew(before));
    awaitWell(given.toString());
    double seconds = secondsSince(began);
    awaitSettled(given.toString());

    assertThat(fleet.engines(1)).as("the other VPN's are not touched").isEqualTo(others);
    assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
    assertThat(fleet.all()).hasSize(ENGINES);
    assertThat(volumes()).as("the guest's volumes are kept").isEqualTo(volumes);
    List<OutageReport> told = told(began);
    assertThat(told)
        .as("the story is whole")
        .isNotEmpty()
        .allSatisfy(outage -> {
          assertThat(outage.closedAt()).isNotNull();
          assertThat(outage.phases()).extracting(PhaseTime::phase).containsAll(PHASES);
        });
    // The monitor hears that an outage is closed before Temporal has the workflow's last event.
    await("the last of " + told).atMost(LONG).until(moments::lastHasEnded);
    List<HistoryEvent> history = moments.lastHistory();
    assertThat(history)
        .extracting(HistoryEvent::getEventId)
        .isEqualTo(LongStream.rangeClosed(1, history.size()).boxed().toList());
    assertThat(history.getLast().getEventType())
        .as("%s: %s", given, told)
        .isEqualTo(EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED);
    boolean inTheMiddle =
        met && (given.step().equals(Step.END) || !moments.ended(history).isBefore(killed));
    if (inTheMiddle) {
      row(given.trouble() + ", " + given.victim() + " at " + given.step(), seconds, told);
    }
    return inTheMiddle;
  }

  private Future<?> hurt(Trouble trouble) {
    return elsewhere.submit(() -> {
      switch (trouble) {
        case CRASHED -> fleet.crash(fleet.vpn(2));
        case RESTARTED -> {
          var _ = fleet.docker().restartContainerCmd(fleet.vpn(2)).withTimeout(0).exec();
        }
        case RECREATED -> fleet.recreateVpn(2);
      }
      return trouble;
    });
  }

  private void kill(Victim victim) throws IOException, InterruptedException {
    if (victim != Victim.TEMPORAL) {
      fleet.killWorkerProcess();
    }
    if (victim != Victim.WORKER) {
      fleet.killTemporal();
    }
    if (victim != Victim.TEMPORAL) {
      var _ = fleet.startWorkerProcess(ENGINES);
    }
  }

  private Moments.Awaited awaited(Step step, Instant began) throws InterruptedException {
    return step.time() == 0
        ? moments.step(step::isIn)
        : moments.event(step.name(), step.ofTheVpn(), step.time(), () -> isOver(began));
  }

  /** The outage that began then has come and gone: what has not come will not. */
  private boolean isOver(Instant began) {
    try {
      return closed(began).stream().anyMatch(outage -> outage.closedAt() != null);
    } catch (StatusRuntimeException | WorkflowException notYet) {
      return false;
    }
  }

  /** The same names, each with another start. */
  private boolean allStartedAnew(Map<String, String> before) {
    try {
      // Twice: a list is no photograph.
      int first = fleet.running();
      assertThat(Math.min(first, fleet.running()))
          .as("never more than wanted")
          .isLessThanOrEqualTo(ENGINES);
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
        .ignoreExceptions()
        .untilAsserted(() -> {
          assertThat(fleet.running()).as("running").isEqualTo(ENGINES);
          assertThat(fleet.answering(1)).as("answering behind the first VPN").isEqualTo(5);
          assertThat(fleet.answering(2)).as("answering behind the second VPN").isEqualTo(5);
          assertThat(fleet.allTenAreShown()).as("all are shown").isTrue();
          assertThat(fleet.outageIsOpen()).as("an outage is open").isFalse();
          assertThat(moments.lastHasEnded()).as("its workflow has ended").isTrue();
          assertThat(isAttached(guest)).as("the guest is attached").isTrue();
        });
  }

  /** Nobody is made anew for another forwarded port any more: no part of the outage's time. */
  private void awaitSettled(String when) {
    await(when).atMost(LONG).until(() -> fleet.isFiveAndFive() && !fleet.outageIsOpen());
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
            all.addAll(closed(since));
            return !all.isEmpty() && all.stream().allMatch(one -> one.closedAt() != null);
          } catch (StatusRuntimeException | WorkflowException notYet) {
            return false;
          }
        });
    return all;
  }

  /**
   * The monitor's reports of the second VPN's outages that were open then, or since. One that was
   * about to close may have had the next trouble too.
   */
  private List<OutageReport> closed(Instant since) {
    return new FleetReader(temporal, fleet.label())
        .outages().stream()
            .filter(o -> o.vpn().equals(fleet.vpn(2)))
            .filter(o -> o.closedAt() == null || o.closedAt().isAfter(since))
            .toList();
  }

  private static double secondsSince(Instant began) {
    return Duration.between(began, Instant.now()).toMillis() / 1000.0;
  }

  private void row(String what, double seconds, List<OutageReport> told) {
    Set<String> how = new TreeSet<>();
    told.forEach(outage -> how.add(outage.cause() + ": " + outage.result()));
    rows.add(
        String.format(
            Locale.ROOT,
            "| %s | %.1f | %d | %s |",
            what.toLowerCase(Locale.ROOT).replace("vpnoutageworkflow", "the outage's first step"),
            seconds,
            told.size(),
            String.join("; ", how)));
  }
}
