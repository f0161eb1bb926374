package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** The product's worker in a process of its own, and the dev server that it starts. */
final class Worker implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  /**
   * How the product is started.
   *
   * @param worker the whole command of a worker
   * @param starter the whole command of the command line, without what is asked
   */
  record Commands(List<String> worker, List<String> starter) {}

  private final Commands commands;
  private final Map<String, String> settings = new TreeMap<>();
  private final Path data;
  private final int httpPort = freePort();
  private final int temporalPort = freePort();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofSeconds(1))
          .build();
  private @Nullable Process process;

  /**
   * One that does not run yet.
   *
   * @param data where its Temporal keeps what it knows, and its log
   * @param engine the socket through which it talks to the engine
   */
  Worker(Commands commands, Path data, Path engine, Map<String, String> fleet) throws IOException {
    this.commands = commands;
    this.data = Files.createDirectories(data);
    settings.putAll(fleet);
    settings.put("DOCKER_HOST", "unix://" + engine);
    settings.put("EVENKEEL_TEMPORAL", "dev");
    settings.put("EVENKEEL_TEMPORAL_PORT", Integer.toString(temporalPort));
    settings.put("EVENKEEL_DATA_DIR", data.toString());
    settings.put("EVENKEEL_REACH", "host");
    settings.put("SERVER_PORT", Integer.toString(httpPort));
    settings.put("MONITOR_INTERVAL_S", "2");
    settings.put("VPN_UNHEALTHY_RESTART_TIMEOUT_S", "5");
  }

  void start() throws IOException {
    ProcessBuilder builder = new ProcessBuilder(commands.worker());
    builder.environment().putAll(settings);
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(log().toFile()))
            .start();
  }

  Path log() {
    return data.resolve("worker.log");
  }

  boolean runs() {
    Process running = process;
    return running != null && running.isAlive();
  }

  /** kill -9. */
  void kill() throws InterruptedException {
    Process running = process;
    if (running != null) {
      int _ = running.destroyForcibly().waitFor();
    }
  }

  /** The dev server, known by its data folder. */
  Optional<ProcessHandle> temporal() {
    String database = data.resolve("temporal.db").toString();
    return ProcessHandle.allProcesses()
        .filter(p -> p.info().arguments().map(a -> List.of(a).contains(database)).orElse(false))
        .findFirst();
  }

  /** What consumers are told of the fleet; missing where nothing is told. */
  JsonNode fleet() {
    try {
      HttpRequest request =
          HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + httpPort + "/fleet"))
              .timeout(Duration.ofSeconds(6))
              .GET()
              .build();
      HttpResponse<String> answer = http.send(request, HttpResponse.BodyHandlers.ofString());
      return answer.statusCode() == 200 ? JSON.readTree(answer.body()) : MissingNode.getInstance();
    } catch (IOException notYet) {
      return MissingNode.getInstance();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return MissingNode.getInstance();
    }
  }

  /**
   * The open outages and the last closed ones, as the command line tells them; it is asked again
   * where it fails on a busy machine.
   */
  JsonNode outages() throws IOException, InterruptedException {
    JsonNode answer = MissingNode.getInstance();
    for (int tries = 0; tries < 5 && !answer.isArray(); tries++) {
      Thread.sleep(tries * 2_000L);
      answer = askOutages();
    }
    return answer;
  }

  private JsonNode askOutages() throws IOException, InterruptedException {
    List<String> command = new ArrayList<>(commands.starter());
    command.addAll(List.of("outages", "--json"));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("EVENKEEL_TEMPORAL", "127.0.0.1:" + temporalPort);
    builder.environment().put("EVENKEEL_FLEET", settings.getOrDefault("EVENKEEL_FLEET", ""));
    Process asked = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    String answer = new String(asked.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    int status = asked.waitFor();
    return status == 0 ? JSON.readTree(answer) : MissingNode.getInstance();
  }

  static int freePort() {
    Random random = new Random();
    for (int tries = 0; tries < 100; tries++) {
      // Below the range that outgoing connections take theirs from; the UI is 1000 above.
      int port = 20_000 + random.nextInt(8_000);
      try (ServerSocket _ = new ServerSocket(port);
          ServerSocket _ = new ServerSocket(port + 1000)) {
        return port;
      } catch (IOException taken) {
        // Another one.
      }
    }
    throw new IllegalStateException("no free port between 20000 and 28000");
  }

  @Override
  public void close() {
    Process running = process;
    try {
      if (running != null) {
        running.destroy();
        if (!running.waitFor(10, TimeUnit.SECONDS)) {
          int _ = running.destroyForcibly().waitFor();
        }
      }
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
    temporal().ifPresent(ProcessHandle::destroyForcibly);
  }
}
