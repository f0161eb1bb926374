package io.evenkeel.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real server behind a published port. */
class HttpEngineProbeTest {
  private static final String PATH = "/webui/api/service?method=get_version";

  private final HttpEngineProbe probe = new HttpEngineProbe(() -> Reach.HOST, PATH);
  private HttpServer server;
  private int status = 200;
  private String asked = "";

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    var _ =
        server.createContext(
            "/",
            exchange -> {
              asked = exchange.getRequestURI().toString();
              exchange.sendResponseHeaders(status, -1);
              exchange.close();
            });
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private static Container container(Map<String, String> labels, Map<Integer, Integer> ports) {
    return new Container(
        "id",
        "name",
        "image",
        ContainerStatus.RUNNING,
        Health.NONE,
        "",
        labels,
        ports,
        null,
        null,
        0,
        "",
        true);
  }

  private boolean answers(String port) {
    Container vpn = container(Map.of(), Map.of(6878, server.getAddress().getPort()));
    return probe.answers(container(Map.of(Labels.HTTP_PORT, port), Map.of()), vpn);
  }

  @Test
  void anAnswerThroughThePublishedPortCounts() {
    assertThat(answers("6878")).isTrue();
    assertThat(asked).isEqualTo(PATH);
  }

  @Test
  void aPathThatAnotherImageDoesNotHaveIsAnAnswerToo() {
    status = 404;
    assertThat(answers("6878")).isTrue();
  }

  @Test
  void aServerErrorIsNone() {
    status = 503;
    assertThat(answers("6878")).isFalse();
  }

  @Test
  void nobodyBehindThePortIsNone() {
    server.stop(0);
    assertThat(answers("6878")).isFalse();
  }

  @Test
  void aLabelThatIsNoPortIsNone() {
    assertThat(answers("70000")).isFalse();
    assertThat(answers("-1")).isFalse();
  }

  @Test
  void whereNothingIsPublishedRunningIsAllThatCanBeKnown() {
    assertThat(answers("7000")).isTrue();
    assertThat(asked).isEmpty();
  }
}
