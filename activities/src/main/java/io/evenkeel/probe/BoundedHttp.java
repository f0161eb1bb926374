package io.evenkeel.probe;

import java.io.IOException;
import java.io.InputStream;
import java.net.ProtocolException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicReference;

/**
 * A GET that is over at its deadline and after 64 KB, whatever the other side does: a trickle, an
 * endless body, a redirect loop. Its thread and its connection are over then, too.
 */
public final class BoundedHttp {
  private static final Duration CONNECTING = Duration.ofMillis(500);
  private static final int LARGEST = 64 * 1024;

  /** The longest that anybody is waited for. */
  public static final Duration WHOLE = Duration.ofSeconds(2);

  /** No answer; and no redirect is followed. */
  public static final int NO_ANSWER = 0;

  private static final Reply NOTHING = new Reply(NO_ANSWER, "");

  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("http-", 0).factory());

  private final AtomicReference<HttpClient> client = new AtomicReference<>(client());

  private static HttpClient client() {
    return HttpClient.newBuilder()
        .version(HttpClient.Version.HTTP_1_1)
        .connectTimeout(CONNECTING)
        .followRedirects(HttpClient.Redirect.NEVER)
        .build();
  }

  /**
   * What came.
   *
   * @param status {@link #NO_ANSWER} where none came in time
   * @param body its first 64 KB
   */
  public record Reply(int status, String body) {}

  /** A question on its way. */
  public static final class Asked {
    private final Future<Reply> reply;
    private final long until;

    private Asked(Future<Reply> reply, long until) {
      this.reply = reply;
      this.until = until;
    }

    /** The reply; {@link #NO_ANSWER} where none came before the deadline. Never throws. */
    public Reply reply() {
      try {
        return reply.get(Math.max(0, until - System.nanoTime()), TimeUnit.NANOSECONDS);
      } catch (ExecutionException | TimeoutException noAnswer) {
        return NOTHING;
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return NOTHING;
      } finally {
        // The interrupt ends a read that trickles, and with it the connection.
        reply.cancel(true);
      }
    }
  }

  /**
   * Asks, without waiting.
   *
   * @param headers their values may be secrets: they reach no message
   * @param longest at most {@link #WHOLE}
   */
  public Asked ask(URI uri, Map<String, String> headers, Duration longest) {
    Duration within = longest.compareTo(WHOLE) < 0 ? longest : WHOLE;
    return new Asked(
        threads.submit(() -> send(uri, headers)), System.nanoTime() + within.toNanos());
  }

  /** Asks and waits. Never throws. */
  public Reply get(URI uri, Map<String, String> headers) {
    return ask(uri, headers, WHOLE).reply();
  }

  private Reply send(URI uri, Map<String, String> headers)
      throws IOException, InterruptedException {
    HttpRequest.Builder request = HttpRequest.newBuilder(uri).timeout(WHOLE).GET();
    headers.forEach(request::header);
    HttpClient used = client.get();
    try {
      HttpResponse<InputStream> response =
          used.send(request.build(), HttpResponse.BodyHandlers.ofInputStream());
      try (InputStream body = response.body()) {
        String text = new String(body.readNBytes(LARGEST), StandardCharsets.UTF_8);
        return new Reply(response.statusCode(), text);
      }
    } catch (ProtocolException tooManyHeaders) {
      replace(used);
      throw tooManyHeaders;
    }
  }

  /**
   * A connection whose header never ends is left open by the JDK's client, for ever: only the end
   * of that client ends it, when whoever else uses it has had its time.
   */
  private void replace(HttpClient used) {
    if (client.compareAndSet(used, client())) {
      Future<?> _ =
          threads.submit(() -> {
            Thread.sleep(WHOLE);
            used.shutdownNow();
            return NOTHING;
          });
    }
  }
}
