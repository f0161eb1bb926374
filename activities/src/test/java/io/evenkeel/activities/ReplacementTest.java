package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.port.DockerFailure.Kind;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.FleetActivities;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.evenkeel.workflow.FleetActivities.Stranded;
import io.temporal.failure.ApplicationFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * One container goes and another takes its name, cut off after each step: whoever comes next, and
 * however often, ends with one container of that name and nothing aside.
 */
class ReplacementTest {
  private static final int OLD_PORT = 4001;
  private static final int NEW_PORT = 4002;

  private final SimulatedFleet fleet = new SimulatedFleet(new EachReadingLater());
  private final FleetActivities activities =
      new FleetActivitiesImpl(
          fleet, fleet, fleet, _ -> {}, EngineTemplate.aceStream("engine:1"), Clock.systemUTC());

  private String forwardedEngine() {
    fleet
        .vpn("vpn1", OLD_PORT)
        .engine("a", "vpn1", 19_000, true)
        .engine("b", "vpn1", 19_001, false);
    fleet.label("a", Labels.P2P_PORT, Integer.toString(OLD_PORT));
    return fleet.id("a");
  }

  private static EngineOrder order(String replaces) {
    return new EngineOrder(
        "test",
        SimulatedFleet.MANAGER,
        "a",
        "vpn1",
        19_000,
        45_000,
        NEW_PORT,
        true,
        true,
        replaces,
        "");
  }

  private void cutOffAfter(int deeds, Runnable step) {
    fleet.goesAfter(deeds);
    Throwable _ = catchThrowable(step::run);
    fleet.answersAgain();
  }

  private void oneOfEachNameIsThere() {
    assertThat(fleet.names()).containsExactly("a", "b", "vpn1");
    assertThat(fleet.isAlive("a")).isTrue();
    assertThat(fleet.mostRunning()).isEqualTo(2);
  }

