package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 1 to 4: a Docker that hangs, fails, answers late or answers wrongly. */
class DockerTroubleTest {
  @RegisterExtension private final World world = new World();

  private Map<String, String> idsByName() {
    Map<String, String> ids = new TreeMap<>();
    world.view().engines().forEach(e -> ids.put(e.name(), e.containerId()));
    return ids;
  }

  private void everyVpnHasItsFive() {
    assertThat(world.view().vpns())
        .allSatisfy(vpn -> {
          assertThat(vpn.engines()).isEqualTo(5);
          assertThat(vpn.reachable()).isEqualTo(5);
          assertThat(vpn.outage()).isNull();
        });
  }

  @Test
  void whileDockerHangsForAMinuteTheFleetIsKnownAndNothingIsDone() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Map<String, String> before = idsByName();
    world.fleet.hangs(Duration.ofSeconds(60));
    for (int second = 0; second < 60; second += 5) {
      world.passes(Duration.ofSeconds(5));
      assertThat(idsByName()).isEqualTo(before);
      everyVpnHasItsFive();
    }

    world.passes(Duration.ofSeconds(60));

    assertThat(world.view().docker()).isEqualTo("available");
    assertThat(idsByName()).isEqualTo(before);
    everyVpnHasItsFive();
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.monitor().outages()).isEmpty();
  }

  @Test
  void aVpnThatEndsWhileDockerTimesOutIsBackWhenDockerIs() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Map<String, String> before = idsByName();
    world.fleet.dies("vpn2");
    world.fleet.fails(Kind.TIMEOUT);
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(2));
    assertThat(world.vpn("vpn2").reachable()).isZero();
    assertThat(world.vpn("vpn2").engines()).isEqualTo(5);
    assertThat(world.fleet.deeds()).isEmpty();

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(3));

    everyVpnHasItsFive();
    assertThat(idsByName()).isEqualTo(before);
    assertThat(world.fleet.journal()).noneMatch(deed -> deed.vpn().equals("vpn1"));
  }

  @Test
  void aTeardownThatBlocksInspectFor40SecondsHoldsUpNobodyElse() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.dies("vpn2", Duration.ofSeconds(40));
    world.logStreamEnds("vpn2");
    Awaitility.await()
        .atMost(Duration.ofSeconds(50))
        .until(() -> world.vpn("vpn2").outage() != null);
    // Not to its end: on a busy machine the simulated time runs on between the looks.
    for (int second = 0; second < 30; second++) {
      assertThat(world.vpn("vpn2").outage()).as("known from the sign on").isNotNull();
      assertThat(world.vpn("vpn2").reachable()).isZero();
      assertThat(world.vpn("vpn1").reachable()).isEqualTo(5);
      assertThat(world.view().docker()).isEqualTo("available");
      world.passes(Duration.ofSeconds(1));
    }
    world.fleet.dies("acestream-2");
    world.passes(Duration.ofSeconds(70));

    everyVpnHasItsFive();
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
    assertThat(world.fleet.deeds()).noneMatch(d -> d.contains("create") || d.contains("remove"));
    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
  }

  @Test
  void aTeardownThatNobodySawIsFoundWhenItIsOver() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.dies("vpn2", Duration.ofSeconds(40));
    world.passes(Duration.ofMinutes(2));

    everyVpnHasItsFive();
    assertThat(world.fleet.journal()).noneMatch(deed -> deed.vpn().equals("vpn1"));
  }

  @Test
  void oneEmptyListingForgetsNothing() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Map<String, String> before = idsByName();
    world.fleet.listsLack(1, _ -> true);
    world.passes(Duration.ofSeconds(6));
    assertThat(idsByName()).isEqualTo(before);

    world.passes(Duration.ofMinutes(2));

    assertThat(idsByName()).isEqualTo(before);
    everyVpnHasItsFive();
    assertThat(world.view().frozen()).isEmpty();
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void oneListingWithoutAnEngineOrAVpnForgetsNeither() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Map<String, String> before = idsByName();
    for (String lacking : List.of("acestream-8", "vpn2")) {
      world.fleet.listsLack(1, lacking::equals);
      world.passes(Duration.ofMinutes(1));
      assertThat(idsByName()).isEqualTo(before);
    }
    everyVpnHasItsFive();
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void aFirstListingThatIsEmptyMakesNothing() {
    world.withFiveAndFive();
    world.fleet.listsLack(1, _ -> true);
    world.watchedBy(World.config(10));
    world.passes(Duration.ofMinutes(1));

    everyVpnHasItsFive();
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void aScaleUpThatFailsStartsNoExtraEngineAndLosesNoPort() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.fails("create", Kind.SERVER_ERROR);
    assertThat(world.monitor().scale(13)).isEqualTo(13);
    world.passes(Duration.ofMinutes(3));
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.fleet.engines()).isEqualTo(10);

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.engines()).isEqualTo(13);
    assertThat(world.fleet.mostRunning()).isEqualTo(13);
    assertThat(new TreeSet<>(world.view().engines().stream().map(FleetView.Engine::port).toList()))
        .as("each its own, the lowest that were free")
        .containsExactly(
            19_000, 19_001, 19_002, 19_003, 19_004, 19_005, 19_006, 19_500, 19_501, 19_502, 19_503,
            19_504, 19_505);
  }

  /** The new one is made before the old one goes: not both are ever to run. */
  @Test
  void aMoveThatIsCutOffBeforeTheOldOneGoesRunsNoMoreThanTheTarget() {
    world.fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    world.passes(Duration.ofSeconds(1));
    for (int i = 0; i < 4; i++) {
      world.fleet.engine("acestream-" + (i + 1), "vpn1", 19_000 + i, i == 0);
    }
    world.fleet.fails("remove", Kind.UNAVAILABLE);
    world.watchedBy(World.config(4));
    world.passes(Duration.ofMinutes(2));
    assertThat(world.fleet.engines()).as("one made, the old one still there").isGreaterThan(4);

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(5));

    assertThat(world.fleet.mostRunning()).as(world.fleet.deeds() + "").isEqualTo(4);
    assertThat(world.fleet.engines()).isEqualTo(4);
    assertThat(world.fleet.attached("vpn1")).isEqualTo(2);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(2);
  }

  @Test
  void whatTwoListingsLackIsNotMadeASecondTime() {
    world.withFiveAndFive().watchedBy(World.config(10));
    // The monitor's, which forgets nothing yet, and the one that the provisioning begins with.
    world.fleet.listsLack(2, "acestream-8"::equals);
    assertThat(world.monitor().scale(11)).isEqualTo(11);
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.deeds()).containsExactly("create evenkeel-1", "start evenkeel-1");
    assertThat(world.fleet.mostRunning()).isEqualTo(11);
  }

  @Test
  void aRebalanceDoesNotMakeWhatItsListingLacks() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.dies("vpn2");
    world.fleet.listsLack(1_000, "acestream-3"::equals);
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMillis(900));
    world.fleet.listsLack(0, _ -> false);
    world.passes(Duration.ofMinutes(1));

    everyVpnHasItsFive();
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.startsWith("create"));
  }

  @Test
  void aFailureThatNobodyHasToRepairIsForgotten() {
    world.withFiveAndFive().watchedBy(World.config(10));
    int idle = eventsOfTenMinutes();
    world.fleet.fails("create", Kind.BAD_REQUEST);
    assertThat(world.monitor().scale(11)).isEqualTo(11);
    world.passes(Duration.ofSeconds(5));
    assertThat(world.monitor().scale(10)).isEqualTo(10);
    world.passes(Duration.ofMinutes(2));

    assertThat(eventsOfTenMinutes()).isLessThan(idle + 20);
  }

  private int eventsOfTenMinutes() {
    int before = world.historyLength("fleet/test");
    world.passes(Duration.ofMinutes(10));
    return world.historyLength("fleet/test") - before;
  }

  @Test
  void anEngineWhoseCreationWasNotAnsweredIsNotMadeTwice() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.losesTheAnswerTo("create evenkeel-1");
    world.fleet.losesTheAnswerTo("start evenkeel-1");
    world.fleet.losesTheAnswerTo("create evenkeel-2");
    assertThat(world.monitor().scale(12)).isEqualTo(12);
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.engines()).isEqualTo(12);
    assertThat(world.fleet.mostRunning()).isEqualTo(12);
    assertThat(world.fleet.starts("evenkeel-1")).isEqualTo(1);
    assertThat(world.vpn("vpn1").reachable()).isEqualTo(6);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(6);
  }

  @Test
  void aReindexThatFailsChangesNothing() {
    world.withFiveAndFive().watchedBy(World.config(10));
    Map<String, String> before = idsByName();
    world.fleet.fails(Kind.UNAVAILABLE);
    assertThat(world.monitor().reindex()).isEqualTo("reindex/test");
    world.passes(Duration.ofMinutes(2));
    assertThat(idsByName()).isEqualTo(before);

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(1));
    assertThat(world.monitor().scale(11)).isEqualTo(11);
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.deeds()).containsExactly("create evenkeel-1", "start evenkeel-1");
    assertThat(world.fleet.labels("evenkeel-1")).containsEntry("host.http_port", "19005");
  }
}
