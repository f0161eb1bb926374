package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.FleetActivities;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.temporal.failure.ApplicationFailure;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine that is to be started, and ended before its VPN was made anew: it refers to a container
 * of the past, and no outage will see to it.
 */
class LeftBehindTest {
  private final SimulatedFleet fleet = new SimulatedFleet(new EachReadingLater());
  private final FleetActivities activities =
      new FleetActivitiesImpl(
          fleet, fleet, fleet, _ -> {}, EngineTemplate.aceStream("engine:1"), Clock.systemUTC());

  private void endedBeforeItsVpnWasMadeAnew() {
    fleet.vpn("vpn1", 4001).engine("a", "vpn1", 19_000, false);
    fleet.label("a", "somebody's", "own");
    fleet.dies("a");
    fleet.isRecreated("vpn1");
  }

  private static EngineOrder order() {
    return new EngineOrder(
        "test", SimulatedFleet.MANAGER, "a", "vpn1", 19_000, 45_000, 8621, false, true, "", "");
  }

  private void itIsThereWithWhatItHad() {
    assertThat(fleet.names()).containsExactly("a", "vpn1");
    assertThat(fleet.attached("vpn1")).isEqualTo(1);
    assertThat(fleet.labels("a")).containsEntry("somebody's", "own");
  }

  @Test
  void itIsMadeAnewWithWhatItHad() {
    endedBeforeItsVpnWasMadeAnew();
    Container engine = activities.createEngine(order());
    assertThat(engine.running()).isTrue();
    itIsThereWithWhatItHad();
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void cutOffAfterAnyStepTheSameOrderEndsIt(int deeds) {
    endedBeforeItsVpnWasMadeAnew();
    fleet.goesAfter(deeds);
    Throwable _ = catchThrowable(() -> activities.createEngine(order()));
    fleet.answersAgain();
    Container _ = activities.createEngine(order());
    itIsThereWithWhatItHad();
  }

  @Test
  void whoseLabelNamesNoVpnIsStartedWhereItsNetworkIs() {
    fleet.vpn("vpn1", 4001).engine("a", "vpn1", 19_000, false);
    fleet.unlabel("a", Labels.VPN);
    fleet.dies("a");
    String same = fleet.id("a");
    assertThat(activities.createEngine(order()).running()).isTrue();
    assertThat(fleet.id("a")).isEqualTo(same);
    assertThat(fleet.starts("a")).isEqualTo(2);
  }

  @Test
  void inAnotherVpnsNetworkItIsLeftAlone() {
    fleet.vpn("vpn1", 4001).vpn("vpn2", 4002).engine("a", "vpn2", 19_000, false);
    fleet.dies("a");
    int deeds = fleet.deeds().size();
    assertThatThrownBy(() -> activities.createEngine(order()))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("a shares the network of vpn2");
    assertThat(fleet.deeds()).hasSize(deeds);
    assertThat(fleet.isAlive("a")).isFalse();
  }

  @Test
  void anotherFleetsIsNotTouched() {
    endedBeforeItsVpnWasMadeAnew();
    fleet.label("a", "ondemand.app", "others");
    int deeds = fleet.deeds().size();
    assertThatThrownBy(() -> activities.createEngine(order()))
        .isInstanceOf(ApplicationFailure.class)
        .hasMessageContaining("is taken");
    assertThat(fleet.deeds()).hasSize(deeds);
  }
}
