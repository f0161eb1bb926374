package io.evenkeel.bench;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.File;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Locale;
import java.util.concurrent.Callable;
import java.util.concurrent.TimeUnit;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/**
 * How long a worker takes until it is ready, beside an application of its starters that is empty.
 */
@Command(
    name = "start",
    description = "Start until ready, beside an empty application of the same starters.",
    mixinStandardHelpOptions = true)
final class StartCommand implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofMinutes(1);

  @Option(names = "--runs", defaultValue = "5", description = "how often; default 5")
  private int runs;

  @Option(names = "--json", description = "prints JSON")
  private boolean json;

  @Option(names = "--root", hidden = true, required = true)
  private Path root = Path.of(".");

  @Option(names = "--worker-libs", hidden = true, required = true)
  private String workerLibs = "";

  private final Figures figures = new Figures();
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(Duration.ofMillis(200))
          .build();

  @Override
  public Integer call() throws IOException, InterruptedException {
    try (StandinFleet fleet = new StandinFleet("start", 30_000, 5)) {
      fleet.startVpn(1);
      fleet.startVpn(2);
      // The first one brings up the dev server, which outlives it.
      try (Product first = new Product(root, fleet, 2, "dev")) {
        first.awaitBalanced(fleet, 1, Duration.ofMinutes(2));
        first.endWorker();
        for (int run = 0; run < runs; run++) {
          figures.add("empty application", empty());
          figures.add("worker", worker(first, fleet));
        }
      }
    }
    print();
    return 0;
  }

  private double worker(Product first, StandinFleet fleet)
      throws IOException, InterruptedException {
    long began = System.nanoTime();
    Product again = first.again(fleet, 2);
    double seconds = ready(again.httpPort(), began);
    again.endWorker();
    return seconds;
  }

  private double empty() throws IOException, InterruptedException {
    int port = Loopback.freePort();
    long began = System.nanoTime();
    Process process =
        new ProcessBuilder(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-cp",
                System.getProperty("java.class.path").split(File.pathSeparator, 2)[0]
                    + File.pathSeparator
                    + workerLibs,
                "io.evenkeel.bench.empty.EmptyApplication",
                "--server.port=" + port,
                "--server.address=127.0.0.1",
                "--management.endpoint.health.probes.enabled=true",
                "--management.endpoints.web.exposure.include=health,prometheus")
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.DISCARD)
            .start();
    double seconds = ready(port, began);
    process.destroy();
    boolean _ = process.waitFor(10, TimeUnit.SECONDS);
    return seconds;
  }

  private double ready(int port, long began) throws IOException, InterruptedException {
    URI uri = URI.create("http://127.0.0.1:" + port + "/actuator/health/readiness");
    while (System.nanoTime() - began < LONGEST.toNanos()) {
      try {
        HttpRequest request = HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(2)).build();
        if (http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200) {
          return (System.nanoTime() - began) / 1e9;
        }
      } catch (IOException notYet) {
        Thread.sleep(5);
      }
      Thread.sleep(5);
    }
    throw new IOException("nothing was ready on port " + port + " within " + LONGEST);
  }

  private void print() throws IOException {
    double ratio = figures.median("worker") / figures.median("empty application");
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode report = mapper.createObjectNode();
      report.put("runs", runs).put("ratio", ratio);
      figures.into(report.putObject("seconds"));
      System.out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(report));
      return;
    }
    System.out.print(figures.table());
    System.out.printf(Locale.ROOT, "start until ready, ratio (medians): %.2f%n", ratio);
  }
}
