package io.evenkeel.probe;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Executors;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Against a real server that behaves badly. */
class BoundedHttpTest {
  private final BoundedHttp http = new BoundedHttp();
  private HttpServer server;

  @BeforeEach
  void serve() throws IOException {
    server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.start();
  }

  @AfterEach
  void end() {
    server.stop(0);
  }

  private URI uri(String path) {
    return URI.create("http://127.0.0.1:" + server.getAddress().getPort() + path);
  }

  @Test
  void aTrickleIsOverAtTheDeadlineAndItsConnectionToo() throws Exception {
    CountDownLatch left = new CountDownLatch(1);
    var _ =
        server.createContext(
            "/",
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              try (OutputStream body = exchange.getResponseBody()) {
                while (true) {
                  body.write('x');
                  body.flush();
                  Thread.sleep(20);
                }
              } catch (IOException gone) {
                left.countDown();
              } catch (InterruptedException interrupted) {
                Thread.currentThread().interrupt();
              }
            });
    BoundedHttp.Reply reply = http.ask(uri("/"), Map.of(), Duration.ofMillis(300)).reply();

    assertThat(reply.status()).isEqualTo(BoundedHttp.NO_ANSWER);
    assertThat(left.await(50, TimeUnit.SECONDS)).as("the server saw the client leave").isTrue();
  }

  @Test
  void ofAnEndlessBodyTheFirst64KbAreTaken() {
    var _ =
        server.createContext(
            "/",
            exchange -> {
              exchange.sendResponseHeaders(200, 0);
              byte[] some = "y".repeat(8192).getBytes(StandardCharsets.US_ASCII);
              try (OutputStream body = exchange.getResponseBody()) {
                for (int i = 0; i < 100_000; i++) {
                  body.write(some);
                }
              }
            });
    BoundedHttp.Reply reply = http.get(uri("/"), Map.of());

    assertThat(reply.status()).isEqualTo(200);
    assertThat(reply.body()).hasSize(64 * 1024);
  }

  @Test
  void aRedirectIsAnAnswerAndIsNotFollowed() {
    CountDownLatch followed = new CountDownLatch(1);
    var _ =
        server.createContext(
            "/again",
            exchange -> {
              followed.countDown();
              exchange.sendResponseHeaders(200, -1);
            });
    var _ =
        server.createContext(
            "/loop",
            exchange -> {
              exchange.getResponseHeaders().add("Location", "/again");
              exchange.sendResponseHeaders(301, -1);
            });
    assertThat(http.get(uri("/loop"), Map.of()).status()).isEqualTo(301);
    assertThat(followed.getCount()).isEqualTo(1);
  }

  @Test
  void aHeaderThatCannotBeSentIsNoAnswerAndNoException() {
    var _ = server.createContext("/", exchange -> exchange.sendResponseHeaders(200, -1));
    assertThat(http.get(uri("/"), Map.of("X-API-Key", "two\nlines")).status())
        .isEqualTo(BoundedHttp.NO_ANSWER);
  }

  @Test
  void nobodyThereIsNoAnswer() {
    server.stop(0);
    assertThat(http.get(uri("/"), Map.of()).status()).isEqualTo(BoundedHttp.NO_ANSWER);
  }
}
