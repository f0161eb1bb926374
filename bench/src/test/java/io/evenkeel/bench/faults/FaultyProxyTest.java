package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The faulty socket itself, before an engine that answers every request at once. */
@Timeout(300)
class FaultyProxyTest {
  private static final Duration LONG = Duration.ofMinutes(1);
  private static final Duration OFTEN = Duration.ofMillis(1);
  private static final int REFUSALS = 100;
  private static final int MANY = 50;

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofPlatform().daemon().factory());
  private final List<String> asked = new CopyOnWriteArrayList<>();
  private final Path folder;
  private final ServerSocketChannel engine;

  FaultyProxyTest(@TempDir Path folder) throws IOException {
    this.folder = folder;
    this.engine = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  }

  @AfterEach
  void end() throws IOException {
    engine.close();
    threads.shutdownNow();
  }

  private UnixDomainSocketAddress at(String socket) {
    return UnixDomainSocketAddress.of(folder.resolve(socket));
  }

  private FaultyProxy proxy() throws IOException {
    return new FaultyProxy(folder.resolve("proxy"), folder.resolve("engine"));
  }

  /** Until now whoever asks the engine is refused. */
  private void theEngineStarts() throws IOException {
    engine.bind(at("engine"));
    var _ =
        threads.submit(() -> {
          while (true) {
            answer(engine.accept());
          }
        });
  }

  private void answer(SocketChannel client) {
    try (client) {
      String request = Http.head(Channels.newInputStream(client)).first();
      if (!request.isEmpty()) {
        asked.add(request);
        send(client, "HTTP/1.0 200 OK\r\nContent-Type: text/plain\r\n\r\nyes");
      }
    } catch (IOException gone) {
      // The next one may be there.
    }
  }

  private static void send(SocketChannel to, String text) throws IOException {
    ByteBuffer bytes = ByteBuffer.wrap(text.getBytes(StandardCharsets.US_ASCII));
    while (bytes.hasRemaining()) {
      int _ = to.write(bytes);
    }
  }

  private SocketChannel connect() throws IOException {
    return SocketChannel.open(at("proxy"));
  }

  private static Fault refusal(int at) {
    return new Fault(Kind.SOCKET_REFUSES, at, 0, 1, 0, Paths.ALL, 0);
  }

  /** The status of an answer. */
  private static int ask(SocketChannel connection, String request) throws IOException {
    send(connection, request + " HTTP/1.1\r\nHost: engine\r\n\r\n");
    InputStream in = Channels.newInputStream(connection);
    return Http.status(Http.head(in));
  }

  @Test
  void whoConnectsWhileTheSocketGoesAwayIsCutAsWell() throws Exception {
    try (FaultyProxy proxy = proxy()) {
      for (int i = 0; i < REFUSALS; i++) {
        List<SocketChannel> connected = new CopyOnWriteArrayList<>();
        Future<?> connecting = threads.submit(() -> connectUntilRefused(connected));
        await().atMost(LONG).pollInterval(OFTEN).until(() -> !connected.isEmpty());
        proxy.begin(refusal(i));
        await().atMost(LONG).pollInterval(OFTEN).until(connecting::isDone);
        List<? extends Future<?>> cuts =
            connected.stream().map(one -> threads.submit(() -> awaitCut(one))).toList();
        await()
            .atMost(LONG)
            .pollInterval(OFTEN)
            .untilAsserted(() -> assertThat(cuts).allMatch(f -> f.state() == Future.State.SUCCESS));
        proxy.end(refusal(i));
      }
    }
  }

  private void connectUntilRefused(List<SocketChannel> connected) {
    try {
      while (connected.size() < MANY) {
        connected.add(connect());
      }
    } catch (IOException refused) {
      // What it waits for.
    }
  }

  /** Returns when the other side has ended, and only then. */
  private static void awaitCut(SocketChannel connection) {
    try (connection) {
      int read = connection.read(ByteBuffer.allocate(1));
      assertThat(read).isNegative();
    } catch (IOException reset) {
      // An end too.
    }
  }

  @Test
  void thereIsNoSocketUntilTheLastRefusalIsOver() throws Exception {
    theEngineStarts();
    try (FaultyProxy proxy = proxy()) {
      proxy.begin(refusal(1));
      proxy.begin(refusal(2));
      proxy.end(refusal(1));
      assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
      proxy.end(refusal(2));
      try (SocketChannel connection = connect()) {
        assertThat(ask(connection, "GET /_ping")).isEqualTo(200);
      }
    }
  }

  @Test
  void aClosedSocketIsNotOpenedByTheEndOfARefusal() throws Exception {
    FaultyProxy proxy = proxy();
    proxy.begin(refusal(1));
    proxy.close();
    proxy.end(refusal(1));
    assertThatThrownBy(this::connect).isInstanceOf(IOException.class);
  }

  @Test
  void whatWasCutBeforeItWasHandedOnIsNeverHandedOn() throws Exception {
    try (FaultyProxy proxy = proxy()) {
      proxy.begin(new Fault(Kind.SOCKET_SLOW, 0, 0, 1, 0, Paths.CHANGE, 100));
      SocketChannel cut = connect();
      send(cut, "POST /cut HTTP/1.1\r\n\r\n");
      // The engine is not there yet: this one ends at once, and the other is on its way by then.
      SocketChannel other = connect();
      send(other, "GET /first HTTP/1.1\r\n\r\n");
      awaitCut(other);
      proxy.begin(refusal(1));
      proxy.end(refusal(1));
      awaitCut(cut);
      theEngineStarts();
      // As slow as the first one, and later: what is handed on in spite of its cut comes before it.
      try (SocketChannel later = connect()) {
        assertThat(ask(later, "POST /last")).isEqualTo(200);
      }
      assertThat(asked).containsExactly("POST /last HTTP/1.0");
    }
  }
}
