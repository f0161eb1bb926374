package io.evenkeel.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Function;

/** A server that answers whatever a test wants, one request a connection, and counts both ways. */
public final class HostileServer implements AutoCloseable {
  private final ServerSocketChannel server;
  private final Function<String, Answering> answers;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicLong written = new AtomicLong();

  /** Writes one answer; the connection ends after it. */
  public interface Answering {
    void to(Out out) throws IOException;
  }

  /** Where an answer is written to. */
  public interface Out {
    /** Fails where the client has had enough. */
    void write(String text) throws IOException;
  }

  private HostileServer(ServerSocketChannel server, Function<String, Answering> answers) {
    this.server = server;
    this.answers = answers;
    Thread _ = Thread.ofVirtual().start(this::accept);
  }

  /**
   * On a port of the loopback.
   *
   * @param answers by the path that is asked for
   */
  public static HostileServer onLoopback(Function<String, Answering> answers) throws IOException {
    return new HostileServer(
        ServerSocketChannel.open()
            .bind(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 50),
        answers);
  }

  /** At a socket file, which the caller removes. */
  public static HostileServer at(Path socket, Function<String, Answering> answers)
      throws IOException {
    return new HostileServer(
        ServerSocketChannel.open(StandardProtocolFamily.UNIX)
            .bind(UnixDomainSocketAddress.of(socket)),
        answers);
  }

  public int port() {
    return server.socket().getLocalPort();
  }

  /** Waits until no connection is left; little was taken of what it wrote. */
  public void isOverAfter(long mostBytes) {
    await().atMost(Duration.ofSeconds(60)).untilAsserted(() -> assertThat(open).hasValue(0));
    assertThat(written.get()).isLessThan(mostBytes);
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        open.incrementAndGet();
        Thread _ = Thread.ofPlatform().daemon().start(() -> serve(client));
      }
    } catch (IOException closed) {
      // The test is over.
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        InputStream in = Channels.newInputStream(client);
        OutputStream out = Channels.newOutputStream(client)) {
      StringBuilder request = new StringBuilder();
      for (int c = 0; c >= 0 && request.indexOf("\r\n\r\n") < 0; ) {
        c = in.read();
        request.append((char) c);
      }
      String[] words = request.toString().split(" ", 3);
      answers
          .apply(words.length > 1 ? words[1] : "")
          .to(text -> {
            out.write(text.getBytes(StandardCharsets.UTF_8));
            written.addAndGet(text.length());
          });
    } catch (IOException hungUp) {
      // The client has had enough.
    } finally {
      open.decrementAndGet();
    }
  }

  @Override
  public void close() throws IOException {
    server.close();
  }
}
