package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Whom consumers can use while an outage is open of a VPN that ran when it was opened. */
class ShownTest {
  @RegisterExtension private final World world = new World();

  @BeforeEach
  void fiveAndFive() {
    world.withFiveAndFive().watchedBy(World.config(10));
  }

  @Test
  void anEndHidesAtOnceWhatItsOutageShows() {
    world.fleet.fails("inspect acestream-6", Kind.SERVER_ERROR);
    String _ = world.monitor().recover("vpn2");
    world.passes(Duration.ofSeconds(1));
    assertThat(world.shownByTheOutage("vpn2")).contains("acestream-7", "acestream-8");
    world.fleet.dies("vpn2", Duration.ofSeconds(30));
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMillis(100));

    assertThat(world.vpn("vpn2").outage()).isNotNull();
    assertThat(world.shownByTheOutage("vpn2")).isEmpty();
  }

  @Test
  void aDockerThatDoesNotAnswerHidesNobody() {
    world.fleet.fails("inspect vpn2", Kind.UNAVAILABLE);
    String _ = world.monitor().recover("vpn2");
    world.passes(Duration.ofSeconds(15));
    assertThat(world.vpn("vpn2").outage()).isNotNull();
    assertThat(world.shownByTheOutage("vpn2")).hasSize(5);
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(1));

    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
    assertThat(world.fleet.starts("acestream-7")).isEqualTo(1);
  }

  @Test
  void ofAVpnThatDockerDoesNotTellAboutNobodyIsEnded() {
    world.fleet.fails("inspect vpn2", Kind.TIMEOUT);
    String _ = world.monitor().recover("vpn2");
    world.passes(Duration.ofMinutes(2));
    assertThat(world.vpn("vpn2").outage()).isNotNull();
    assertThat(world.shownByTheOutage("vpn2")).hasSize(5);
    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(10));

    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
    assertThat(world.fleet.deeds()).isEmpty();
  }

  @Test
  void whatIsGoneIsNotShown() {
    world.fleet.vanishes("acestream-7");
    String _ = world.monitor().recover("vpn2");
    world.passes(Duration.ofSeconds(20));

    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("partly restored: 4 of 5");
  }

  @Test
  void whatIsOlderThanItsVpnsStartIsNotShown() {
    world.fleet.fails("kill", Kind.SERVER_ERROR);
    world.fleet.restarts("vpn2");
    String _ = world.monitor().recover("vpn2");
    world.passes(Duration.ofSeconds(2));

    assertThat(world.vpn("vpn2").outage()).isNotNull();
    assertThat(world.shownByTheOutage("vpn2")).isEmpty();
  }
}
