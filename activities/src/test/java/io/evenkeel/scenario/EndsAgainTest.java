package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** A VPN that ends once more, while its outage waits for what it has just begun. */
class EndsAgainTest {
  private static final Duration AT_ONCE = Duration.ofSeconds(1);
  private static final Duration A_WHILE = Duration.ofSeconds(3);

  @RegisterExtension private final World world = new World();

  @BeforeEach
  void vpn2HasEnded() {
    world.withFiveAndFive().watchedBy(World.config(10));
  }

  private void ends() {
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
  }

  private void isRestoredInOneOutage() {
    world.passes(Duration.ofMinutes(2));
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.monitor().outages()).hasSize(1);
    OutageReport report = world.monitor().outages().getFirst();
    assertThat(report.result()).isEqualTo("restored");
    assertThat(report.engines()).hasSize(5).allMatch(deed -> deed.did().endsWith("started"));
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
  }

  @Test
  void whileItsEnginesAreAskedItIsStartedAtOnce() {
    world.fleet.enginesNeed(Duration.ofSeconds(10));
    ends();
    world.passes(A_WHILE);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);

    ends();
    world.passes(AT_ONCE);

    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    isRestoredInOneOutage();
  }

  @Test
  void whileItsTunnelIsAwaitedItIsStartedAtOnce() {
    world.fleet.tunnel("vpn2", TunnelReading.Tunnel.DOWN, 0);
    ends();
    world.passes(Duration.ofSeconds(6));

    ends();
    world.passes(AT_ONCE);

    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.RUNNING);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    world.fleet.tunnel("vpn2", TunnelReading.Tunnel.UP, 4002);
    isRestoredInOneOutage();
  }

  @Test
  void whileItsOutageRebalancesItIsStartedAtOnce() {
    world.fleet.fails("create", Kind.SERVER_ERROR);
    int _ = world.monitor().scale(11);
    world.passes(Duration.ofSeconds(10));
    ends();
    world.passes(Duration.ofSeconds(2));

    ends();
    world.passes(AT_ONCE);
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.RUNNING);

    world.fleet.answersAgain();
    world.passes(Duration.ofMinutes(3));
    assertThat(world.fleet.attached("vpn1") + world.fleet.attached("vpn2")).isEqualTo(11);
    assertThat(world.vpn("vpn2").reachable()).isGreaterThanOrEqualTo(5);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.fleet.mostRunning()).isEqualTo(11);
  }

  @Test
  void wheneverItRunsItIsStartedMoreAndMoreRarely() {
    world.fleet.enginesNeed(Duration.ofSeconds(5));
    int before = world.fleet.starts("vpn2");
    ends();
    for (int second = 0; second < 300; second++) {
      world.passes(Duration.ofSeconds(1));
      if (world.fleet.status("vpn2") == ContainerStatus.RUNNING) {
        ends();
      }
    }
    // At once, once more at once, then after 10, 20, 40, 80 and 160 seconds; and anew where it ends
    // just when its outage, which cannot have heard of that, closes.
    assertThat(world.fleet.starts("vpn2") - before).isBetween(5, 20);

    world.passes(Duration.ofMinutes(5));
    assertThat(world.vpn("vpn2").reachable()).isEqualTo(5);
    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
  }

  @Test
  void whoWaitsToStartItLeavesThatToWhoeverDoesItBefore() {
    world.fleet.enginesNeed(Duration.ofSeconds(5));
    ends();
    for (int i = 0; i < 4; i++) {
      world.passes(A_WHILE);
      if (world.fleet.status("vpn2") == ContainerStatus.RUNNING) {
        ends();
      }
    }
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);

    world.fleet.restarts("vpn2");
    world.isStarted("vpn2");
    world.passes(AT_ONCE);

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    isRestoredInOneOutage();
  }
}
