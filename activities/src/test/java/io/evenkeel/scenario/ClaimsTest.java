package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import java.time.Duration;
import java.util.List;
import java.util.TreeSet;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Two that claim one port, one name or the forwarded port, and labels that are no ports. */
class ClaimsTest {
  @RegisterExtension private final World world = new World();

  private void vpn2CrashesAndIsBack() {
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(1));
  }

  private List<Integer> ports() {
    return world.view().engines().stream().map(FleetView.Engine::port).toList();
  }

  @Test
  void twoThatClaimOnePortAreBothKeptAndANewOneGetsAnother() {
    world.withFiveAndFive();
    world.fleet.label("acestream-7", Labels.HOST_HTTP_PORT, "19500");
    world.watchedBy(World.config(10));
    vpn2CrashesAndIsBack();
    assertThat(world.fleet.deeds()).noneMatch(d -> d.contains("create") || d.contains("remove"));

    assertThat(world.monitor().scale(12)).isEqualTo(12);
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(6);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(6);
    assertThat(ports()).hasSize(12);
    assertThat(new TreeSet<>(ports())).as("only the two that claim it share one").hasSize(11);
  }

  @Test
  void ofTwoThatClaimTheForwardedPortOneGetsTheNewOne() {
    world.withFiveAndFive();
    world.fleet.label("acestream-9", Labels.FORWARDED, "true");
    world.fleet.label("acestream-6", Labels.P2P_PORT, "4002");
    world.fleet.label("acestream-9", Labels.P2P_PORT, "4002");
    String second = world.fleet.id("acestream-9");
    world.watchedBy(World.config(10));
    world.fleet.tunnel("vpn2", Tunnel.UP, 5005);
    vpn2CrashesAndIsBack();

    assertThat(world.fleet.labels("acestream-6")).containsEntry(Labels.P2P_PORT, "5005");
    assertThat(world.fleet.labels("acestream-9")).containsEntry(Labels.P2P_PORT, "4002");
    assertThat(world.fleet.id("acestream-9")).isEqualTo(second);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.journal()).noneMatch(deed -> deed.vpn().equals("vpn1"));
  }

  @Test
  void aForeignContainerWithTheNameOfOneAsideIsNotTouched() {
    world.withFiveAndFive();
    String aside = Aside.of("acestream-7");
    world.fleet.bystander(aside);
    String foreign = world.fleet.id(aside);
    world.watchedBy(World.config(10, World.everyHalfHour(Policy.defaults())));
    vpn2CrashesAndIsBack();
    assertThat(world.fleet.attached("vpn2")).as("who need not be made anew").isEqualTo(5);

    world.fleet.isRecreated("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(3));
    assertThat(world.fleet.id(aside)).isEqualTo(foreign);
    assertThat(world.fleet.starts(aside)).isEqualTo(1);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(4);

    world.fleet.vanishes(aside);
    world.passes(Duration.ofMinutes(90));
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  @Test
  void oneThatIsToBeIgnoredIsLeftThoughItHasTheNameOfOneAside() {
    world.withFiveAndFive();
    String aside = Aside.of("acestream-7");
    world.fleet.guest(aside, "vpn2");
    world.fleet.label(aside, Labels.IGNORE, "true");
    String ignored = world.fleet.id(aside);
    world.watchedBy(World.config(10));
    world.passes(Duration.ofMinutes(3));

    assertThat(world.fleet.id(aside)).isEqualTo(ignored);
    assertThat(world.fleet.journal()).isEmpty();
    assertThat(world.history("provision/test")).as("there is nothing to finish").isEmpty();
  }

  @Test
  void aLabelThatIsNoPortHoldsUpNobody() {
    world.withFiveAndFive();
    world.fleet.label("acestream-7", Labels.HOST_HTTP_PORT, "70000");
    world.fleet.label("acestream-7", Labels.HTTP_PORT, "-1");
    world.fleet.label("acestream-8", Labels.VPN, "vpn9");
    world.watchedBy(World.config(10));
    vpn2CrashesAndIsBack();

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2") + (world.fleet.isAlive("acestream-8") ? 1 : 0))
        .isEqualTo(5);
    assertThat(world.vpn("vpn2").engines()).isEqualTo(5);
    assertThat(world.fleet.journal()).noneMatch(deed -> deed.vpn().equals("vpn1"));
  }
}
