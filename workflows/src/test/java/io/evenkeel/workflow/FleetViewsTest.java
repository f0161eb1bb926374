package io.evenkeel.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Seen;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What people and consumers are shown. */
class FleetViewsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final FleetConfig CONFIG =
      new FleetConfig(
          "test",
          "engine",
          List.of(new VpnSpec("vpn1", 100, 109)),
          FleetConfig.NO_TARGET,
          FleetConfig.MOST_ENGINES,
          Policy.defaults());

  private static Container container(String name, ContainerStatus status, String network) {
    return Seen.container(
        name,
        status,
        network,
        network.equals("bridge")
            ? Map.of()
            : Map.of("engine", "", Labels.VPN, "vpn1", Labels.HTTP_PORT, "100"),
        START,
        null);
  }

  private static FleetView view(Container... containers) {
    Observation seen = new Observation(START, "f", true, List.of(containers), List.of(), List.of());
    return FleetViews.of(
        CONFIG,
        FleetKnowledge.nothing().after(seen, CONFIG),
        Map.of(),
        List.of(),
        _ -> null,
        true,
        false,
        START);
  }

  /** Found by the fault bench (seed 8): it was forgotten while its successor was made. */
  @Test
  void anEngineThatIsBeingReplacedIsShownUnderItsOwnName() {
    FleetView view =
        view(
            container("vpn1", ContainerStatus.RUNNING, "bridge"),
            container(Aside.of("engine-2"), ContainerStatus.EXITED, "container:id-vpn1"));

    assertThat(view.engines()).extracting(FleetView.Engine::name).containsExactly("engine-2");
    assertThat(view.engines().getFirst().reachable()).isFalse();
  }
}
