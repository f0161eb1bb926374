package io.evenkeel.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** What a fleet costs that nothing happens to: history events and bytes a tick, and memory. */
@Command(
    name = "idle",
    description = "Lets a fleet idle on the dev server: history a tick, memory.",
    mixinStandardHelpOptions = true)
final class IdleCommand implements Callable<Integer> {
  private static final Duration PROVISIONED = Duration.ofMinutes(5);
  private static final Duration SETTLED = Duration.ofSeconds(45);
  private static final double TICK_SECONDS = 10;

  @Option(names = "--minutes", defaultValue = "10", description = "how long; default 10")
  private int minutes;

  @Option(
      names = "--engines",
      defaultValue = "10",
      description = "an even number, 2 to 400; default 10")
  private int engines;

  @Option(
      names = "--first-port",
      defaultValue = "30000",
      description = "of the VPNs' published ones; default 30000")
  private int firstPort;

  @Option(names = "--json", description = "prints JSON")
  private boolean json;

  @Option(names = "--root", hidden = true, required = true)
  private Path root = Path.of(".");

  @Override
  public Integer call() throws IOException, InterruptedException {
    if (minutes < 1 || engines < 2 || engines > 400 || engines % 2 != 0) {
      System.err.println("bench: --minutes takes 1 or more, --engines an even number, 2 to 400");
      return 2;
    }
    try (StandinFleet fleet = new StandinFleet("idle", firstPort, Math.max(5, engines / 2))) {
      fleet.startVpn(1);
      fleet.startVpn(2);
      try (Product product = new Product(root, fleet, engines, "dev")) {
        product.awaitBalanced(fleet, engines / 2, PROVISIONED);
        Thread.sleep(SETTLED);
        Monitor before = Monitor.of(product, fleet);
        Thread.sleep(Duration.ofMinutes(minutes));
        Monitor after = Monitor.of(product, fleet);
        print(before, after, resident(product.pid()));
      }
    }
    return 0;
  }

  /** The monitor's history so far, as Temporal's own command tells it. */
  private record Monitor(String run, long events, long bytes, long nanos) {
    static Monitor of(Product product, StandinFleet fleet)
        throws IOException, InterruptedException {
      Process describe =
          new ProcessBuilder(
                  "temporal",
                  "workflow",
                  "describe",
                  "--address",
                  "127.0.0.1:" + product.temporalPort(),
                  "-w",
                  "fleet/" + fleet.name(),
                  "-o",
                  "json")
              .redirectError(ProcessBuilder.Redirect.DISCARD)
              .start();
      JsonNode info = new ObjectMapper().readTree(describe.getInputStream());
      int _ = describe.waitFor();
      JsonNode execution = info.path("workflowExecutionInfo");
      return new Monitor(
          execution.path("execution").path("runId").asText(),
          execution.path("historyLength").asLong(),
          execution.path("historySizeBytes").asLong(),
          System.nanoTime());
    }
  }

  private static double resident(long pid) throws IOException {
    for (String line : Files.readAllLines(Path.of("/proc/" + pid + "/status"))) {
      if (line.startsWith("VmRSS:")) {
        return Long.parseLong(line.replaceAll("[^0-9]", "")) / 1024.0;
      }
    }
    return Double.NaN;
  }

  private void print(Monitor before, Monitor after, double residentMb) throws IOException {
    if (!before.run().equals(after.run())) {
      throw new IOException("the monitor continued as new meanwhile: its figures cannot be told");
    }
    double ticks = (after.nanos() - before.nanos()) / 1e9 / TICK_SECONDS;
    double events = (after.events() - before.events()) / ticks;
    double bytes = (after.bytes() - before.bytes()) / ticks;
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode report = mapper.createObjectNode();
      report.put("minutes", minutes).put("engines", engines).put("ticks", ticks);
      report.put("eventsPerTick", events).put("bytesPerTick", bytes).put("residentMb", residentMb);
      System.out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(report));
    } else {
      System.out.printf(
          Locale.ROOT,
          "%d engines, %.0f ticks of 10 s: %.1f history events and %.0f bytes a tick; worker %.0f MB"
              + " resident%n",
          engines,
          ticks,
          events,
          bytes,
          residentMb);
    }
  }
}
