package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import org.awaitility.Awaitility;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A guest that Docker cannot start, whatever is tried, behind a VPN that has ended and is back. */
class UnstartableTest {
  @RegisterExtension private final World world = new World();

  @BeforeEach
  void aGuestCannotBeStarted() {
    world.withFiveAndFive();
    world.fleet.guest("torrent", "vpn2");
    world.watchedBy(World.config(10));
    world.fleet.fails("start torrent", Kind.SERVER_ERROR);
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(1));
  }

  @Test
  void theEnginesBesideItAreShownWhileItIsTriedAgain() {
    int open = 0;
    for (int second = 0; second < 120; second++) {
      open += world.vpn("vpn2").outage() == null ? 0 : 1;
      assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
      world.passes(Duration.ofSeconds(1));
    }

    assertThat(open).as("seconds in which it was tried").isPositive();
    assertThat(world.fleet.status("torrent")).isEqualTo(ContainerStatus.EXITED);
    assertThat(world.fleet.journal()).noneMatch(deed -> deed.vpn().equals("vpn1"));
  }

  @Test
  void itIsTriedMoreAndMoreRarely() {
    world.passes(Duration.ofMinutes(9));
    int first = world.monitor().outages().size();
    world.passes(Duration.ofMinutes(11));

    assertThat(first).as("within ten minutes").isBetween(6, 10);
    assertThat(world.monitor().outages().size() - first).as("one in five minutes").isBetween(1, 3);
  }

  @Test
  void whatCanBeStartedAgainIsStarted() {
    world.passes(Duration.ofMinutes(9));
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(6));

    assertThat(world.fleet.status("torrent")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
  }

  @Test
  void whatSomebodyStartsIsForgiven() {
    world.passes(Duration.ofMinutes(9));
    world.fleet.answersAgain();
    world.fleet.restarts("torrent");
    world.passes(Duration.ofSeconds(20));
    int before = world.monitor().outages().size();
    world.fleet.fails("start torrent", Kind.SERVER_ERROR);
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(50));

    assertThat(world.monitor().outages().size() - before)
        .as("tried again at once, and some seconds later")
        .isGreaterThan(2);
  }

  @Test
  void anotherEndOfItsVpnWaitsForNothing() {
    world.passes(Duration.ofMinutes(9));
    world.fleet.answersAgain();
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(20));

    assertThat(world.fleet.status("torrent")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
  }

  @Test
  void whatIsShownWhileItIsTriedIsHiddenWhenItsVpnEnds() {
    Awaitility.await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          world.passes(Duration.ofSeconds(1));
          return world.vpn("vpn2").outage() != null;
        });
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    world.fleet.dies("vpn2", Duration.ofSeconds(30));
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMillis(100));

    assertThat(world.vpn("vpn2").reachable()).isZero();
  }

  @Test
  void nothingIsShownOfAVpnThatIsGone() {
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(1));
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    world.fleet.vanishes("vpn2");
    world.passes(Duration.ofMinutes(1));

    assertThat(world.vpn("vpn2").outage()).isNotNull();
    assertThat(world.vpn("vpn2").reachable()).isZero();
  }
}
