package io.evenkeel.docker;

import com.fasterxml.jackson.core.JsonFactory;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadConstraints;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient;
import com.github.dockerjava.transport.DockerHttpClient.Request;
import com.github.dockerjava.transport.DockerHttpClient.Response;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.Timer;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The engine's HTTP over docker-java's transport (unix socket, TCP, TLS), in the engine's own JSON,
 * without a version in the path: the engine takes its own. Every call ends at its deadline:
 * response timeouts are ignored on unix sockets, so a call runs on a thread of its own and is
 * interrupted.
 */
final class DockerWire implements AutoCloseable {
  private static final int LARGEST_ANSWER = 16 * 1024 * 1024;
  private static final int MOST_CONNECTIONS = 200;
  private static final String SUCCESS = "success";

  /** A name in it may be as large as the answer: containers' labels are names. */
  static final ObjectMapper JSON =
      new ObjectMapper(
          JsonFactory.builder()
              .streamReadConstraints(
                  StreamReadConstraints.builder()
                      .maxNameLength(LARGEST_ANSWER)
                      .maxStringLength(LARGEST_ANSWER)
                      .build())
              .build());

  private final DockerHttpClient client;
  private final Duration timeout;
  private final MeterRegistry metrics;
  private final String host;
  private final ExecutorService threads =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("docker-", 0).factory());

  /** The status and the text of an answer that came. */
  record Answer(int status, String text) {
    boolean ok() {
      return (status >= 200 && status < 300) || status == 304;
    }

    JsonNode json() {
      try {
        return JSON.readTree(text);
      } catch (JsonProcessingException garbled) {
        throw new DockerFailure(Kind.SERVER_ERROR, "the engine's answer is not JSON", garbled);
      }
    }
  }

  DockerWire(DockerSettings settings, MeterRegistry metrics) {
    DefaultDockerClientConfig.Builder config =
        DefaultDockerClientConfig.createDefaultConfigBuilder();
    if (!settings.host().isEmpty()) {
      config.withDockerHost(settings.host());
    }
    DefaultDockerClientConfig built = config.build();
    this.host = built.getDockerHost().toString();
    this.client =
        new ApacheDockerHttpClient.Builder()
            .dockerHost(built.getDockerHost())
            .sslConfig(built.getSSLConfig())
            .maxConnections(MOST_CONNECTIONS)
            .connectionTimeout(Duration.ofSeconds(5))
            .build();
    this.timeout = settings.timeout();
    this.metrics = metrics;
  }

  /** The longest any call may take. */
  Duration timeout() {
    return timeout;
  }

  Answer get(String operation, String path, Duration deadline) {
    return call(operation, Request.Method.GET, path, null, deadline);
  }

  Answer post(String operation, String path, @Nullable JsonNode body, Duration deadline) {
    return call(operation, Request.Method.POST, path, body, deadline);
  }

  Answer delete(String operation, String path, Duration deadline) {
    return call(operation, Request.Method.DELETE, path, null, deadline);
  }

  /**
   * The entries of a list, each read as it comes: a host may have thousands of containers, with
   * megabytes of labels, and nothing holds them all.
   */
  <T> List<T> each(String operation, String path, Function<JsonNode, T> entry) {
    return call(
        operation,
        Request.Method.GET,
        path,
        null,
        timeout,
        (status, body) -> {
          if (status >= 200 && status < 300) {
            return EntriesReader.read(operation, body, entry);
          }
          throw Refusals.of(answer(status, body), operation, "");
        },
        _ -> SUCCESS);
  }

  private Answer call(
      String operation,
      Request.Method method,
      String path,
      @Nullable JsonNode body,
      Duration deadline) {
    return call(
        operation,
        method,
        path,
        body,
        deadline,
        DockerWire::answer,
        answer -> answer.ok() ? SUCCESS : answer.status() >= 500 ? "failed" : "refused");
  }

  private static Answer answer(int status, InputStream body) throws IOException {
    return new Answer(status, new String(body.readNBytes(LARGEST_ANSWER), StandardCharsets.UTF_8));
  }

  /** Makes something of an answer that comes. */
  private interface Reading<T> {
    T of(int status, InputStream body) throws IOException;
  }

  private <T> T call(
      String operation,
      Request.Method method,
      String path,
      @Nullable JsonNode body,
      Duration deadline,
      Reading<T> reading,
      Function<T, String> outcomeOf) {
    Timer.Sample sample = Timer.start(metrics);
    String outcome = SUCCESS;
    try {
      T read =
          within(
              operation,
              deadline,
              () -> {
                try (Response response = client.execute(request(method, path, body))) {
                  return reading.of(response.getStatusCode(), response.getBody());
                }
              });
      outcome = outcomeOf.apply(read);
      return read;
    } catch (DockerFailure failure) {
      outcome = failure.kind().name().toLowerCase(Locale.ROOT);
      throw failure;
    } finally {
      sample.stop(
          metrics.timer("evenkeel.docker.calls", "operation", operation, "outcome", outcome));
    }
  }

  /** Opens an answer that goes on; the caller closes it. Nothing bounds its length. */
  Response open(String operation, String method, String path, Duration deadline) {
    AtomicReference<@Nullable Response> opened = new AtomicReference<>();
    AtomicBoolean abandoned = new AtomicBoolean();
    try {
      return within(
          operation,
          deadline,
          () -> {
            Response response = client.execute(request(Request.Method.valueOf(method), path, null));
            opened.set(response);
            if (abandoned.get()) {
              closeLate(opened);
            }
            return response;
          });
    } catch (DockerFailure failure) {
      abandoned.set(true);
      closeLate(opened);
      throw failure;
    }
  }

  /** An answer that came when nobody waited for it any more would keep its connection. */
  private static void closeLate(AtomicReference<@Nullable Response> opened) {
    Response response = opened.getAndSet(null);
    if (response != null) {
      response.close();
    }
  }

  private <T> T within(String operation, Duration deadline, Callable<T> call) {
    Future<T> future;
    try {
      future = threads.submit(call);
    } catch (RejectedExecutionException closed) {
      throw new DockerFailure(
          Kind.UNAVAILABLE, operation + ": the way to " + host + " is closed", closed);
    }
    try {
      return future.get(deadline.toMillis(), TimeUnit.MILLISECONDS);
    } catch (TimeoutException late) {
      throw new DockerFailure(
          Kind.TIMEOUT,
          operation + ": no answer from " + host + " within " + deadline.toMillis() + " ms",
          late);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      throw new DockerFailure(Kind.TIMEOUT, operation + ": interrupted", interrupted);
    } catch (ExecutionException failed) {
      if (failed.getCause() instanceof DockerFailure judged) {
        throw judged;
      }
      throw unavailable(operation, failed.getCause());
    } finally {
      // The interrupt closes the channel; without it a hung engine would keep the thread for ever.
      future.cancel(true);
    }
  }

  private DockerFailure unavailable(String operation, @Nullable Throwable failure) {
    Throwable root = failure;
    while (root != null && root.getCause() != null) {
      root = root.getCause();
    }
    String why =
        root == null ? "no reason" : root.getClass().getSimpleName() + ": " + root.getMessage();
    return new DockerFailure(
        Kind.UNAVAILABLE, operation + ": nobody answers at " + host + " (" + why + ")", failure);
  }

  private static Request request(Request.Method method, String path, @Nullable JsonNode body) {
    Request.Builder request =
        Request.builder()
            .method(method)
            .path(path)
            .putHeader("Accept", "application/json")
            // A connection a call: one that was cut while it lay idle fails the POST that meets it.
            .putHeader("Connection", "close");
    if (body != null) {
      request
          .putHeader("Content-Type", "application/json")
          .bodyBytes(body.toString().getBytes(StandardCharsets.UTF_8));
    }
    return request.build();
  }

  @Override
  public void close() throws IOException {
    threads.shutdownNow();
    client.close();
  }
}
