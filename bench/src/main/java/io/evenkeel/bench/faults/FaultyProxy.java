package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.io.BufferedInputStream;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The socket through which the worker talks to the engine. It hands requests on as they are, except
 * while a fault of the socket is on.
 */
final class FaultyProxy implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path path;
  private final Path engine;
  private final Map<Fault, CountDownLatch> faults = new ConcurrentHashMap<>();
  private final Set<Connection> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger events = new AtomicInteger();
  private @Nullable ServerSocketChannel server;

  /**
   * Listens at once.
   *
   * @param path of its own socket
   * @param engine the engine's socket
   */
  FaultyProxy(Path path, Path engine) throws IOException {
    this.path = path;
    this.engine = engine;
    listen();
  }

  private synchronized void listen() throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(path));
    server = listening;
    Thread _ = Thread.ofVirtual().start(() -> accept(listening));
  }

  private void accept(ServerSocketChannel listening) {
    try {
      while (true) {
        Connection connection = new Connection(listening.accept());
        open.add(connection);
        Thread _ = Thread.ofVirtual().start(connection::serve);
      }
    } catch (IOException refusing) {
      // Until the next listen.
    }
  }

  private synchronized void refuse() throws IOException {
    ServerSocketChannel listening = server;
    if (listening != null) {
      listening.close();
    }
    Files.deleteIfExists(path);
    cut(Paths.ALL);
  }

  /** A fault of the socket or of a stream begins; one that is a moment is over at once. */
  void begin(Fault fault) throws IOException {
    switch (fault.kind()) {
      case EVENTS_CUT -> cut(Paths.EVENTS);
      case LOGS_CUT -> cut(Paths.LOGS);
      case SOCKET_REFUSES -> refuse();
      case SOCKET_RESETS -> {
        faults.put(fault, new CountDownLatch(1));
        cut(fault.paths());
      }
      default -> faults.put(fault, new CountDownLatch(1));
    }
  }

  void end(Fault fault) throws IOException {
    CountDownLatch over = faults.remove(fault);
    if (over != null) {
      over.countDown();
    }
    if (fault.kind() == Kind.SOCKET_REFUSES) {
      listen();
    }
  }

  private void cut(Paths paths) {
    for (Connection connection : open) {
      if (paths == Paths.ALL || paths.match(connection.method, connection.target)) {
        connection.close();
      }
    }
  }

  private Optional<Fault> fault(String method, String target) {
    return faults.keySet().stream()
        .filter(f -> f.kind().target() == Fault.Target.SOCKET)
        .filter(f -> f.paths().match(method, target))
        .findFirst();
  }

  private Optional<Fault> fault(Kind kind) {
    return faults.keySet().stream().filter(f -> f.kind() == kind).findFirst();
  }

  private void awaitEnd(Fault fault) throws InterruptedException {
    CountDownLatch over = faults.get(fault);
    if (over != null) {
      over.await();
    }
  }

  @Override
  public void close() throws IOException {
    refuse();
    faults.values().forEach(CountDownLatch::countDown);
  }

  /** One connection of the worker. */
  private final class Connection {
    private final SocketChannel client;
    private volatile @Nullable SocketChannel upstream;
    private volatile String method = "";
    private volatile String target = "";

    Connection(SocketChannel client) {
      this.client = client;
    }

    void close() {
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
          method = words[0];
          target = words[1];
          more = answer(head, body, in, out);
          method = "";
          target = "";
        }
      } catch (IOException cut) {
        // By a fault, by the worker or by the engine: either way this connection is over.
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
      } finally {
        open.remove(this);
        close();
      }
    }

    /** Whether the connection may be used once more. */
    private boolean answer(Http.Head request, byte[] body, InputStream in, OutputStream out)
        throws IOException, InterruptedException {
      Optional<Fault> found = fault(method, target);
      Fault fault = found.orElse(null);
      switch (fault == null ? Kind.VPN_KILLED : fault.kind()) {
        case SOCKET_HANGS -> {
          awaitEnd(found.orElseThrow());
          return false;
        }
        case SOCKET_RESETS -> {
          if (found.orElseThrow().variant() % 2 == 0) {
            drop(ask(request, body));
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
      InputStream answer = ask(request, body);
      Http.Head head = Http.head(answer);
      int status = Http.status(head);
      if (isStream() && status == 200) {
        stream(head, answer, in, out);
        return false;
      }
      byte[] content = answer.readAllBytes();
      drop(answer);
      if (fault != null && fault.kind() == Kind.SOCKET_SWALLOWS) {
        awaitEnd(fault);
        return false;
      }
      out.write(
          head(
              head.first().replace("HTTP/1.0", "HTTP/1.1"),
              head.header("content-type"),
              status == 204 || status == 304 ? -1 : content.length));
      if (fault != null && fault.kind() == Kind.SOCKET_STALLS) {
        out.write(content, 0, content.length / 2);
        awaitEnd(fault);
        return false;
      }
      out.write(content);
      return true;
    }

    private boolean isStream() {
      return Paths.EVENTS.match(method, target) || Paths.LOGS.match(method, target);
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

    private InputStream ask(Http.Head request, byte[] body) throws IOException {
      SocketChannel behind = SocketChannel.open(UnixDomainSocketAddress.of(engine));
      upstream = behind;
      StringBuilder head = new StringBuilder(method + " " + target + " HTTP/1.0\r\n");
      request
          .headers()
          .forEach((name, value) -> {
            if (!Set.of("connection", "transfer-encoding", "content-length", "expect", "upgrade")
                .contains(name)) {
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

    private void stream(Http.Head head, InputStream answer, InputStream in, OutputStream out)
        throws IOException, InterruptedException {
      Thread _ = Thread.ofVirtual().start(() -> closeWith(in));
      String first =
          head.first().replace("HTTP/1.0", "HTTP/1.1")
              + "\r\nContent-Type: "
              + head.header("content-type")
              + "\r\nTransfer-Encoding: chunked\r\n\r\n";
      out.write(first.getBytes(StandardCharsets.ISO_8859_1));
      if (Paths.EVENTS.match(method, target)) {
        events(answer, out);
      } else {
        byte[] some = new byte[16 * 1024];
        for (int read = answer.read(some); read >= 0; read = answer.read(some)) {
          hold();
          chunk(out, some, read);
        }
      }
      hold();
      chunk(out, new byte[0], 0);
    }

    private void closeWith(InputStream in) {
      try {
        int _ = in.read();
      } catch (IOException gone) {
        // The same as its end.
      }
      close();
    }

    private void events(InputStream answer, OutputStream out)
        throws IOException, InterruptedException {
      BufferedReader lines =
          new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        hold();
        Optional<Fault> late = fault(Kind.EVENTS_LATE);
        if (late.isPresent()) {
          awaitLate(line, late.get());
        }
        Optional<Fault> lost = fault(Kind.EVENTS_LOST);
        // All of them, or every second or third.
        int every = lost.map(f -> 1 + f.variant() % 3).orElse(0);
        if (every > 0 && events.incrementAndGet() % every == 0) {
          continue;
        }
        byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
        chunk(out, bytes, bytes.length);
        if (fault(Kind.EVENTS_DOUBLED).isPresent()) {
          chunk(out, bytes, bytes.length);
        }
      }
    }

    private static void awaitLate(String line, Fault late)
        throws IOException, InterruptedException {
      JsonNode event =
          JSON.readTree(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
      long due = event.path("timeNano").asLong() / 1_000_000 + 500 + 9L * late.variant();
      Thread.sleep(Math.max(0, due - System.currentTimeMillis()));
    }

    /** What an open stream says while its path hangs comes when that is over. */
    private void hold() throws InterruptedException {
      Optional<Fault> fault = fault(method, target);
      if (fault.isPresent()) {
        switch (fault.get().kind()) {
          case SOCKET_HANGS, SOCKET_SWALLOWS, SOCKET_STALLS -> awaitEnd(fault.get());
          default -> {}
        }
      }
    }

    private static void chunk(OutputStream out, byte[] bytes, int length) throws IOException {
      byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
      byte[] all = new byte[size.length + length + 2];
      System.arraycopy(size, 0, all, 0, size.length);
      System.arraycopy(bytes, 0, all, size.length, length);
      all[all.length - 2] = '\r';
      all[all.length - 1] = '\n';
      out.write(all);
    }
  }
}
