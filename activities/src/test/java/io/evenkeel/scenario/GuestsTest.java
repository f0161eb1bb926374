package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Containers of a VPN that nobody marked, and containers in the way. */
class GuestsTest {
  @RegisterExtension private final World world = new World();

  /** Two guests of the second VPN, and no engine anywhere. */
  private void guestsAlone() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.passes(Duration.ofSeconds(1));
    world.fleet.guest("torrents", "vpn2");
    world.fleet.guest("indexer", "vpn2");
  }

  private void crash(String vpn) {
    world.fleet.dies(vpn);
    world.logStreamEnds(vpn);
    world.passes(Duration.ofSeconds(30));
  }

  @Test
  void withoutAnyLabelEveryDependentIsKeptAlive() {
    guestsAlone();
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    crash("vpn2");
    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.isAlive("indexer")).isTrue();

    world.fleet.isRecreated("vpn2");
    world.passes(Duration.ofSeconds(40));
    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.isAlive("indexer")).isTrue();
    assertThat(world.fleet.engines()).isZero();
  }

  @Test
  void oneThatAPersonStoppedBeforeStaysStopped() {
    guestsAlone();
    world.fleet.dies("indexer");
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    crash("vpn2");
    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.status("indexer")).isEqualTo(ContainerStatus.EXITED);

    world.fleet.restarts("vpn2");
    world.passes(Duration.ofSeconds(40));
    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.starts("indexer")).isEqualTo(1);
  }

  @Test
  void oneThatEndedWhileItsVpnWasDownIsStartedThoughNobodySawIt() {
    guestsAlone();
    world.fleet.dies("vpn2");
    world.passes(Duration.ofSeconds(1));
    world.fleet.dies("torrents");
    world.passes(Duration.ofSeconds(1));
    var _ = world.fleet.start("vpn2");
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    world.passes(Duration.ofSeconds(30));

    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.isAlive("indexer")).isTrue();
  }

  @Test
  void oneThatCouldNotBeStartedIsOwedItThroughTheNextOutages() {
    guestsAlone();
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    world.fleet.fails("start torrents", Kind.SERVER_ERROR);
    crash("vpn2");
    assertThat(world.fleet.status("torrents")).isEqualTo(ContainerStatus.EXITED);
    crash("vpn2");
    crash("vpn2");
    world.fleet.answersAgain();
    // However often it was tried meanwhile, it waits for five minutes at most.
    world.passes(Duration.ofMinutes(6));

    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.isAlive("indexer")).isTrue();
  }

  @Test
  void whatEndedTogetherWithItsVpnIsStartedInWhateverOrderTheyWent() {
    guestsAlone();
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    world.fleet.dies("torrents");
    world.passes(Duration.ofMillis(300));
    world.fleet.dies("vpn2");
    world.passes(Duration.ofSeconds(60));

    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.isAlive("indexer")).isTrue();
  }

  @Test
  void oneThatIsToBeIgnoredIsLeftAlone() {
    guestsAlone();
    world.fleet.label("indexer", Labels.IGNORE, "true");
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    crash("vpn2");
    world.fleet.isRecreated("vpn2");
    world.passes(Duration.ofSeconds(40));

    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.deeds()).noneMatch(deed -> deed.contains("indexer"));
    assertThat(world.fleet.status("indexer")).isEqualTo(ContainerStatus.RUNNING);
  }

  @Test
  void oneThatCannotBeMadeAgainIsLeftAndTheOthersStayShown() {
    world.withFiveAndFive();
    world.fleet.guest("torrents", "vpn2");
    String id = world.fleet.id("torrents");
    world.watchedBy(World.config(10));
    world.fleet.fails("keep torrents", Kind.NOT_KEPT);
    world.fleet.isRecreated("vpn2");
    world.passes(Duration.ofSeconds(40));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.vpn("vpn2").outage()).isNull();
    assertThat(world.fleet.id("torrents")).isEqualTo(id);
    assertThat(world.fleet.status("torrents")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.monitor().outages().getFirst().engines())
        .anyMatch(deed -> deed.name().equals("torrents") && deed.did().startsWith("refused: "));

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(2));
    assertThat(world.fleet.isAlive("torrents")).isTrue();
    assertThat(world.fleet.starts("acestream-6")).isEqualTo(1);
  }

  @Test
  void aNameThatSomebodyElseHasIsPassedOver() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.fleet.bystander("evenkeel-2");
    String id = world.fleet.id("evenkeel-2");
    world.watchedBy(World.config(4));
    world.passes(Duration.ofSeconds(20));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(2);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(2);
    assertThat(world.fleet.names())
        .containsExactly(
            "evenkeel-1", "evenkeel-2", "evenkeel-3", "evenkeel-4", "evenkeel-5", "vpn1", "vpn2");
    assertThat(world.fleet.id("evenkeel-2")).isEqualTo(id);
    assertThat(world.fleet.engines()).isEqualTo(4);
  }
}
