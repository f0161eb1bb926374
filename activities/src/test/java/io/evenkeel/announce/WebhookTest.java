package io.evenkeel.announce;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.sun.net.httpserver.HttpServer;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.port.Announcer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real server. */
class WebhookTest {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");
  private static final OutageReport REPORT =
      new OutageReport(
          "vpn2",
          "outage/test/vpn2",
          "crashed",
          "its log stream ended",
          THEN,
          THEN.plusMillis(1300),
          List.of(),
          List.of(),
          List.of(),
          "restored");

  private HttpServer server;
  private int status = 204;
  private String told = "";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var _ =
        server.createContext(
            "/",
            exchange -> {
              told = new String(exchange.getRequestBody().readAllBytes(), StandardCharsets.UTF_8);
              exchange.sendResponseHeaders(status, -1);
              exchange.close();
            });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private Webhook webhook() {
    return new Webhook(
        URI.create("http://127.0.0.1:" + server.getAddress().getPort() + "/hooks/t0ken"));
  }

  @Test
  void theLineAndTheWholeReportArePosted() throws IOException {
    webhook().announce(REPORT);

    JsonNode body = new ObjectMapper().readTree(told);
    assertThat(body.path("text").asText())
        .isEqualTo("Evenkeel: vpn2 crashed (its log stream ended), restored after 1.3 s");
    assertThat(body.path("content")).isEqualTo(body.path("text"));
    assertThat(body.path("outage").path("workflowId").asText()).isEqualTo("outage/test/vpn2");
  }

  @Test
  void aRefusalIsToldWithoutTheAddress() {
    status = 500;
    assertThatThrownBy(() -> webhook().announce(REPORT))
        .isInstanceOf(Announcer.NotTold.class)
        .hasMessage("the webhook answers 500");
  }

  @Test
  void nobodyThereIsToldWithoutTheAddress() {
    Webhook webhook = webhook();
    server.stop(0);
    assertThatThrownBy(() -> webhook.announce(REPORT))
        .isInstanceOf(Announcer.NotTold.class)
        .message()
        .doesNotContain("t0ken", "127.0.0.1");
  }
}
