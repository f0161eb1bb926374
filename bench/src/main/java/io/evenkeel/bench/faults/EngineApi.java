package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.net.URLEncoder;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** The engine's API over its unix socket: a connection a call, and a deadline for each. */
final class EngineApi {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final Duration DEADLINE = Duration.ofSeconds(5);
  private static final ScheduledExecutorService CLOCK =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("deadlines").factory());

  private final Path socket;

  EngineApi(Path socket) {
    this.socket = socket;
  }

  Path socket() {
    return socket;
  }

  /** An answer; any status. */
  record Answer(int status, String body) {
    boolean done() {
      return status < 400;
    }

    JsonNode json() throws IOException {
      return body.isEmpty() ? MissingNode.getInstance() : JSON.readTree(body);
    }

    @Override
    public String toString() {
      return status + " " + body.strip();
    }
  }

  static ObjectNode object() {
    return JSON.createObjectNode();
  }

  static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8);
  }

  Answer get(String path) throws IOException {
    return call("GET", path, null, DEADLINE);
  }

  Answer post(String path) throws IOException {
    return call("POST", path, null, Duration.ofSeconds(30));
  }

  Answer post(String path, JsonNode body) throws IOException {
    return call("POST", path, body, Duration.ofSeconds(30));
  }

  Answer delete(String path) throws IOException {
    return call("DELETE", path, null, Duration.ofSeconds(30));
  }

  boolean answers() {
    try {
      return get("/_ping").done();
    } catch (IOException notYet) {
      return false;
    }
  }

  Answer call(String method, String path, @Nullable JsonNode body, Duration longest)
      throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      ScheduledFuture<?> deadline =
          CLOCK.schedule(() -> close(channel), longest.toMillis(), TimeUnit.MILLISECONDS);
      try {
        byte[] all = send(channel, method, path, body).readAllBytes();
        InputStream in = new ByteArrayInputStream(all);
        return new Answer(
            Http.status(Http.head(in)), new String(in.readAllBytes(), StandardCharsets.UTF_8));
      } finally {
        deadline.cancel(false);
      }
    }
  }

  /** Hands on each line of an answer, until the engine or an interrupt ends it. */
  void follow(String path, Consumer<String> each) throws IOException {
    try (SocketChannel channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
      InputStream in = send(channel, "GET", path, null);
      Http.Head _ = Http.head(in);
      BufferedReader lines = new BufferedReader(new InputStreamReader(in, StandardCharsets.UTF_8));
      for (String line = lines.readLine(); line != null; line = lines.readLine()) {
        each.accept(line);
      }
    }
  }

  private static InputStream send(
      SocketChannel channel, String method, String path, @Nullable JsonNode body)
      throws IOException {
    byte[] content = body == null ? new byte[0] : JSON.writeValueAsBytes(body);
    // HTTP 1.0: the answer ends with the connection.
    String head =
        method
            + " "
            + path
            + " HTTP/1.0\r\nHost: engine\r\nContent-Type: application/json\r\nContent-Length: "
            + content.length
            + "\r\n\r\n";
    OutputStream out = Channels.newOutputStream(channel);
    out.write(head.getBytes(StandardCharsets.US_ASCII));
    out.write(content);
    return Channels.newInputStream(channel);
  }

  private static void close(SocketChannel channel) {
    try {
      channel.close();
    } catch (IOException broken) {
      throw new IllegalStateException("a socket that cannot be closed", broken);
    }
  }
}
