package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.FleetActivities.Stranded;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;
import org.junit.jupiter.api.Test;

/** A kill needs proof: a daemon that is slow to all gives none, one that is silent of one does. */
class SilencingTest {
  private static final Duration SLOW = Duration.ofMillis(400);
  private static final Duration FOR_EVER = Duration.ofHours(1);

  private final SimulatedFleet fleet =
      new SimulatedFleet(Clock.systemUTC())
          .vpn("vpn1", 4001)
          .engine("a", "vpn1", 19_000, true)
          .engine("b", "vpn1", 19_001, false);

  /** The fleet behind a daemon whose inspect takes so long. */
  private Containers inspectedAfter(Function<String, Duration> time) {
    return (Containers)
        Proxy.newProxyInstance(
            Containers.class.getClassLoader(),
            new Class<?>[] {Containers.class},
            (_, method, arguments) -> {
              if (method.getName().equals("inspect")) {
                Optional<Container> found =
                    fleet.inspect((String) arguments[0], (Duration) arguments[1]);
                Duration takes = found.map(c -> time.apply(c.name())).orElse(Duration.ZERO);
                Duration deadline = (Duration) arguments[1];
                Thread.sleep(takes.compareTo(deadline) < 0 ? takes : deadline);
                if (takes.compareTo(deadline) >= 0) {
                  throw new DockerFailure(DockerFailure.Kind.TIMEOUT, "no answer", null);
                }
                return found;
              }
              try {
                return method.invoke(fleet, arguments);
              } catch (InvocationTargetException failed) {
                throw failed.getCause();
              }
            });
  }

  private List<String> silenced(Containers containers) {
    return new Silencing(containers, new Parallel(8))
            .silence(
                "vpn1",
                Instant.now().plusSeconds(60),
                List.of(
                    new Stranded("a", fleet.id("a"), false),
                    new Stranded("b", fleet.id("b"), false)))
            .stream()
            .map(EngineDeed::did)
            .toList();
  }

  @Test
  void aSlowDaemonIsNoProofThatAVpnIsDead() {
    assertThat(silenced(inspectedAfter(_ -> SLOW))).containsExactly("left", "left");
    assertThat(fleet.deeds()).isEmpty();
  }

  @Test
  void aDaemonThatIsSilentOfTheVpnAloneIsInItsTeardown() {
    assertThat(
            silenced(inspectedAfter(name -> name.equals("vpn1") ? FOR_EVER : Duration.ofMillis(1))))
        .containsExactly("killed", "killed");
  }
}
