package io.evenkeel.announce;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.port.Announcer;
import io.evenkeel.workflow.EvenkeelData;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Locale;

/**
 * Posts an outage as JSON: one line of text under the names that chat services read ({@code text},
 * {@code content}), and the whole report. The address may hold a token and is never told.
 */
public final class Webhook implements Announcer {
  private static final Duration WHOLE = Duration.ofSeconds(8);
  private static final ObjectMapper JSON = EvenkeelData.mapper();

  private final URI address;
  private final HttpClient client =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(3))
          .followRedirects(HttpClient.Redirect.NEVER)
          .build();

  public Webhook(URI address) {
    this.address = address;
  }

  @Override
  public void announce(OutageReport report) {
    int status;
    try {
      HttpRequest request =
          HttpRequest.newBuilder(address)
              .timeout(WHOLE)
              .header("Content-Type", "application/json")
              .POST(HttpRequest.BodyPublishers.ofString(body(report)))
              .build();
      status = client.send(request, HttpResponse.BodyHandlers.discarding()).statusCode();
    } catch (IOException unreachable) {
      throw new NotTold("the webhook cannot be reached: " + unreachable.getClass().getSimpleName());
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new NotTold("the webhook was interrupted");
    }
    if (status >= 300) {
      throw new NotTold("the webhook answers " + status);
    }
  }

  private static String body(OutageReport report) {
    try {
      ObjectNode body = JSON.createObjectNode();
      String line = line(report);
      body.put("text", line).put("content", line);
      body.set("outage", JSON.valueToTree(report));
      return JSON.writeValueAsString(body);
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private static String line(OutageReport report) {
    Instant closed = report.closedAt();
    double seconds =
        closed == null ? 0 : Duration.between(report.openedAt(), closed).toMillis() / 1000.0;
    return String.format(
        Locale.ROOT,
        "Evenkeel: %s %s (%s), %s after %.1f s",
        report.vpn(),
        report.cause(),
        report.because(),
        report.result(),
        seconds);
  }
}
