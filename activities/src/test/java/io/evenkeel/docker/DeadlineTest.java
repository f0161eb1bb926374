package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;

import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.time.Duration;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;

/** Every call ends at its deadline, whoever is at the socket. */
class DeadlineTest {
  private static final Duration TIMEOUT = Duration.ofMillis(300);

  /** Of a busy machine; a call that holds on to its thread takes for ever. */
  private static final Duration MARGIN = Duration.ofSeconds(10);

  private final SimpleMeterRegistry metrics = new SimpleMeterRegistry();

  private DockerContainers at(String host) {
    return new DockerContainers(new DockerSettings(host, TIMEOUT, "ondemand.app"), metrics);
  }

  private static Kind kindOf(ThrowingCallable call) {
    return Objects.requireNonNull(catchThrowableOfType(DockerFailure.class, call)).kind();
  }

  private static void endsSoon(Kind kind, ThrowingCallable call) {
    long begin = System.nanoTime();
    assertThat(kindOf(call)).isEqualTo(kind);
    assertThat(Duration.ofNanos(System.nanoTime() - begin)).isLessThan(TIMEOUT.plus(MARGIN));
  }

  @Test
  void anEngineThatNeverAnswersCostsTheDeadlineAndNoMore() throws IOException {
    try (SocketProxy hung = new SocketProxy(null);
        DockerContainers containers = at(hung.host())) {
      containers.ping();
      endsSoon(Kind.TIMEOUT, containers::list);
      endsSoon(Kind.TIMEOUT, () -> containers.inspect("vpn", Duration.ofMillis(100)));
      endsSoon(Kind.TIMEOUT, () -> containers.start("vpn"));
      endsSoon(Kind.TIMEOUT, () -> containers.stop("vpn", Duration.ofSeconds(10)));
      assertThat(containers.ping()).isFalse();
      assertThat(
              metrics
                  .timer("evenkeel.docker.calls", "operation", "list", "outcome", "timeout")
                  .count())
          .isEqualTo(1);
    }
  }

  @Test
  void manyCallsThatAreNotAnsweredLeaveRoomForTheNext() throws IOException {
    try (SocketProxy hung = new SocketProxy(null);
        DockerContainers containers = at(hung.host())) {
      for (int call = 0; call < 250; call++) {
        endsSoon(Kind.TIMEOUT, () -> containers.inspect("vpn", Duration.ofMillis(5)));
      }
      // 200 connections is the most: had one call kept its own, this would not be tried at all.
      endsSoon(Kind.TIMEOUT, containers::list);
    }
  }

  @Test
  void nobodyAtTheSocketIsUnavailable() throws IOException {
    try (SocketProxy gone = new SocketProxy(null);
        DockerContainers containers = at(gone.host())) {
      gone.refuse();
      endsSoon(Kind.UNAVAILABLE, containers::list);
      assertThat(containers.ping()).isFalse();
    }
    Containers nowhere = at("unix:///nonexistent/docker.sock");
    endsSoon(Kind.UNAVAILABLE, nowhere::list);
    endsSoon(Kind.UNAVAILABLE, at("tcp://127.0.0.1:1")::list);
  }

  @Test
  void aCallAfterTheEndIsUnavailable() throws IOException {
    try (SocketProxy hung = new SocketProxy(null)) {
      DockerContainers containers = at(hung.host());
      containers.close();
      assertThat(kindOf(containers::list)).isEqualTo(Kind.UNAVAILABLE);
      assertThat(containers.ping()).isFalse();
    }
  }
}
