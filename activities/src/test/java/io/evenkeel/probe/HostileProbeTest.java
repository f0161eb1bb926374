package io.evenkeel.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.probe.HostileServer.Answering;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * An engine that answers badly: an answer below 500 proves the namespace, anything else does not;
 * either way it is over soon, little is read, and the next engine is asked as ever.
 */
@Timeout(180)
class HostileProbeTest {
  private static final String GOOD = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}";

  /** What the kernel's buffers of one connection may take, beside the 64 KB that are read. */
  private static final long MOST_BYTES = 32L * 1024 * 1024;

  private final HttpEngineProbe probe = new HttpEngineProbe(() -> Reach.HOST, "/version");
  private final HostileServer server;
  private volatile Answering answering = out -> out.write(GOOD);

  HostileProbeTest() throws IOException {
    server = HostileServer.onLoopback(_ -> out -> answering.to(out));
  }

  @AfterEach
  void end() throws IOException {
    server.close();
  }

  private boolean answers() {
    Container vpn = container(Map.of(), Map.of(6878, server.port()));
    return probe.answers(container(Map.of(Labels.HTTP_PORT, "6878"), Map.of()), vpn);
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

  /** Whatever it said: it is over, little was read of it, and the next is asked as ever. */
  private void itIsOverAndTheNextAnswers() {
    server.isOverAfter(MOST_BYTES);
    answering = out -> out.write(GOOD);
    itAnswers();
  }

  /** A busy machine may answer late. */
  private void itAnswers() {
    await().atMost(Duration.ofSeconds(60)).until(this::answers);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\n\r\n<html>hello</html>",
        "HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n[7, null",
        "HTTP/1.1 200 OK\r\nContent-Length: -1\r\n\r\n",
        "HTTP/1.1 302 Found\r\nLocation: /version\r\nContent-Length: 0\r\n\r\n",
        "HTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n",
      })
  void anyAnswerBelow500ProvesTheNamespaceAndNoRedirectIsFollowed(String answer) {
    AtomicInteger times = new AtomicInteger();
    answering =
        out -> {
          times.incrementAndGet();
          out.write(answer);
        };
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> {
          times.set(0);
          return answers();
        });
    assertThat(times).hasValue(1);
    itIsOverAndTheNextAnswers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "\u0000\u0001\u0002",
        "SSH-2.0-OpenSSH_9.9\r\n",
        "HTTP/1.1 two hundred\r\n\r\n",
        "HTTP/1.1 200 OK\r\nContent-Length: 99999999999999999999\r\n\r\n",
        "HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
        "HTTP/1.1 503 Service Unavailable\r\nContent-Length: 0\r\n\r\n",
      })
  void whatIsNoAnswerIsNone(String answer) {
    answering = out -> out.write(answer);
    assertThat(answers()).isFalse();
    itIsOverAndTheNextAnswers();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"HTTP/1.1 200 OK\r\n\r\n", "HTTP/1.1 200 OK\r\nContent-Length: 104857600\r\n\r\n"})
  void ofAnEndlessAnswerTheBeginningIsEnough(String head) {
    String some = "y".repeat(8_192);
    answering =
        out -> {
          out.write(head);
          while (true) {
            out.write(some);
          }
        };
    assertThat(answers()).isTrue();
    itIsOverAndTheNextAnswers();
  }

  @Test
  void anEndlessHeaderIsNoAnswer() {
    answering =
        out -> {
          out.write("HTTP/1.1 200 OK\r\n");
          for (long i = 0; ; i++) {
            out.write("X-" + i + ": " + "x".repeat(1_000) + "\r\n");
          }
        };
    assertThat(answers()).isFalse();
    itIsOverAndTheNextAnswers();
  }

  @ParameterizedTest
  @ValueSource(strings = {"HTTP/1.1 200 OK\r\nX: ", "HTTP/1.1 200 OK\r\n\r\n"})
  void aTrickleIsGivenUp(String begin) {
    answering =
        out -> {
          out.write(begin);
          while (true) {
            out.write("x");
            LockSupport.parkNanos(20_000_000);
          }
        };
    assertThat(answers()).isFalse();
    itIsOverAndTheNextAnswers();
  }
}