  @Test
  void theOldOneIsEndedBeforeTheNewOneRunsAndRemovedAfterIt() {
    String old = forwardedEngine();
    Container renewed = activities.createEngine(order(old));

    assertThat(fleet.deeds())
        .containsExactly(
            "kill a",
            "rename a a-evenkeel-replaced",
            "create a",
            "start a",
            "remove a-evenkeel-replaced");
    assertThat(renewed.running()).isTrue();
    assertThat(renewed.id()).isNotEqualTo(old).isEqualTo(fleet.id("a"));
    assertThat(fleet.labels("a")).containsEntry(Labels.P2P_PORT, Integer.toString(NEW_PORT));
    oneOfEachNameIsThere();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void cutOffAfterAnyStepTheSameOrderEndsIt(int deeds) {
    String old = forwardedEngine();
    cutOffAfter(deeds, () -> activities.createEngine(order(old)));
    Container _ = activities.createEngine(order(old));
    Container again = activities.createEngine(order(old));

    assertThat(again.label(Labels.P2P_PORT)).isEqualTo(Integer.toString(NEW_PORT));
    oneOfEachNameIsThere();
    assertThat(fleet.starts("a")).isEqualTo(1);
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void cutOffAfterAnyStepAndAgainAfterEachNextOneItEnds(int deeds) {
    String old = forwardedEngine();
    cutOffAfter(deeds, () -> activities.createEngine(order(old)));
    for (int i = 0; i < 5; i++) {
      cutOffAfter(1, () -> activities.createEngine(order(old)));
    }
    Container _ = activities.createEngine(order(old));
    oneOfEachNameIsThere();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void cutOffAfterAnyStepAnAttachmentEndsIt(int deeds) {
    String old = forwardedEngine();
    cutOffAfter(deeds, () -> activities.createEngine(order(old)));
    String _ = activities.attach("a", old, "vpn1", true);
    oneOfEachNameIsThere();
    assertThat(activities.attach("a", old, "vpn1", true)).isEqualTo("left");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void cutOffAfterAnyStepAndStrandedAnAttachmentEndsIt(int deeds) {
    String old = forwardedEngine();
    cutOffAfter(deeds, () -> activities.createEngine(order(old)));
    fleet.restarts("vpn1");
    String _ = activities.attach("a", old, "vpn1", true);
    oneOfEachNameIsThere();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void cutOffAfterAnyStepAndItsVpnRecreatedAnAttachmentEndsIt(int deeds) {
    String old = forwardedEngine();
    cutOffAfter(deeds, () -> activities.createEngine(order(old)));
    fleet.isRecreated("vpn1");
    String _ = activities.attach("a", old, "vpn1", true);
    oneOfEachNameIsThere();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4, 5})
  void aRecreateThatIsCutOffAfterAnyStepIsEndedByTheNext(int deeds) {
    String old = forwardedEngine();
    fleet.isRecreated("vpn1");
    cutOffAfter(deeds, () -> activities.attach("a", old, "vpn1", true));
    for (int i = 0; i < 4; i++) {
      cutOffAfter(1, () -> activities.attach("a", old, "vpn1", true));
    }
    assertThat(activities.attach("a", old, "vpn1", true)).isIn("left", "recreated");
    oneOfEachNameIsThere();
  }

  @Test
  void whatCannotBeCreatedGivesTheOldOneItsNameBack() {
    String old = forwardedEngine();
    fleet.refusesToCreate("a");
    assertThatThrownBy(() -> activities.createEngine(order(old)))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("no such image");
    assertThat(fleet.id("a")).isEqualTo(old);
    assertThat(fleet.names()).containsExactly("a", "b", "vpn1");
  }

  @Test
  void whatCannotBeKeptIsRefusedBeforeAnythingIsTouched() {
    String old = forwardedEngine();
    fleet.isRecreated("vpn1");
    fleet.fails("keep a", Kind.NOT_KEPT);
    assertThatThrownBy(() -> activities.attach("a", old, "vpn1", true))
        .isInstanceOfSatisfying(
            ApplicationFailure.class,
            failure -> {
              assertThat(failure.getType()).isEqualTo("NOT_KEPT");
              assertThat(failure.isNonRetryable()).isTrue();
            })
        .hasMessageContaining("keep a");
    assertThat(fleet.deeds()).isEmpty();
    assertThat(fleet.id("a")).isEqualTo(old);
  }

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void whatTheEngineRefusesToMakeAgainGetsItsNameBack(int deeds) {
    String old = forwardedEngine();
    fleet.isRecreated("vpn1");
    if (deeds > 0) {
      cutOffAfter(deeds, () -> activities.attach("a", old, "vpn1", true));
    }
    fleet.refusesToCreate("a");
    Throwable _ = catchThrowable(() -> activities.attach("a", old, "vpn1", true));

    assertThat(fleet.id("a")).isEqualTo(old);
    assertThat(fleet.names()).containsExactly("a", "b", "vpn1");
    assertThat(fleet.deeds()).doesNotContain("kill a", "stop a");
  }

  @Test
  void oneThatIsRemovedAtItsEndIsNeverEndedToBeStartedAgain() {
    String old = forwardedEngine();
    fleet.isRemovedAtItsEnd("a");
    fleet.restarts("vpn1");
    Instant now = Instant.EPOCH.plus(Duration.ofDays(1));
    assertThat(activities.silence("vpn1", now, List.of(new Stranded("a", old, false))))
        .containsExactly(new EngineDeed("a", "left"));
    assertThat(activities.attach("a", old, "vpn1", true)).isEqualTo("restarted");
    oneOfEachNameIsThere();
    assertThat(fleet.id("a")).isEqualTo(old);
  }

  @Test
  void nobodyElsesContainerIsReplaced() {
    String _ = forwardedEngine();
    fleet.guest("c", "vpn1");
    EngineOrder foreign =
        new EngineOrder(
            "test",
            SimulatedFleet.MANAGER,
            "c",
            "vpn1",
            19_002,
            45_002,
            NEW_PORT,
            false,
            true,
            fleet.id("c"),
            "");
    assertThatThrownBy(() -> activities.createEngine(foreign))
        .hasMessageContaining("is no engine of this fleet, or is to be ignored");
    assertThat(fleet.deeds()).isEmpty();
  }
}
