package io.evenkeel.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CancellationException;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** A GET that is over after two seconds and 64 KB, whatever the other side does. */
public final class BoundedHttp {
  private static final Duration CONNECTING = Duration.ofMillis(500);
  private static final Duration WHOLE = Duration.ofSeconds(2);
  private static final int LARGEST = 64 * 1024;

  /** No answer; and no redirect is followed. */
  public static final int NO_ANSWER = 0;

  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(CONNECTING)
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  /**
   * What came.
   *
   * @param status {@link #NO_ANSWER} where none came in time
   * @param body its first 64 KB
   */
  public record Reply(int status, String body, String location) {}

  /** Never throws, but for an interrupt's sake. */
  public Reply get(URI uri, Map<String, String> headers) {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(WHOLE).GET();
    headers.forEach(request::header);
    CompletableFuture<Reply> reply =
        client
            .sendAsync(request.build(), HttpResponse.BodyHandlers.ofInputStream())
            .thenApplyAsync(BoundedHttp::read);
    try {
      return reply.get(WHOLE.toMillis(), TimeUnit.MILLISECONDS);
    } catch (ExecutionException | TimeoutException | CancellationException noAnswer) {
      reply.cancel(true);
      return new Reply(NO_ANSWER, "", "");
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return new Reply(NO_ANSWER, "", "");
    }
  }

  private static Reply read(HttpResponse<InputStream> response) {
    try (InputStream body = response.body()) {
      String text = new String(body.readNBytes(LARGEST), StandardCharsets.UTF_8);
      return new Reply(
          response.statusCode(), text, response.headers().firstValue("location").orElse(""));
    } catch (IOException broken) {
      return new Reply(NO_ANSWER, "", "");
    }
  }
}
