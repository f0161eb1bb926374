package io.evenkeel.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.TreeMap;
import java.util.concurrent.TimeUnit;

/** A worker of the product as a process of its own, seen through its HTTP alone. */
final class Product implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path root;
  private final Path data;
  private final int httpPort = Loopback.freePort();
  private final int temporalPort;
  private final String temporal;
  private final Process worker;

  /**
   * Starts it.
   *
   * @param temporal embedded, dev or host:port
   */
  Product(Path root, StandinFleet fleet, int engines, String temporal) throws IOException {
    this(
        root,
        fleet,
        engines,
        temporal,
        Files.createTempDirectory("evenkeel-bench-"),
        Loopback.freePort());
  }

  private Product(
      Path root, StandinFleet fleet, int engines, String temporal, Path data, int temporalPort)
      throws IOException {
    this.root = root;
    this.data = data;
    this.temporal = temporal;
    this.temporalPort = temporalPort;
    ProcessBuilder builder =
        new ProcessBuilder("setsid", root.resolve("bin/evenkeel").toString(), "worker");
    builder.environment().putAll(settings(fleet, engines));
    this.worker =
        builder
            .redirectErrorStream(true)
            .redirectOutput(data.resolve("worker.log").toFile())
            .start();
  }

  private Map<String, String> settings(StandinFleet fleet, int engines) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("EVENKEEL_FLEET", fleet.name());
    settings.put("CONTAINER_LABEL", StandinFleet.LABEL + "=" + fleet.name());
    settings.put("EVENKEEL_ENGINE_IMAGE", "evenkeel/standin-engine");
    settings.put("EVENKEEL_ENGINE_PREFIX", fleet.name() + "-engine");
    settings.put("EVENKEEL_TEMPORAL", temporal);
    settings.put("EVENKEEL_TEMPORAL_PORT", Integer.toString(temporalPort));
    settings.put("EVENKEEL_DATA_DIR", data.toString());
    settings.put("EVENKEEL_REACH", "host");
    settings.put("MIN_REPLICAS", Integer.toString(engines));
    settings.put("SERVER_PORT", Integer.toString(httpPort));
    for (int number = 1; number <= 2; number++) {
      settings.put("GLUETUN_CONTAINER_NAME" + (number == 1 ? "" : "_2"), fleet.vpn(number));
      settings.put(
          "GLUETUN_PORT_RANGE_" + number,
          fleet.port(number, 0) + "-" + fleet.port(number, fleet.portsOfEach() - 1));
    }
    return settings;
  }

  /** Another worker of the same fleet, at the Temporal that this one has left behind. */
  Product again(StandinFleet fleet, int engines) throws IOException {
    return new Product(root, fleet, engines, temporal, data, temporalPort);
  }

  int httpPort() {
    return httpPort;
  }

  long pid() {
    return worker.pid();
  }

  Path log() {
    return data.resolve("worker.log");
  }

  /** What {@code /fleet} says; missing where it does not answer. */
  JsonNode fleet() {
    return get("/fleet");
  }

  JsonNode get(String path) {
    return Loopback.json(httpPort, path, Duration.ofSeconds(5));
  }

  /** The VPN's entry in an answer of {@link #fleet}. */
  static JsonNode vpn(JsonNode fleet, String name) {
    for (JsonNode vpn : fleet.path("vpns")) {
      if (vpn.path("name").asText().equals(name)) {
        return vpn;
      }
    }
    return MissingNode.getInstance();
  }

  /** Waits until each VPN has so many reachable engines and no outage is open. */
  void awaitBalanced(StandinFleet fleet, int each, Duration longest)
      throws InterruptedException, IOException {
    Instant until = Instant.now().plus(longest);
    while (Instant.now().isBefore(until)) {
      JsonNode now = fleet();
      JsonNode one = vpn(now, fleet.vpn(1));
      JsonNode two = vpn(now, fleet.vpn(2));
      if (one.path("reachable").asInt() == each
          && two.path("reachable").asInt() == each
          && one.path("outage").isNull()
          && two.path("outage").isNull()) {
        return;
      }
      if (!worker.isAlive()) {
        throw new IOException("the worker has ended; its log: " + log());
      }
      Thread.sleep(100);
    }
    throw new IOException("not " + each + "/" + each + " within " + longest + "; log: " + log());
  }

  /** Runs the starter and answers its JSON. */
  JsonNode starter(StandinFleet fleet, String... arguments)
      throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("bin/evenkeel").toString());
    builder.command().addAll(java.util.List.of(arguments));
    builder.environment().put("EVENKEEL_TEMPORAL", "127.0.0.1:" + temporalPort);
    builder.environment().put("EVENKEEL_FLEET", fleet.name());
    Process process = builder.redirectError(ProcessBuilder.Redirect.DISCARD).start();
    JsonNode answer = JSON.readTree(process.getInputStream());
    int _ = process.waitFor();
    return answer;
  }

  int temporalPort() {
    return temporalPort;
  }

  /** Ends the worker alone. */
  void endWorker() {
    worker.destroy();
    try {
      if (!worker.waitFor(10, TimeUnit.SECONDS)) {
        var _ = worker.destroyForcibly();
      }
    } catch (InterruptedException interrupted) {
      var _ = worker.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /** Ends the worker, and the dev server that it has started: it is ours, by its data folder. */
  @Override
  public void close() {
    endWorker();
    ProcessHandle.allProcesses()
        .filter(p ->
            p.info().arguments().map(a -> String.join(" ", a)).orElse("").contains(data.toString()))
        .forEach(ProcessHandle::destroy);
  }
}
