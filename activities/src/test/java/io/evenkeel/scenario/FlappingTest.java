package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Policy;
import java.time.Duration;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Scenarios 10, 14, 16 and 17 on the simulated fleet: several things at once, and long waits. */
class FlappingTest {
  @RegisterExtension private final World world = new World();

  private List<String> idsBehind(String vpn) {
    return world.view().engines().stream()
        .filter(e -> e.vpn().equals(vpn))
        .map(FleetView.Engine::containerId)
        .toList();
  }

  @Test
  void aVpnThatFlapsFiveTimesMakesNoStorm() {
    world.withFiveAndFive().watchedBy(World.config(10));
    List<String> before = idsBehind("vpn2");
    for (int flap = 0; flap < 5; flap++) {
      world.fleet.dies("vpn2");
      world.logStreamEnds("vpn2");
      world.passes(Duration.ofSeconds(12));
    }
    world.passes(Duration.ofMinutes(2));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(idsBehind("vpn2")).isEqualTo(before);
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
    assertThat(world.fleet.deeds())
        .noneMatch(d -> d.startsWith("create") || d.startsWith("remove"))
        .noneMatch(d -> d.contains("acestream-1 ") || d.endsWith("acestream-1"));
    // Each death strands five engines, and each of them is ended and started once.
    assertThat(world.fleet.deeds().stream().filter(d -> d.endsWith("acestream-7")).count())
        .isLessThanOrEqualTo(10);
    assertThat(world.vpn("vpn2").outage()).isNull();
  }

  @Test
  void oneVpnFailsWhileTheOtherRecoversAndBothEndRight() {
    world.withFiveAndFive().watchedBy(World.config(10));
    world.fleet.dies("vpn2");
    world.stopIsSeen("vpn2");
    world.passes(Duration.ofSeconds(30));
    world.fleet.dies("vpn1");
    world.logStreamEnds("vpn1");
    world.passes(Duration.ofSeconds(15));
    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);

    world.passes(Duration.ofMinutes(2));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  @Test
  void enginesThatAreBeingCreatedWhileAReindexRunsKeepTheirPorts() {
    world.fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    world.watchedBy(World.config(0));
    assertThat(world.monitor().scale(10)).isEqualTo(10);
    for (int i = 0; i < 3; i++) {
      assertThat(world.monitor().reindex()).isEqualTo("reindex/test");
    }
    world.passes(Duration.ofSeconds(30));

    Set<Integer> ports =
        world.view().engines().stream().map(FleetView.Engine::port).collect(Collectors.toSet());
    Set<Integer> wanted = new HashSet<>();
    IntStream.range(0, 5).forEach(i -> wanted.addAll(List.of(19_000 + i, 19_500 + i)));
    assertThat(ports).isEqualTo(wanted);
    assertThat(world.fleet.engines()).isEqualTo(10);
  }

  @Test
  void busyEnginesAreNotMovedAndIdleOnesAre() {
    world.fleet.vpn("vpn1", 0).vpn("vpn2", 0);
    world.passes(Duration.ofSeconds(1));
    for (int i = 0; i < 6; i++) {
      world.fleet.engine("a-" + i, "vpn1", 19_000 + i, false);
    }
    for (int i = 0; i < 4; i++) {
      world.fleet.engine("b-" + i, "vpn2", 19_500 + i, false);
    }
    world.watchedBy(World.config(FleetConfig.NO_TARGET));
    for (int i = 0; i < 6; i++) {
      world.monitor().streamStarted(world.fleet.id("a-" + i), "film|1");
    }
    assertThat(world.monitor().scale(10)).isEqualTo(10);
    world.passes(Duration.ofMinutes(1));
    assertThat(world.fleet.deeds()).isEmpty();
    assertThat(world.view().engines().stream().filter(FleetView.Engine::busy)).hasSize(6);

    world.monitor().streamEnded(world.fleet.id("a-2"), "film|1");
    world.passes(Duration.ofMinutes(1));

    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.fleet.id("a-2")).isEmpty();
    assertThat(world.fleet.mostRunning()).isEqualTo(10);
  }

  @Test
  void withPolicyNeverNobodyStartsIt() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofMinutes(20));

    assertThat(world.fleet.status("vpn2")).isEqualTo(ContainerStatus.EXITED);
    assertThat(world.fleet.engines()).isEqualTo(10);
    assertThat(world.fleet.attached("vpn1")).isEqualTo(5);
    assertThat(world.fleet.deeds()).noneMatch(d -> d.startsWith("start") || d.contains("create"));
  }

  @Test
  @Tag("long")
  void anOutageOfDaysGoesOnInNewRunsAndEndsRight() {
    Policy rare = World.everyHalfHour(Policy.defaults().withRevive(Policy.Revive.NEVER));
    world.withFiveAndFive().watchedBy(World.config(10, rare));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofDays(2));
    assertThat(world.historyLength("outage/test/vpn2")).isLessThan(3_000);
    assertThat(world.vpn("vpn2").outage()).isNotNull();

    world.fleet.restarts("vpn2");
    world.passes(Duration.ofHours(2));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.monitor().outages()).hasSize(1);
    assertThat(world.monitor().outages().getFirst().result()).isEqualTo("restored");
  }

  @Test
  void anOutageThatSomebodyTerminatedIsNoticedAndOpenedAgain() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(20));
    String first = world.runId("outage/test/vpn2");
    world.terminate("outage/test/vpn2");
    world.passes(Duration.ofMinutes(2));

    assertThat(world.vpn("vpn2").outage()).isNotNull();
    assertThat(world.runId("outage/test/vpn2")).isNotEqualTo(first);
    world.fleet.restarts("vpn2");
    world.passes(Duration.ofMinutes(6));
    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
  }

  @Test
  void whoAsksForTheRecoveryOfAnOutageThatIsGoneOpensAnother() {
    world
        .withFiveAndFive()
        .watchedBy(World.config(10, Policy.defaults().withRevive(Policy.Revive.NEVER)));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(15));
    world.terminate("outage/test/vpn2");
    assertThat(world.monitor().recover("vpn2")).isEqualTo("outage/test/vpn2");
    world.passes(Duration.ofSeconds(20));

    assertThat(world.fleet.attached("vpn2")).isEqualTo(5);
    assertThat(world.vpn("vpn2").outage()).isNull();
  }

  @Test
  void somebodyIsToldOfAnOutageThatHasEnded() {
    world.withFiveAndFive().watchedBy(World.config(10, Policy.defaults().withAnnouncements()));
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
    world.passes(Duration.ofSeconds(30));

    assertThat(world.announced).hasSize(1);
    assertThat(world.announced.getFirst().vpn()).isEqualTo("vpn2");
    assertThat(world.announced.getFirst().result()).isEqualTo("restored");
  }
}
