package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 4, 6 and 16: what an outage has to know of what else goes on. */
class SeveralAtOnceTest {
  @RegisterExtension private final World world = new World();

  /** One engine more is wanted than can be made, and whoever tries next can make it. */
  private void elevenAreWantedAndTenAreThere() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.fails("create", Kind.BAD_REQUEST);
    assertThat(world.monitor().scale(11)).isEqualTo(11);
    world.passes(Duration.ofSeconds(5));
    world.fleet.answersAgain();
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  /** It ends, and for 30 s after its start it waits for its forwarded port: so long it is open. */
  private void endsForLong(String vpn) {
    world.fleet.tunnel(vpn, Tunnel.UP, 0);
    world.fleet.dies(vpn);
    world.logStreamEnds(vpn);
  }

  private void theEleventhIsOnTheOneThatIsWell() {
    assertThat(world.vpn("vpn1").outage()).isNotNull();
    assertThat(world.vpn("vpn2").outage()).isNull();
    assertThat(world.fleet.deeds()).filteredOn(deed -> deed.startsWith("create")).hasSize(1);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(6);
  }

  @Test
  void aRebalancePutsNothingOnAVpnWhoseOwnOutageIsOpen() {
    elevenAreWantedAndTenAreThere();
    endsForLong("vpn1");
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(15));

    theEleventhIsOnTheOneThatIsWell();
  }

  @Test
  void anOutageHearsOfOneThatIsOpenedAfterIt() {
    elevenAreWantedAndTenAreThere();
    endsForLong("vpn2");
    world.passes(Duration.ofSeconds(20));
    endsForLong("vpn1");
    world.passes(Duration.ofSeconds(20));

    theEleventhIsOnTheOneThatIsWell();
  }

  @Test
  void aReplacementThatWasCutOffIsFinishedLikeTheOneThatItReplaces() {
    world.withFiveAndFive();
    world.fleet.label("acestream-7", "kept", "as it was");
    var _ = world.fleet.rename(world.fleet.id("acestream-7"), "acestream-7-evenkeel-replaced");
    world.watchedBy(World.config(10));
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.labels("acestream-7")).containsEntry("kept", "as it was");
    assertThat(world.fleet.names()).doesNotContain("acestream-7-evenkeel-replaced");
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
  }

  @Test
  @Tag("long")
  void aPauseHoldsForAnOutageOfDaysToo() {
    Policy rare = World.everyHalfHour(Policy.defaults().withRevive(Policy.Revive.NEVER));
    world.withFiveAndFive();
    world.fleet.fails("create", Kind.BAD_REQUEST);
    world.watchedBy(World.config(12, rare));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofHours(1));
    assertThat(world.monitor().pause()).isTrue();
    world.fleet.answersAgain();
    String first = world.runId("outage/test/vpn2");
    world.passes(Duration.ofDays(2));
    assertThat(world.runId("outage/test/vpn2")).isNotEqualTo(first);

    world.fleet.restarts("vpn2");
    world.passes(Duration.ofHours(2));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  @Test
  void whatAPausedFleetIsAskedToRecoverIsNotRebalanced() {
    world.withFiveAndFive();
    world.fleet.fails("create", Kind.BAD_REQUEST);
    world.watchedBy(World.config(12));
    assertThat(world.monitor().pause()).isTrue();
    world.fleet.answersAgain();
    world.fleet.dies("vpn2");
    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  @Test
  void aPauseThatComesWhileAnOutageIsStartedHoldsForItToo() {
    world.withFiveAndFive();
    world.fleet.fails("create", Kind.BAD_REQUEST);
    world.watchedBy(World.config(12));
    world.fleet.answersAgain();
    world.isHeldUp("outage/test/vpn2");
    world.fleet.dies("vpn2");
    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    assertThat(world.monitor().pause()).isTrue();
    world.terminate("outage/test/vpn2");
    world.passes(Duration.ofSeconds(15));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").outage()).isNull();
    assertThat(world.fleet.engines()).isEqualTo(10);
  }
}
