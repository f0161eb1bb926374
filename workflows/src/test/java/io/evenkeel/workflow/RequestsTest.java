package io.evenkeel.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.decide.Known;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Seen;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.Test;

/** What the workflows that a monitor begins are given. */
class RequestsTest {
  private static final Instant START = Instant.parse("2026-01-01T00:00:00Z");
  private static final Instant SEEN = START.plusSeconds(60);
  private static final FleetConfig CONFIG =
      new FleetConfig(
          "test",
          "engine",
          List.of(
              new VpnSpec("vpn1", 100, 109),
              new VpnSpec("vpn2", 200, 209),
              new VpnSpec("vpn3", 300, 309)),
          FleetConfig.NO_TARGET,
          FleetConfig.MOST_ENGINES,
          Policy.defaults());

  private static final Container VPN1 = vpn("vpn1", ContainerStatus.RUNNING);
  private static final Container VPN2 = vpn("vpn2", ContainerStatus.RUNNING);
  private static final Container FIRST = engine("engine-1", "vpn1", ContainerStatus.RUNNING, 100);
  private static final Container SECOND = engine("engine-2", "vpn1", ContainerStatus.EXITED, 101);
  private static final Container OTHER = engine("engine-3", "vpn2", ContainerStatus.RUNNING, 200);

  private static Container vpn(String name, ContainerStatus status) {
    return container(name, status, "bridge", Map.of());
  }

  private static Container engine(String name, String vpn, ContainerStatus status, int port) {
    return container(
        name,
        status,
        "container:id-" + vpn,
        Map.of("engine", "", Labels.VPN, vpn, Labels.HTTP_PORT, Integer.toString(port)));
  }

  private static Container container(
      String name, ContainerStatus status, String network, Map<String, String> labels) {
    return Seen.container(name, status, network, labels, START, null);
  }

  private static Observation look(Container... containers) {
    return new Observation(
        START,
        "f",
        true,
        List.of(containers),
        List.of(),
        List.of(
            new TunnelReading("vpn1", Tunnel.UP, "", 40_001),
            new TunnelReading("vpn2", Tunnel.UP, "", 0)));
  }

  private static FleetKnowledge known(Container... containers) {
    return FleetKnowledge.nothing().after(look(containers), CONFIG);
  }

  private static OutageRequest ofVpn1(FleetKnowledge knowledge, boolean ended) {
    return Requests.outage(
        CONFIG,
        knowledge,
        new FleetDecision.OpenOutage("vpn1", "down", "a test says so"),
        new Requests.Seen(SEEN, ended, false),
        new Requests.Given(List.of("engine-2"), true, List.of("vpn3")));
  }

  @Test
  void anOutageIsGivenWhatWasSeenAndWhatIsKnown() {
    OutageRequest request = ofVpn1(known(VPN1, VPN2, FIRST, SECOND, OTHER), false);

    assertThat(request)
        .isEqualTo(
            new OutageRequest(
                CONFIG,
                "vpn1",
                "down",
                "a test says so",
                SEEN,
                false,
                false,
                VPN1,
                List.of(FIRST, SECOND),
                40_001,
                List.of("engine-2"),
                true,
                List.of("vpn3"),
                List.of(
                    new Known("engine-1", "vpn1", 100, false),
                    new Known("engine-2", "vpn1", 101, false),
                    new Known("engine-3", "vpn2", 200, false)),
                List.of(),
                List.of("engine-1"),
                false));
  }

  @Test
  void oneInTheNetworkOfAnotherVpnIsNoDependentThoughThatIsDown() {
    Container labelled =
        container(
            "engine-4",
            ContainerStatus.RUNNING,
            "container:id-vpn2",
            Map.of("engine", "", Labels.VPN, "vpn1"));
    Container down = vpn("vpn2", ContainerStatus.EXITED);

    assertThat(ofVpn1(known(VPN1, VPN2, FIRST, labelled), false).dependents())
        .containsExactly(FIRST);
    assertThat(ofVpn1(known(VPN1, down, FIRST, labelled), true).dependents())
        .containsExactly(FIRST);
  }

  @Test
  void behindAProcessThatHasEndedNobodyIsUsable() {
    OutageRequest request = ofVpn1(known(VPN1, VPN2, FIRST), true);

    assertThat(request.ended()).isTrue();
    assertThat(request.askedFor()).isFalse();
    assertThat(request.usable()).isEmpty();
  }

  @Test
  void behindAVpnThatTheLastListLacksNobodyIsUsable() {
    FleetKnowledge knowledge = known(VPN1, VPN2, FIRST).after(look(VPN2, FIRST), CONFIG);

    OutageRequest request = ofVpn1(knowledge, false);
    assertThat(request.vpnBefore()).isEqualTo(VPN1);
    assertThat(request.usable()).isEmpty();
  }

  @Test
  void aVpnThatNobodySawHasItsDependentsAllTheSame() {
    OutageRequest request = ofVpn1(known(VPN2, FIRST), false);

    assertThat(request.vpnBefore()).isNull();
    assertThat(request.dependents()).containsExactly(FIRST);
    assertThat(request.usable()).isEmpty();
  }

  @Test
  void anEngineThatIsBeingReplacedIsUsableUnderItsOwnName() {
    Container aside = engine(Aside.of("engine-1"), "vpn1", ContainerStatus.RUNNING, 100);

    assertThat(ofVpn1(known(VPN1, VPN2, aside), false).usable()).containsExactly("engine-1");
  }

  @Test
  void aProvisioningRunLeavesOpenVpnsAndThoseThatAreDown() {
    FleetKnowledge knowledge =
        known(VPN1, vpn("vpn2", ContainerStatus.EXITED), vpn("vpn3", ContainerStatus.RUNNING));

    ProvisionRequest request =
        Requests.provision(
            CONFIG, knowledge, Set.of("vpn3"), true, List.of("id-engine-1"), List.of("engine-2"));
    assertThat(request)
        .isEqualTo(
            new ProvisionRequest(
                CONFIG,
                List.of("vpn2", "vpn3"),
                Map.of("vpn1", 40_001),
                true,
                CONFIG.policy().rebalance(),
                List.of("id-engine-1"),
                List.of(),
                List.of("engine-2")));
  }
}
