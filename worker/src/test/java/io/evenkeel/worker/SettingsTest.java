package io.evenkeel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Policy;
import java.time.Duration;
import java.util.Map;
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
    "EVENKEEL_REACH, far, 'auto, host or network'",
    "EVENKEEL_TEMPORAL_TLS, yes, true or false",
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
            Map.of("GLUETUN_API_KEY", "s3cret", "EVENKEEL_TEMPORAL_API_KEY", "t0psecret")::get);
    assertThat(settings.toString()).doesNotContain("s3cret").doesNotContain("t0psecret");
  }
}
