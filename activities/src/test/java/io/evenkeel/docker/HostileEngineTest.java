package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Container;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.probe.HostileServer;
import io.evenkeel.probe.HostileServer.Answering;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.locks.LockSupport;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Whatever sits at the socket: what is no listing is a failure that passes, never an empty fleet,
 * and the next call is answered.
 */
class HostileEngineTest {
  private static final String HEAD = "HTTP/1.1 200 OK\r\nConnection: close\r\n\r\n";
  private static final String GOOD =
      HEAD + "[{\"Id\": \"1\", \"Names\": [\"/vpn1\"], \"State\": \"running\"}]";
  private static final long MOST_BYTES = 64L * 1024 * 1024;

  private final Path folder;
  private final HostileServer server;
  private final DockerContainers containers;
  private volatile Answering answering = out -> out.write(GOOD);

  HostileEngineTest() throws IOException {
    folder = Files.createTempDirectory("evenkeel-socket");
    server = HostileServer.at(folder.resolve("s"), _ -> out -> answering.to(out));
    containers =
        new DockerContainers(
            new DockerSettings(
                "unix://" + folder.resolve("s"), Duration.ofSeconds(3), "ondemand.app"),
            new SimpleMeterRegistry());
  }

  @AfterEach
  void end() throws IOException {
    containers.close();
    server.close();
    Files.deleteIfExists(folder.resolve("s"));
    Files.deleteIfExists(folder);
  }

  private void listingFailsAndTheNextOneIsRight() {
    DockerFailure failure =
        Objects.requireNonNull(catchThrowableOfType(DockerFailure.class, containers::list));
    assertThat(failure.kind().passing()).isTrue();
    server.isOverAfter(MOST_BYTES);
    answering = out -> out.write(GOOD);
    // A busy machine may answer late.
    await()
        .atMost(Duration.ofSeconds(60))
        .ignoreExceptionsMatching(DockerFailure.class::isInstance)
        .untilAsserted(() ->
            assertThat(containers.list()).extracting(Container::name).containsExactly("vpn1"));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "null",
        "{}",
        "{\"message\": \"no\"}",
        "7",
        "[{}]",
        "[{\"Id\": null}]",
        "[{\"Id\": 7}]",
        "[{\"Id\": [\"1\"]}]",
        "[7]",
        "<html>hello</html>"
      })
  void whatIsNoListingIsNoEmptyFleet(String body) {
    answering = out -> out.write(HEAD + body);
    listingFailsAndTheNextOneIsRight();
  }

  @Test
  void aRedirectIsNoListing() {
    answering = out -> out.write(HEAD.replace("200 OK", "300 Multiple Choices") + "[]");
    listingFailsAndTheNextOneIsRight();
  }

  @ParameterizedTest
  @ValueSource(strings = {"{\"Action\": \"die\", \"a\": [1", "{\"a\": \"x", "<html>hello</html>"})
  void anEndlessEventEndsItsStream(String begin) {
    String more = (begin.endsWith("[1") ? ",1" : "x").repeat(10_000);
    answering =
        out -> {
          out.write(HEAD + "{\"Action\": \"start\"}\n" + begin);
          while (true) {
            out.write(more);
          }
        };
    List<String> heard = new ArrayList<>();
    new DockerEvents(containers, "ondemand.app")
        .follow(event -> heard.add(event.action()), () -> {});
    assertThat(heard).as("what came before it is told").containsExactly("start");
    server.isOverAfter(MOST_BYTES);
  }

  @Test
  void anEndlessListingIsGivenUp() {
    String entries = "{\"Id\": \"1\"},".repeat(1_000);
    answering =
        out -> {
          out.write(HEAD + "[");
          while (true) {
            out.write(entries);
          }
        };
    listingFailsAndTheNextOneIsRight();
  }

  @Test
  void anEndlessLineOfAHeaderIsGivenUp() {
    answering =
        out -> {
          out.write("HTTP/1.1 200 OK\r\nX: ");
          while (true) {
            out.write("x".repeat(8_000));
          }
        };
    listingFailsAndTheNextOneIsRight();
  }

  @Test
  void aTrickleIsGivenUp() {
    answering =
        out -> {
          out.write(HEAD + "[");
          while (true) {
            out.write(" ");
            LockSupport.parkNanos(20_000_000);
          }
        };
    listingFailsAndTheNextOneIsRight();
  }

  @ParameterizedTest
  @ValueSource(strings = {"", "null", "{}", "{\"Id\": null}", "[]", "7", "<html>hello</html>"})
  void whatIsNoContainerIsNotReadAsOne(String body) {
    answering = out -> out.write(HEAD + body);
    DockerFailure failure =
        Objects.requireNonNull(
            catchThrowableOfType(
                DockerFailure.class, () -> containers.inspect("vpn1", Duration.ofSeconds(3))));
    assertThat(failure.kind().passing()).isTrue();
  }

  @Test
  void aPortThatIsNoNumberIsNotReadAndTheOthersAre() {
    answering =
        out ->
            out.write(
                HEAD
                    + """
                    {"Id": "1", "Name": "/vpn1", "State": {"Status": "running"},
                     "NetworkSettings": {"Ports": {"x/tcp": [{"HostPort": "1"}],
                       "99999999999/tcp": [{"HostPort": "2"}], "80/tcp": [{"HostPort": "8080"}]}}}
                    """);
    assertThat(containers.inspect("vpn1", Duration.ofSeconds(3)))
        .hasValueSatisfying(vpn -> assertThat(vpn.ports()).isEqualTo(Map.of(80, 8080)));
  }
}
