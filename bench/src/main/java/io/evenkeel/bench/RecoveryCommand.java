package io.evenkeel.bench;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Kills a VPN again and again: the product's recovery beside the hand-made floor, in one run. */
@Command(
    name = "recovery",
    description = "Kills a VPN again and again, and the same by hand, in turns.",
    mixinStandardHelpOptions = true)
final class RecoveryCommand implements Callable<Integer> {
  private static final int EACH = 5;
  private static final Duration LONGEST = Duration.ofMinutes(5);
  private static final Duration QUIET = Duration.ofSeconds(2);

  @Option(names = "--runs", defaultValue = "10", description = "how often; default 10")
  private int runs;

  @Option(
      names = "--ports",
      defaultValue = "5",
      description = "published by each VPN; 5 to 500, default 5")
  private int ports;

  @Option(
      names = "--temporal",
      defaultValue = "dev",
      description = "embedded, dev or HOST:PORT; default dev")
  private String temporal = "dev";

  @Option(names = "--json", description = "prints JSON instead of a table")
  private boolean json;

  @Option(names = "--root", hidden = true, required = true)
  private Path root = Path.of(".");

  private final Figures figures = new Figures();
  private int wrong;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    if (runs < 1 || ports < EACH || ports > 500) {
      System.err.println("bench: --runs takes 1 or more, --ports " + EACH + " to 500");
      return 2;
    }
    try (StandinFleet ours = new StandinFleet("ours", 30_000, ports);
        StandinFleet floor = new StandinFleet("floor", 31_100, ports)) {
      for (int vpn = 1; vpn <= 2; vpn++) {
        ours.startVpn(vpn);
        floor.startVpn(vpn);
        for (int i = 0; i < EACH; i++) {
          floor.startEngine(vpn, i);
        }
      }
      try (Product product = new Product(root, ours, 2 * EACH, temporal)) {
        product.awaitBalanced(ours, EACH, Duration.ofMinutes(2));
        Thread.sleep(QUIET);
        for (int run = 1; run <= runs; run++) {
          int ended = run % 2 + 1;
          measureProduct(product, ours, ended);
          Thread.sleep(QUIET);
          measureFloor(floor, ended);
          Thread.sleep(QUIET);
          progress(run);
        }
      }
    }
    print();
    return wrong == 0 ? 0 : 1;
  }

  private void measureProduct(Product product, StandinFleet fleet, int ended)
      throws IOException, InterruptedException {
    Map<String, Instant> others = fleet.starts(3 - ended);
    try (Observer observer = new Observer(fleet, ended, EACH)) {
      Thread.sleep(500);
      Instant killed = Exit.kill(fleet, ended);
      watchTheView(product, fleet.vpn(ended), killed);
      boolean all = observer.awaitAll(LONGEST);
      tell("ours: ", observer, killed, all);
      product.awaitBalanced(fleet, EACH, LONGEST);
      figures.add("ours: shown 5/5, outage closed", since(killed, Instant.now()));
      check(observer, fleet.starts(3 - ended), others, fleet.engines().size());
    }
  }

  /** Asks every 10 ms until the outage shows and its engines are hidden, then leaves it alone. */
  private void watchTheView(Product product, String vpn, Instant killed)
      throws InterruptedException {
    boolean open = false;
    boolean hidden = false;
    while (!(open && hidden) && since(killed, Instant.now()) < LONGEST.toSeconds()) {
      JsonNode now = Product.vpn(product.fleet(), vpn);
      double at = since(killed, Instant.now());
      if (!hidden && now.path("reachable").asInt(-1) == 0) {
        hidden = true;
        figures.add("ours: engines hidden", at);
      }
      if (!open && now.path("outage").isObject()) {
        open = true;
        figures.add("ours: outage open", at);
      }
      Thread.sleep(10);
    }
  }

  private void measureFloor(StandinFleet fleet, int ended)
      throws IOException, InterruptedException, ExecutionException {
    try (Observer observer = new Observer(fleet, ended, EACH)) {
      Thread.sleep(500);
      Instant killed = Floor.killAndRepair(fleet, ended);
      boolean all = observer.awaitAll(LONGEST);
      tell("floor: ", observer, killed, all);
    }
  }

  private void tell(String who, Observer observer, Instant killed, boolean all) {
    figures.add(who + "VPN runs", since(killed, observer.vpnStarted()));
    double first = Double.MAX_VALUE;
    double last = all ? 0 : Double.POSITIVE_INFINITY;
    for (Instant at : observer.answered().values()) {
      figures.add(who + "each engine answers", since(killed, at));
      first = Math.min(first, since(killed, at));
      last = Math.max(last, since(killed, at));
    }
    figures.add(who + "first engine answers", first);
    figures.add(who + "all engines answer", last);
    wrong += all ? 0 : 1;
  }

  private void check(
      Observer observer, Map<String, Instant> after, Map<String, Instant> before, int engines) {
    figures.add("ours: fewest reachable", observer.fewestReachable());
    figures.add("ours: fewest answers of the other VPN's 5", observer.fewestOfTheOther());
    figures.add("ours: samples", observer.samples());
    figures.add("ours: most running engines", observer.mostRunning());
    Map<String, Instant> touched = new HashMap<>(before);
    touched.entrySet().removeIf(e -> e.getValue().equals(after.get(e.getKey())));
    figures.add("ours: restarts on the other VPN", touched.size());
    boolean right =
        observer.fewestOfTheOther() == EACH
            && observer.mostRunning() <= 2 * EACH
            && touched.isEmpty()
            && engines == 2 * EACH;
    wrong += right ? 0 : 1;
  }

  private static double since(Instant killed, Instant at) {
    return at.equals(Instant.MAX)
        ? Double.POSITIVE_INFINITY
        : Duration.between(killed, at).toNanos() / 1e9;
  }

  private double ratio() {
    return figures.median("ours: all engines answer") / figures.median("floor: all engines answer");
  }

  private void progress(int run) {
    System.err.printf(Locale.ROOT, "run %d of %d: ratio so far %.2f%n", run, runs, ratio());
  }

  private void print() throws IOException {
    if (json) {
      ObjectMapper mapper = new ObjectMapper();
      ObjectNode report = mapper.createObjectNode();
      report.put("runs", runs).put("ports", ports).put("temporal", temporal);
      report.put("ratio", ratio()).put("violations", wrong);
      figures.into(report.putObject("seconds"));
      System.out.println(mapper.writerWithDefaultPrettyPrinter().writeValueAsString(report));
      return;
    }
    System.out.printf(
        Locale.ROOT,
        "%d runs, 2 VPNs with %d published ports each, %d engines, Temporal %s; seconds after the kill"
            + " of the VPN's process%n",
        runs,
        ports,
        2 * EACH,
        temporal);
    System.out.print(figures.table());
    System.out.printf(
        Locale.ROOT,
        "ratio to the floor, all engines answer (medians): %.2f; runs with a violation: %d%n",
        ratio(),
        wrong);
  }
}
