package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.fleet.Container;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.FleetActivities;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.temporal.failure.ApplicationFailure;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else, or an attempt before, has done in between. */
class InBetweenTest {
  private final SimulatedFleet fleet = new SimulatedFleet(new EachReadingLater());
  private final FleetActivities activities =
      new FleetActivitiesImpl(
          fleet, fleet, fleet, _ -> {}, EngineTemplate.aceStream("engine:1"), Clock.systemUTC());

  private static EngineOrder order(String replaces) {
    return new EngineOrder(
        "test",
        SimulatedFleet.MANAGER,
        "a",
        "vpn1",
        19_000,
        45_000,
        4002,
        true,
        true,
        replaces,
        "");
  }

  /**
   * It was down before its VPN was made anew, and only what it says itself tells that it is to run.
   */
  private void endedAndCannotJoin() {
    fleet.vpn("vpn1", 0).engine("a", "vpn1", 19_000, false);
    fleet.stops("a");
    fleet.isRecreated("vpn1");
    Throwable _ = catchThrowable(() -> fleet.start("a"));
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void oneThatWasDownAndIsCutOffInItsRecreateIsStarted(int deeds) {
    endedAndCannotJoin();
    fleet.goesAfter(deeds);
    Throwable _ = catchThrowable(() -> activities.attach("a", "", "vpn1", false));
    fleet.answersAgain();
    String did = activities.attach("a", "", "vpn1", false);
    assertThat(fleet.isAlive("a")).as(did + fleet.deeds()).isTrue();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void andCutOffAgainAfterEachNextStepToo(int deeds) {
    endedAndCannotJoin();
    fleet.goesAfter(deeds);
    Throwable _ = catchThrowable(() -> activities.attach("a", "", "vpn1", false));
    for (int i = 0; i < 4; i++) {
      fleet.answersAgain();
      fleet.goesAfter(1);
      Throwable _ = catchThrowable(() -> activities.attach("a", "", "vpn1", false));
    }
    fleet.answersAgain();
    String did = activities.attach("a", "", "vpn1", false);
    assertThat(fleet.isAlive("a")).as(did + fleet.deeds()).isTrue();
    assertThat(fleet.names()).containsExactly("a", "vpn1");
  }

  @Test
  void whatAnAttemptBeforeHasAskedForIsTaken() {
    fleet.vpn("vpn1", 0);
    fleet.isLateWith("create a");
    Throwable late = catchThrowable(() -> activities.createEngine(order("")));
    assertThat(late).hasMessageContaining("under way");
    assertThat(fleet.names()).containsExactly("vpn1");
    Container engine = activities.createEngine(order(""));
    assertThat(engine.id()).isEqualTo(fleet.id("a"));
    assertThat(fleet.isAlive("a")).isTrue();
    assertThat(fleet.names()).containsExactly("a", "vpn1");
  }

  @Test
  void andByARecreateToo() {
    fleet.vpn("vpn1", 0).engine("a", "vpn1", 19_000, false);
    fleet.isRecreated("vpn1");
    fleet.isLateWith("create a");
    Throwable late = catchThrowable(() -> activities.attach("a", "", "vpn1", true));
    assertThat(late).hasMessageContaining("under way");
    assertThat(activities.attach("a", "", "vpn1", true)).isEqualTo("recreated");
    assertThat(fleet.isAlive("a")).isTrue();
    assertThat(fleet.names()).containsExactly("a", "vpn1");
  }

  @Test
  void aCreationThatIsUnderWayIsWaitedFor() {
    fleet.vpn("vpn1", 0).engine("a", "vpn1", 19_000, false);
    fleet.isRecreated("vpn1");
    fleet.fails("create", DockerFailure.Kind.CONFLICT);
    assertThat(catchThrowable(() -> activities.createEngine(order(fleet.id("a")))))
        .isInstanceOfSatisfying(ApplicationFailure.class, InBetweenTest::passes);
    assertThat(catchThrowable(() -> activities.attach("a", "", "vpn1", true)))
        .isInstanceOfSatisfying(ApplicationFailure.class, InBetweenTest::passes);
    fleet.answersAgain();
    assertThat(activities.attach("a", "", "vpn1", true)).isEqualTo("recreated");
    assertThat(fleet.names()).containsExactly("a", "vpn1");
  }

  private static void passes(ApplicationFailure failure) {
    assertThat(failure.isNonRetryable()).as(failure.getMessage()).isFalse();
    assertThat(failure).hasMessageContaining("a creation that is under way");
  }

  @Test
  void anothersThatCannotBeStartedIsKept() {
    fleet.vpn("vpn1", 0).engine("b", "vpn1", 19_000, false);
    String like = fleet.createLike(fleet.id("b"), "a", fleet.id("vpn1"));
    fleet.fails("start a", DockerFailure.Kind.NAMESPACE_DOWN);
    Throwable _ = catchThrowable(() -> activities.createEngine(order("")));
    assertThat(fleet.id("a")).as(fleet.deeds() + "").isEqualTo(like);
  }

  @Test
  void whatIsGoneIsNotReplaced() {
    fleet.vpn("vpn1", 0).engine("a", "vpn1", 19_000, true);
    String old = fleet.id("a");
    fleet.vanishes("a");
    Throwable _ = catchThrowable(() -> activities.createEngine(order(old)));
    assertThat(fleet.names()).containsExactly("vpn1");
  }
}
