package io.evenkeel.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.Random;

/** A worker on this machine: ports for it, and its HTTP. */
public final class Loopback {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int TRIES = 100;
  private static final HttpClient HTTP =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();

  private Loopback() {}

  /**
   * A port that nobody has, as the one 1000 above it, which is the UI's; below the range that
   * outgoing connections take theirs from.
   */
  public static int freePort() {
    for (int tries = 0; tries < TRIES; tries++) {
      int port = 20_000 + new Random().nextInt(8_000);
      try (ServerSocket _ = new ServerSocket(port);
          ServerSocket _ = new ServerSocket(port + 1000)) {
        return port;
      } catch (IOException taken) {
        // Another one.
      }
    }
    throw new IllegalStateException("no free port between 20000 and 28000");
  }

  /** What that path answers, as JSON; missing where it does not answer 200 in time. */
  public static JsonNode json(int port, String path, Duration within) {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
              .timeout(within)
              .GET()
              .build();
      HttpResponse<String> answer = HTTP.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : MissingNode.getInstance();
    } catch (IOException notYet) {
      return MissingNode.getInstance();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return MissingNode.getInstance();
    }
  }
}
