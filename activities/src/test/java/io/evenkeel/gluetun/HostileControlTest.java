package io.evenkeel.gluetun;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.probe.HostileServer;
import io.evenkeel.probe.HostileServer.Answering;
import io.evenkeel.probe.Reach;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * A control server that answers badly: what it garbles is not known, what it says well beside it
 * is; the reading is over in time, little is read, no connection is left, and the next reading is
 * right.
 */
@Timeout(180)
@Tag("long")
class HostileControlTest {
  private static final String STATUS = "/v1/vpn/status";
  private static final String IP = "/v1/publicip/ip";
  private static final String PORT = "/v1/portforward";
  private static final String HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
  private static final TunnelReading RIGHT =
      new TunnelReading("vpn", Tunnel.UP, "203.0.113.7", 5914);
  private static final int BODY = 100 * 1024 * 1024;

  /** What the kernel's buffers of one connection may take, beside the 64 KB that are read. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private final GluetunControl control =
      new GluetunControl(() -> Reach.HOST, _ -> new GluetunControl.Access("", 8000, ""));
  private final HostileServer server;
  private final Map<String, Answering> answers = new ConcurrentHashMap<>();
  private final Map<String, AtomicInteger> asked = new ConcurrentHashMap<>();

  HostileControlTest() throws IOException {
    server = HostileServer.onLoopback(this::answering);
  }

  private Answering answering(String path) {
    asked.computeIfAbsent(path, _ -> new AtomicInteger()).incrementAndGet();
    return answers.getOrDefault(
        path, out -> out.write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n"));
  }

  @BeforeEach
  void allIsWell() {
    says(STATUS, "{\"status\": \"running\"}");
    says(IP, "{\"public_ip\": \"203.0.113.7\"}");
    says(PORT, "{\"port\": 5914}");
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private void says(String path, String body) {
    answers.put(path, out -> out.write(HEAD + body));
  }

  private TunnelReading read() {
    return control.read(
        new Container(
            "id",
            "vpn",
            "gluetun",
            ContainerStatus.RUNNING,
            Health.NONE,
            "bridge",
            Map.of(),
            Map.of(8000, server.port()),
            null,
            null,
            0,
            "",
            true));
  }

  private void itIsOverAndTheNextReadingIsRight() {
    server.isOverAfter(3 * MOST_BYTES);
    allIsWell();
    // A busy machine may answer late.
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(read()).isEqualTo(RIGHT));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"port\": null}",
        "{\"port\": true}",
        "{\"port\": -1}",
        "{\"port\": 0}",
        "{\"port\": 70000}",
        "{\"port\": 4294973210}",
        "{\"port\": 5914.0}",
        "{\"port\": 5.914e3}",
        "{\"port\": \"5914\"}",
        "{\"port\": [5914]}",
        "{\"port\": {\"port\": 5914}}",
        "{\"ports\": [5914]}",
        "[{\"port\": 5914}]",
        "{\"port\": 5914",
        "5914",
        "null",
        "<html>5914</html>"
      })
  void whatIsNoPortIsNoneAndTheAddressIsReadAllTheSame(String body) {
    says(PORT, body);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() ->
            assertThat(read()).isEqualTo(new TunnelReading("vpn", Tunnel.UP, RIGHT.publicIp(), 0)));
    itIsOverAndTheNextReadingIsRight();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"public_ip\": null}",
        "{\"public_ip\": 7}",
        "{\"public_ip\": 203.0}",
        "{\"public_ip\": true}",
        "{\"public_ip\": [\"203.0.113.7\"]}",
        "{\"public_ip\": {\"public_ip\": \"203.0.113.7\"}}",
        "{\"public_ip\": \"203.0.113.700\"}",
        "{\"public_ip\": \"vpn.example.org\"}",
        "{\"public_ip\": \"<script>\"}",
        "[\"203.0.113.7\"]",
        "\"203.0.113.7\"",
        "<html>203.0.113.7</html>"
      })
  void whatIsNoAddressIsNoneAndThePortIsReadAllTheSame(String body) {
    says(IP, body);
    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(
            () -> assertThat(read()).isEqualTo(new TunnelReading("vpn", Tunnel.UP, "", 5914)));
    itIsOverAndTheNextReadingIsRight();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "{\"status\": null}",
        "{\"status\": 7}",
        "{\"status\": false}",
        "{\"status\": [\"stopped\"]}",
        "{\"status\": {\"status\": \"stopped\"}}",
        "\"stopped\"",
        "<html>stopped</html>"
      })
  void whatIsNoStatusSaysNothingOfTheTunnel(String body) {
    says(STATUS, body);
    says(IP, "{\"public_ip\": \"\"}");
    says(PORT, "{\"port\": 0}");
    assertThat(read()).isEqualTo(TunnelReading.unknown("vpn"));
    itIsOverAndTheNextReadingIsRight();
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, IP, PORT})
  void ofAHundredMegabytesTheBeginningIsRead(String path) {
    String some = "9".repeat(8_192);
    answers.put(
        path,
        out -> {
          out.write("HTTP/1.1 200 OK\r\nContent-Length: " + BODY + "\r\n\r\n{\"a\": \"");
          for (int i = 0; i < BODY / some.length(); i++) {
            out.write(some);
          }
        });
    onlyThatIsNotKnown(path);
    itIsOverAndTheNextReadingIsRight();
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, IP, PORT})
  void aDeepNestIsNotFollowed(String path) {
    says(path, "{\"port\": " + "[".repeat(60_000));
    onlyThatIsNotKnown(path);
    itIsOverAndTheNextReadingIsRight();
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, IP, PORT})
  void aRedirectToItselfIsNotFollowed(String path) {
    answers.put(
        path,
        out ->
            out.write("HTTP/1.1 302 Found\r\nLocation: " + path + "\r\nContent-Length: 0\r\n\r\n"));
    onlyThatIsNotKnown(path);
    assertThat(asked.getOrDefault(path, new AtomicInteger()).get()).isLessThan(2);
    itIsOverAndTheNextReadingIsRight();
  }

  @ParameterizedTest
  @ValueSource(strings = {STATUS, IP, PORT})
  void aTrickleIsGivenUp(String path) {
    answers.put(
        path,
        out -> {
          out.write(HEAD + "{");
          while (true) {
            out.write(" ");
            LockSupport.parkNanos(20_000_000);
          }
        });
    onlyThatIsNotKnown(path);
    itIsOverAndTheNextReadingIsRight();
  }

  /** Where a late answer is none, less may be known, and never anything else. */
  private void onlyThatIsNotKnown(String path) {
    TunnelReading reading = read();
    assertThat(reading.publicIp()).isIn("", path.equals(IP) ? "" : RIGHT.publicIp());
    assertThat(reading.forwardedPort()).isIn(0, path.equals(PORT) ? 0 : RIGHT.forwardedPort());
    assertThat(reading.tunnel()).isIn(Tunnel.UP, Tunnel.UNKNOWN);
  }
}
