package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.evenkeel.bench.Loopback;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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
  private final int httpPort = Loopback.freePort();
  private final int temporalPort = Loopback.freePort();
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
    return Loopback.json(httpPort, "/fleet", Duration.ofSeconds(6));
  }

  /**
   * The open outages and the last closed ones, as the command line tells them; it is asked again
   * where it fails on a busy machine.
   */
  JsonNode outages() throws IOException, InterruptedException {
    JsonNode answer = MissingNode.getInstance();
    for (int tries = 0; tries < 12 && !answer.isArray(); tries++) {
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
