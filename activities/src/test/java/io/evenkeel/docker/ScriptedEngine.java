package io.evenkeel.docker;

import java.io.BufferedReader;
import java.io.IOException;
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
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * An HTTP server on a unix socket that answers what it was told to, and keeps what it was sent;
 * what it was told nothing of is a 404.
 */
final class ScriptedEngine implements AutoCloseable {
  private final Path folder;
  private final Path path;
  private final ServerSocketChannel server;
  private final Map<String, String> answers = new ConcurrentHashMap<>();
  private final Set<String> denied = ConcurrentHashMap.newKeySet();
  private final Map<String, String> sent = new ConcurrentHashMap<>();

  ScriptedEngine() throws IOException {
    folder = Files.createTempDirectory("evenkeel-socket");
    path = folder.resolve("s");
    server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    server.bind(UnixDomainSocketAddress.of(path));
    Thread _ = Thread.ofVirtual().start(this::accept);
  }

  String host() {
    return "unix://" + path;
  }

  /** Answers 200 and this body to that method and path, the query apart. */
  ScriptedEngine answers(String request, String body) {
    answers.put(request, body);
    return this;
  }

  /** Refuses that method and path, as a proxy before an engine does. */
  ScriptedEngine denies(String request) {
    denied.add(request);
    return this;
  }

  /** The last body that came with that method and path; empty where none did. */
  String sent(String request) {
    return sent.getOrDefault(request, "");
  }

  /** Every method and path that was asked for. */
  Set<String> asked() {
    return Set.copyOf(sent.keySet());
  }

  private void accept() {
    try {
      while (true) {
        SocketChannel client = server.accept();
        Thread _ = Thread.ofVirtual().start(() -> serve(client));
      }
    } catch (IOException closed) {
      answers.clear();
    }
  }

  private void serve(SocketChannel client) {
    try (client;
        BufferedReader in =
            new BufferedReader(
                new InputStreamReader(
                    Channels.newInputStream(client), StandardCharsets.ISO_8859_1));
        OutputStream out = Channels.newOutputStream(client)) {
      for (String line = in.readLine(); line != null; line = in.readLine()) {
        String request = line.replaceFirst("[?].*", "").replaceFirst(" HTTP.*", "");
        sent.put(request, body(in));
        String answer = answers.get(request);
        byte[] bytes =
            (answer == null ? "{\"message\":\"nothing is known of " + request + "\"}" : answer)
                .getBytes(StandardCharsets.UTF_8);
        String head =
            "HTTP/1.1 %s\r\nContent-Type: application/json\r\nContent-Length: %d\r\n\r\n"
                .formatted(status(request, answer), bytes.length);
        out.write(head.getBytes(StandardCharsets.US_ASCII));
        out.write(bytes);
        out.flush();
      }
    } catch (IOException gone) {
      // The client has hung up.
    }
  }

  private String status(String request, @Nullable String answer) {
    return denied.contains(request) ? "403 Forbidden" : answer == null ? "404 Not Found" : "200 OK";
  }

  private static String body(BufferedReader in) throws IOException {
    int length = 0;
    for (String header = in.readLine();
        header != null && !header.isEmpty();
        header = in.readLine()) {
      if (header.regionMatches(true, 0, "content-length:", 0, 15)) {
        length = Integer.parseInt(header.substring(15).strip());
      }
    }
    char[] bytes = new char[length];
    int read = 0;
    while (read < length) {
      int more = in.read(bytes, read, length - read);
      if (more < 0) {
        throw new IOException("a body that is cut");
      }
      read += more;
    }
    return new String(
        new String(bytes).getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
  }

  @Override
  public void close() throws IOException {
    server.close();
    Files.deleteIfExists(path);
    Files.deleteIfExists(folder);
  }
}
