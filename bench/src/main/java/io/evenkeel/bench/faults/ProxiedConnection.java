package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ClosedChannelException;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * One connection of the worker: its requests are handed on one after the other, except while a
 * fault of the socket is on. One thread serves it; any thread may cut it.
 */
final class ProxiedConnection {
  /** What the proxy says itself. */
  private static final Set<String> OWN_HEADERS =
      Set.of("connection", "transfer-encoding", "content-length", "expect", "upgrade");

  private final SocketChannel client;
  private final Path engine;
  private final CurrentFaults faults;
  private volatile @Nullable SocketChannel upstream;
  private volatile Request request = Request.NONE;
  private volatile boolean closed;

  /**
   * One that is not served yet.
   *
   * @param engine the engine's socket
   */
  ProxiedConnection(SocketChannel client, Path engine, CurrentFaults faults) {
    this.client = client;
    this.engine = engine;
    this.faults = faults;
  }

  /** Whether its request of this moment is one of these; all means between requests too. */
  boolean isFor(Paths paths) {
    return request.isOneOf(paths);
  }

  /** Cuts both sides: nothing is answered and nothing is handed on any more. */
  void close() {
    closed = true;
    try {
      client.close();
      SocketChannel behind = upstream;
      if (behind != null) {
        behind.close();
      }
    } catch (IOException broken) {
      throw new IllegalStateException("a socket that cannot be closed", broken);
    }
  }

  /** Returns when this connection is over. */
  void serve() {
    try {
      InputStream in = new BufferedInputStream(Channels.newInputStream(client));
      OutputStream out = Channels.newOutputStream(client);
      boolean more = true;
      while (more) {
        Http.Head head = Http.head(in);
        String[] words = head.first().split(" ", 3);
        if (words.length < 3) {
          break;
        }
        byte[] body = Http.body(head, in);
        Request now = new Request(words[0], words[1]);
        request = now;
        more = answer(now, head, body, in, out);
        request = Request.NONE;
      }
    } catch (IOException cut) {
      // By a fault, by the worker or by the engine: either way this connection is over.
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    } finally {
      close();
    }
  }

  /** Whether the connection may be used once more. */
  private boolean answer(
      Request now, Http.Head asked, byte[] body, InputStream in, OutputStream out)
      throws IOException, InterruptedException {
    Optional<Fault> found = faults.of(now);
    Fault fault = found.orElse(null);
    switch (fault == null ? Kind.VPN_KILLED : fault.kind()) {
      case SOCKET_HANGS -> {
        faults.awaitEnd(found.orElseThrow());
        return false;
      }
      case SOCKET_RESETS -> {
        if (found.orElseThrow().variant() % 2 == 0) {
          drop(ask(now, asked, body));
        }
        return false;
      }
      case SOCKET_500 -> {
        byte[] text = "{\"message\":\"the bench says so\"}".getBytes(StandardCharsets.UTF_8);
        out.write(head("HTTP/1.1 500 Internal Server Error", "application/json", text.length));
        out.write(text);
        return true;
      }
      case SOCKET_SLOW -> Thread.sleep(200L + 3L * found.orElseThrow().variant());
      default -> {}
    }
    InputStream answer = ask(now, asked, body);
    Http.Head head = Http.head(answer);
    int status = Http.status(head);
    if (now.isForAStream() && status == 200) {
      Thread _ = Thread.ofVirtual().start(() -> closeWith(in));
      new ProxiedStream(now, faults, out).handOn(head, answer);
      return false;
    }
    byte[] content = answer.readAllBytes();
    drop(answer);
    if (fault != null && fault.kind() == Kind.SOCKET_SWALLOWS) {
      faults.awaitEnd(fault);
      return false;
    }
    out.write(
        head(
            head.first().replace("HTTP/1.0", "HTTP/1.1"),
            head.header("content-type"),
            status == 204 || status == 304 ? -1 : content.length));
    if (fault != null && fault.kind() == Kind.SOCKET_STALLS) {
      out.write(content, 0, content.length / 2);
      faults.awaitEnd(fault);
      return false;
    }
    out.write(content);
    return true;
  }

  private static byte[] head(String first, String type, int length) {
    String text =
        first
            + "\r\n"
            + (type.isEmpty() ? "" : "Content-Type: " + type + "\r\n")
            + (length < 0 ? "" : "Content-Length: " + length + "\r\n")
            + "\r\n";
    return text.getBytes(StandardCharsets.ISO_8859_1);
  }

  private InputStream ask(Request now, Http.Head asked, byte[] body) throws IOException {
    SocketChannel behind = SocketChannel.open(UnixDomainSocketAddress.of(engine));
    upstream = behind;
    if (closed) {
      // Whoever cut it may not have seen this side of it.
      behind.close();
      throw new ClosedChannelException();
    }
    StringBuilder head = new StringBuilder(now.method() + " " + now.target() + " HTTP/1.0\r\n");
    asked
        .headers()
        .forEach((name, value) -> {
          if (!OWN_HEADERS.contains(name)) {
            head.append(name).append(": ").append(value).append("\r\n");
          }
        });
    head.append("Content-Length: ").append(body.length).append("\r\n\r\n");
    OutputStream out = Channels.newOutputStream(behind);
    out.write(head.toString().getBytes(StandardCharsets.ISO_8859_1));
    out.write(body);
    return new BufferedInputStream(Channels.newInputStream(behind));
  }

  private void drop(InputStream answer) throws IOException {
    answer.close();
    upstream = null;
  }

  /** A stream ends with its reader. */
  private void closeWith(InputStream in) {
    try {
      int _ = in.read();
    } catch (IOException gone) {
      // The same as its end.
    }
    close();
  }
}
