package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.FleetActivities;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An outage that begins at the heels of another knows its dependents from before that one's end: as
 * ended, or by the id of a container that has been replaced since.
 */
class OldKnowledgeTest {
  private static final int OLD_PORT = 4001;
  private static final int NEW_PORT = 4002;

  private final SimulatedFleet fleet = new SimulatedFleet(new EachReadingLater());
  private final FleetActivities activities =
      new FleetActivitiesImpl(
          fleet, fleet, fleet, _ -> {}, EngineTemplate.aceStream("engine:1"), Clock.systemUTC());

  private void aVpnWithAnEngineAndAGuest() {
    fleet.vpn("vpn1", OLD_PORT).engine("a", "vpn1", 19_000, true);
    fleet.label("a", Labels.P2P_PORT, Integer.toString(OLD_PORT));
    fleet.guest("c", "vpn1");
  }

  private static EngineOrder renewal() {
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
        "replaced long ago",
        "");
  }

  @ParameterizedTest
  @ValueSource(strings = {"a", "c"})
  void whatWasThoughtToBeEndedIsStartedThoughItsRestartWasCutOff(String dependent) {
    aVpnWithAnEngineAndAGuest();
    fleet.restarts("vpn1");
    String id = fleet.id(dependent);
    fleet.goesAfter(1);
    Throwable _ = catchThrowable(() -> activities.attach(dependent, id, "vpn1", false));
    fleet.answersAgain();
    assertThat(fleet.isAlive(dependent)).isFalse();

    assertThat(activities.attach(dependent, id, "vpn1", false)).isEqualTo("started");
    assertThat(fleet.isAlive(dependent)).isTrue();
  }

  @Test
  void theStrandedHolderOfTheNameIsReplacedWhateverItsId() {
    aVpnWithAnEngineAndAGuest();
    fleet.restarts("vpn1");
    itIsRenewed();
  }

  @Test
  void theOrphanedHolderOfTheNameIsReplacedWhateverItsId() {
    aVpnWithAnEngineAndAGuest();
    fleet.isRecreated("vpn1");
    itIsRenewed();
  }

  private void itIsRenewed() {
    for (int i = 0; i < 5; i++) {
      fleet.goesAfter(1);
      Throwable _ = catchThrowable(() -> activities.createEngine(renewal()));
      fleet.answersAgain();
    }
    Container renewed = activities.createEngine(renewal());
    assertThat(renewed.label(Labels.P2P_PORT)).isEqualTo(Integer.toString(NEW_PORT));
    assertThat(fleet.isAlive("a")).isTrue();
    assertThat(fleet.names()).containsExactly("a", "c", "vpn1");
    assertThat(fleet.starts("a")).isEqualTo(1);
  }

  @Test
  void anAttachedHolderOfTheNameIsLeftAlone() {
    aVpnWithAnEngineAndAGuest();
    String attached = fleet.id("a");
    assertThat(activities.createEngine(renewal()).id()).isEqualTo(attached);
    assertThat(fleet.deeds()).isEmpty();
  }
}
