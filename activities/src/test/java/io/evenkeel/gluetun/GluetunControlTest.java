package io.evenkeel.gluetun;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.probe.Reach;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Against a real small HTTP server that answers as Gluetun's versions do. */
class GluetunControlTest {
  private record Answer(int status, String body) {}

  private final Map<String, Answer> answers = new ConcurrentHashMap<>();
  private final Map<String, String> keys = new ConcurrentHashMap<>();
  private HttpServer server = create();

  private static HttpServer create() {
    try {
      return HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    } catch (IOException failed) {
      throw new IllegalStateException(failed);
    }
  }

  @BeforeEach
  void serve() {
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    var _ = server.createContext("/", this::answer);
    server.start();
    answers.put("/v1/vpn/status", new Answer(200, "{\"status\":\"running\"}"));
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private void answer(HttpExchange exchange) throws IOException {
    String path = exchange.getRequestURI().getPath();
    String key = exchange.getRequestHeaders().getFirst("X-API-Key");
    keys.put(path, key == null ? "" : key);
    Answer answer = answers.getOrDefault(path, new Answer(401, "Unauthorized"));
    byte[] body = answer.body().getBytes(StandardCharsets.UTF_8);
    exchange.sendResponseHeaders(answer.status(), body.length == 0 ? -1 : body.length);
    try (OutputStream out = exchange.getResponseBody()) {
      out.write(body);
    }
  }

  @Test
  void aPublicAddressAndAPortMeanThatTheTunnelIsUp() {
    answers.put("/v1/publicip/ip", new Answer(200, "{\"public_ip\":\"203.0.113.7\"}"));
    answers.put("/v1/portforward", new Answer(200, "{\"port\":5914,\"ports\":[5914]}"));

    assertThat(read()).isEqualTo(new TunnelReading("vpn", Tunnel.UP, "203.0.113.7", 5914));
    assertThat(keys).containsEntry("/v1/portforward", "k3y");
  }

  @Test
  void upTo340ThePortIsAtTheOldPath() {
    answers.put("/v1/publicip/ip", new Answer(200, "{\"public_ip\":\"203.0.113.7\"}"));
    answers.put("/v1/openvpn/portforwarded", new Answer(200, "{\"port\":4001}"));

    assertThat(read().forwardedPort()).isEqualTo(4001);
  }

  @Test
  void anEmptyAddressMeansThatTheTunnelIsDown() {
    answers.put("/v1/publicip/ip", new Answer(200, "{\"public_ip\":\"\"}"));
    answers.put("/v1/portforward", new Answer(200, "{\"port\":0}"));

    assertThat(read().tunnel()).isEqualTo(Tunnel.DOWN);
  }

  @Test
  void unauthorizedIsNeitherUpNorDown() {
    answers.clear();

    assertThat(read()).isEqualTo(TunnelReading.unknown("vpn"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{\"port\":-1}",
        "{\"port\":70000}",
        "{\"port\":\"x\"}",
        "<html>hello</html>",
        "[]",
        ""
      })
  void whatIsNoPortIsNone(String body) {
    answers.put("/v1/publicip/ip", new Answer(200, "{\"public_ip\":\"203.0.113.7\"}"));
    answers.put("/v1/portforward", new Answer(200, body));

    assertThat(read().forwardedPort()).isZero();
  }

  @Test
  void aHugeBodyEndsInTimeAndSaysNothing() {
    answers.put("/v1/publicip/ip", new Answer(200, "{\"public_ip\":\"" + "9".repeat(5_000_000)));
    Instant start = Instant.now();

    assertThat(read().tunnel()).isEqualTo(Tunnel.UNKNOWN);
    assertThat(Duration.between(start, Instant.now())).isLessThan(Duration.ofSeconds(8));
  }

  @Test
  void nobodyThereIsUnknown() {
    server.stop(0);
    assertThat(read()).isEqualTo(TunnelReading.unknown("vpn"));
  }

  @Test
  void theKeyIsNotShown() {
    assertThat(new GluetunControl.Access("http://x", 8000, "k3y").toString()).doesNotContain("k3y");
  }

  private TunnelReading read() {
    Container vpn =
        new Container(
            "id",
            "vpn",
            "gluetun",
            ContainerStatus.RUNNING,
            Health.NONE,
            "bridge",
            Map.of(),
            Map.of(8000, server.getAddress().getPort()),
            Instant.now(),
            null,
            0,
            "",
            true);
    return new GluetunControl(() -> Reach.HOST, _ -> new GluetunControl.Access("", 8000, "k3y"))
        .read(vpn);
  }
}
