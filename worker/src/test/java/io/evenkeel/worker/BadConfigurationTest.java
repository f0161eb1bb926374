package io.evenkeel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.InstanceOfAssertFactories.STRING;
import static org.junit.jupiter.params.provider.Arguments.arguments;

import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * Scenario 24, the worker's part: one that is told wrong says in one line what, where and what it
 * takes, and ends before it has asked or written anything. What each setting takes: {@link
 * SettingsTest}.
 */
class BadConfigurationTest {
  static Stream<Arguments> wrong() {
    return Stream.of(
        arguments(
            Map.of("GLUETUN_PORT_RANGE_1", "19000-70000", "SERVER_PORT", "http"),
            "GLUETUN_PORT_RANGE_1: got \"19000-70000\", takes FIRST-LAST, both 1-65535"),
        arguments(
            Map.of("GLUETUN_PORT_RANGE_1", "19000-19099", "SERVER_PORT", "http"),
            "SERVER_PORT: got \"http\", takes a whole number from 0 to 65535"),
        arguments(
            Map.of("API_KEY", "hush hush"),
            "API_KEY: got \"something else\", takes one word of printable ASCII"));
  }

  /** Of two that are wrong the first is told, and the other when that one is right. */
  @ParameterizedTest
  @MethodSource("wrong")
  void itEndsWithOneLineBeforeItHasDoneAnything(Map<String, String> settings, String line)
      throws Exception {
    try (WorkerProcess worker = new WorkerProcess(settings)) {
      assertThat(worker.exitCode()).isEqualTo(2);
      assertThat(worker.output()).isEqualTo("evenkeel: " + line + System.lineSeparator());
      assertThat(worker.hasAskedDocker()).as("it has asked Docker").isFalse();
      assertThat(worker.left()).isEmpty();
    }
  }

  @Test
  @Tag("long")
  void whereItsAddressIsTakenItEndsWithOneLineToo() throws Exception {
    try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress());
        WorkerProcess worker =
            new WorkerProcess(Map.of("SERVER_PORT", Integer.toString(taken.getLocalPort())))) {
      assertThat(worker.exitCode()).isEqualTo(1);
      assertThat(worker.output().lines().filter(line -> !line.contains(" INFO ")))
          .singleElement(STRING)
          .startsWith("evenkeel: the worker does not start: SERVER_ADDRESS and SERVER_PORT: ");
      assertThat(worker.hasAskedDocker()).as("it has asked Docker").isFalse();
      assertThat(worker.left()).isEmpty();
    }
  }
}
