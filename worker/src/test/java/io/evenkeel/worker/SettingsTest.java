package io.evenkeel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Policy;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SettingsTest {
  @Test
  void withNothingSetItIsTheOriginalsDefaults() {
    Settings settings = Settings.read(_ -> null);

    assertThat(settings.config().scope().vpns()).containsExactly("gluetun");
    assertThat(settings.config().managerLabel()).isEqualTo("ondemand.app=myservice");
    assertThat(settings.config().target()).isEqualTo(FleetConfig.NO_TARGET);
    assertThat(settings.config().policy()).isEqualTo(Policy.defaults());
  }

  @Test
  void theOriginalsNamesAreTakenAsTheyAre() {
    Settings settings =
        Settings.read(
            Map.of(
                    "GLUETUN_CONTAINER_NAME", "a",
                    "GLUETUN_CONTAINER_NAME_2", "b",
                    "GLUETUN_PORT_RANGE_2", "20000-20004",
                    "MIN_REPLICAS", "10",
                    "MONITOR_INTERVAL_S", "5",
                    "DOCKER_TIMEOUT_S", "20")
                ::get);

    assertThat(settings.config().scope().vpns()).containsExactly("a", "b");
    assertThat(settings.config().vpns().get(1).lastPort()).isEqualTo(20_004);
    assertThat(settings.config().target()).isEqualTo(10);
    assertThat(settings.config().policy().monitorInterval()).isEqualTo(Duration.ofSeconds(5));
    assertThat(settings.config().policy().dockerTimeout()).isEqualTo(Duration.ofSeconds(20));
  }

  @ParameterizedTest
  @CsvSource({
    "MIN_REPLICAS, ten, a whole number",
    "MIN_REPLICAS, 10001, a whole number",
    "MIN_REPLICAS, 501, '500 at most, the ports of all VPNs'",
    "MONITOR_INTERVAL_S, 0, a whole number",
    "DOCKER_TIMEOUT_S, 1.5, a whole number",
    "CONTAINER_LABEL, =x, key=value",
    "GLUETUN_PORT_RANGE_1, 19000, FIRST-LAST",
    "GLUETUN_PORT_RANGE_1, 19000-70000, FIRST-LAST",
    "GLUETUN_PORT_RANGE_1, 19004-19000, FIRST-LAST",
    "GLUETUN_CONTAINER_NAME_2, gluetun, a name that no other VPN has",
    "EVENKEEL_TEMPORAL, nowhere, 'embedded, dev or host:port'",
    "EVENKEEL_REVIVE, sometimes, 'always, crashed, never'",
    "EVENKEEL_FLEET, a b, letters",
    "EVENKEEL_REACH, far, 'auto, host, network'",
    "EVENKEEL_TEMPORAL_TLS, yes, true or false",
    "EVENKEEL_REBALANCE, maybe, true or false",
    "VPN_MODE, triple, 'redundant, single'",
    "MAX_REPLICAS, -1, a whole number",
    "DOCKER_HOST, ssh://host, unix:///path or tcp://host:port",
    "DOCKER_HOST, tcp://127.0.0.1:99999, unix:///path or tcp://host:port",
    "DOCKER_HOST, /var/run/docker.sock, unix:///path or tcp://host:port",
    "SERVER_PORT, 70000, a whole number from 0 to 65535",
    "SERVER_ADDRESS, 999.1.1.1, an address of this machine",
    "GLUETUN_CONTROL_URL, gluetun:8000, http://host:port",
    "EVENKEEL_PROBE_PATH, webui, a path that begins with /",
    "EVENKEEL_TEMPORAL_TLS_CA, /no/such.pem, a PEM file that can be read",
  })
  void aMalformedSettingIsToldInOneLine(String name, String value, String takes) {
    assertThatThrownBy(() -> Settings.read(Map.of(name, value)::get))
        .isInstanceOf(Settings.Malformed.class)
        .hasMessageContaining(name)
        .hasMessageContaining("got \"" + value + "\"")
        .hasMessageContaining(takes)
        .message()
        .doesNotContain("\n");
  }

  @Test
  void aTargetAboveTheMostIsRefused() {
    assertThatThrownBy(() -> Settings.read(Map.of("MIN_REPLICAS", "10", "MAX_REPLICAS", "5")::get))
        .hasMessage("MAX_REPLICAS: got \"5\", takes MIN_REPLICAS or more");
  }

  @Test
  void halfOfMutualTlsIsRefused() {
    assertThatThrownBy(
            () -> Settings.read(Map.of("EVENKEEL_TEMPORAL_TLS_CERT", "/etc/hostname")::get))
        .hasMessageContaining("takes both");
  }

  @Test
  void aSecretThatCannotBeSentIsRefusedAndNotShown() {
    assertThatThrownBy(() -> Settings.read(Map.of("GLUETUN_API_KEY", "two\nlines")::get))
        .hasMessageContaining("GLUETUN_API_KEY")
        .hasMessageContaining("one word of printable ASCII")
        .message()
        .doesNotContain("two", "lines");
    assertThatThrownBy(() -> Settings.read(Map.of("EVENKEEL_WEBHOOK_URL", "t0ken")::get))
        .hasMessageContaining("EVENKEEL_WEBHOOK_URL")
        .message()
        .doesNotContain("t0ken");
  }

  @Test
  void withOneVpnOnlyTheFirstNameCounts() {
    Settings settings =
        Settings.read(Map.of("VPN_MODE", "single", "GLUETUN_CONTAINER_NAME_2", "b")::get);
    assertThat(settings.config().scope().vpns()).containsExactly("gluetun");
  }

  @Test
  void theYamlListsAnyNumberOfVpnsAndWhatEnginesAreMadeOf() {
    Map<String, String> yaml = new HashMap<>();
    for (int i = 0; i < 70; i++) {
      yaml.put("evenkeel.vpns[" + i + "].name", "vpn" + i);
    }
    yaml.put("evenkeel.vpns[3].ports", "60000-60099");
    yaml.put("evenkeel.vpns[3].api-key", "k3y");
    yaml.put("evenkeel.engine.environment[0]", "ACESTREAM_ARGS=--port={p2p_port}");
    yaml.put("evenkeel.engine.command[0]", "--http-port={http_port}");
    Settings settings = Settings.read(yaml::get);

    assertThat(settings.config().vpns()).hasSize(70);
    assertThat(settings.config().vpns().get(3).firstPort()).isEqualTo(60_000);
    assertThat(Objects.requireNonNull(settings.controls().get("vpn3")).apiKey()).isEqualTo("k3y");
    assertThat(settings.engine().environment())
        .containsExactly(Map.entry("ACESTREAM_ARGS", "--port={p2p_port}"));
    assertThat(settings.engine().command()).containsExactly("--http-port={http_port}");
  }

  @Test
  void aRangeOfTheYamlThatOverlapsIsNamed() {
    assertThatThrownBy(() ->
            Settings.read(
                Map.of(
                        "evenkeel.vpns[0].name", "a",
                        "evenkeel.vpns[1].name", "b",
                        "evenkeel.vpns[1].ports", "19100-19200")
                    ::get))
        .hasMessageContaining("evenkeel.vpns[1].ports")
        .hasMessageContaining("a range apart from that of a");
  }

  @Test
  void overlappingRangesAreRefused() {
    assertThatThrownBy(() ->
            Settings.read(
                Map.of("GLUETUN_CONTAINER_NAME_2", "b", "GLUETUN_PORT_RANGE_2", "19499-19600")
                    ::get))
        .hasMessageContaining("a range apart from that of gluetun");
  }

  @Test
  void noSecretIsShown() {
    Settings settings =
        Settings.read(
            Map.of(
                    "GLUETUN_API_KEY", "s3cret",
                    "API_KEY", "wr1te",
                    "EVENKEEL_WEBHOOK_URL", "http://h/t0ken",
                    "EVENKEEL_TEMPORAL_API_KEY", "t0psecret")
                ::get);
    assertThat(settings + " " + settings.controls() + " " + settings.temporal())
        .doesNotContain("s3cret", "t0psecret", "wr1te", "t0ken");
  }
}
