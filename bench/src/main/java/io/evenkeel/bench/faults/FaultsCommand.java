package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.stream.LongStream;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** Random sequences of faults, each repeatable by its seed. */
@Command(
    name = "faults",
    description = "Random sequences of faults on an engine of its own; judges what must never be.",
    mixinStandardHelpOptions = true)
public final class FaultsCommand implements Callable<Integer> {
  private static final Duration LONGEST = Duration.ofMinutes(4);
  private static final Duration PROVISIONED = Duration.ofMinutes(3);
  private static final int A_WORLD = 20;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(names = "--runs", defaultValue = "10", description = "how many sequences; default 10")
  private int runs;

  @Option(names = "--seed", defaultValue = "1", description = "of the first one; default 1")
  private long seed;

  @Option(
      names = "--fixed",
      description = "the ten that bin/test runs, whatever --runs and --seed say")
  private boolean fixed;

  @Option(names = "--engines", defaultValue = "8", description = "6, 8 or 10; default 8")
  private int engines;

  @Option(names = "--out", description = "a line per sequence; seeds that are there are skipped")
  private @Nullable Path out;

  @Option(names = "--plan", description = "prints the plans and does nothing")
  private boolean planOnly;

  @Option(names = "--summary", description = "sums up such a file, and does nothing else")
  private @Nullable Path summary;

  @Option(
      names = "--timeline",
      description = "prints the timeline, and keeps the worker's log, where all was well too")
  private boolean timeline;

  @Option(names = "--json", description = "prints JSON")
  private boolean json;

  @Option(names = "--root", hidden = true)
  private Path root = Path.of(".");

  @Option(names = "--folder", hidden = true)
  private Path folder = Path.of("/tmp");

  @Option(names = "--commit", hidden = true)
  private String commit = "";

  @Option(names = "--worker", hidden = true)
  private String worker = "";

  @Option(names = "--starter", hidden = true)
  private String starter = "";

  private int worlds;

  @Override
  public Integer call() throws IOException, InterruptedException, ExecutionException {
    Path file = out == null ? folder.resolve("sequences") : out;
    String refusal = refusal(file);
    if (!refusal.isEmpty()) {
      spec.commandLine().getErr().println("bench: " + refusal);
      return 2;
    }
    if (summary != null) {
      print(new Summary(new Records(summary).read()));
      return 0;
    }
    Records records = new Records(file);
    Set<Long> known = records.seeds();
    int violated = 0;
    try (Worlds all = new Worlds()) {
      for (long next : fixed ? Plan.FIXED : consecutive()) {
        Plan plan = Plan.draw(next);
        if (planOnly) {
          System.out.println(plan);
        } else if (!known.contains(next)) {
          Sequence.Result result = all.runOrAgain(plan);
          ObjectNode one = Records.of(result, engines, commit);
          records.append(one);
          tell(result);
          if (timeline || !result.clean()) {
            keepLog(all, file, next);
          }
          if (!result.clean()) {
            all.end();
          }
          // Of the fixed ones none meets the engine's own defect: there it would hide something.
          violated += (fixed ? result.clean() : result.violations().isEmpty()) ? 0 : 1;
        }
      }
    }
    if (!planOnly) {
      print(new Summary(records.read()));
    }
    return violated == 0 ? 0 : 1;
  }

  /** What cannot be done as it is asked for, said before a minute is spent on it; else empty. */
  private String refusal(Path file) {
    if (summary != null && !Files.isReadable(summary)) {
      return "--summary: got " + summary + ", takes a file that --out has written";
    }
    if (runs < 1 || engines < 6 || engines > 10 || engines % 2 != 0) {
      return "--runs takes 1 or more, --engines 6, 8 or 10";
    }
    Path in = file.toAbsolutePath().getParent();
    if (in == null || !Files.isWritable(in) || Files.isDirectory(file)) {
      return "--out: got " + file + ", takes a file in a folder that is there";
    }
    return "";
  }

  private List<Long> consecutive() {
    return LongStream.range(seed, seed + runs).boxed().toList();
  }

  /** One world after the other: a new one after a violation, and after so many sequences. */
  private final class Worlds implements AutoCloseable {
    private @Nullable OwnDaemon daemon;
    private @Nullable World world;
    private int used;

    Sequence.Result run(Plan plan) throws IOException, InterruptedException, ExecutionException {
      if (++used > A_WORLD) {
        end();
        used = 1;
      }
      World now = world;
      if (now == null) {
        now = begin();
      }
      return new Sequence(now, plan, LONGEST).run();
    }

    /** What the bench itself could not do is no violation: once more in a new world. */
    Sequence.Result runOrAgain(Plan plan)
        throws IOException, InterruptedException, ExecutionException {
      try {
        return run(plan);
      } catch (IOException | ExecutionException own) {
        System.err.println(plan + "\n  the bench itself failed: " + own);
        end();
        return run(plan);
      }
    }

    private World begin() throws IOException, InterruptedException {
      worlds++;
      Path place = folder.resolve("w" + worlds);
      OwnDaemon own = new OwnDaemon(place.resolve("d"));
      daemon = own;
      own.build(root);
      World made =
          new World(
              own,
              new Worker.Commands(List.of(worker.split("\n")), List.of(starter.split("\n"))),
              place,
              new World.Size(engines, 30_000));
      world = made;
      made.awaitWell(PROVISIONED);
      return made;
    }

    @Nullable Path log() {
      World now = world;
      return now == null ? null : now.worker().log();
    }

    void end() throws IOException {
      World last = world;
      world = null;
      if (last != null) {
        last.close();
      }
      OwnDaemon own = daemon;
      daemon = null;
      if (own != null) {
        own.close();
      }
    }

    @Override
    public void close() throws IOException {
      end();
    }
  }

  private void keepLog(Worlds all, Path file, long ofSeed) throws IOException {
    Path log = all.log();
    if (log != null && Files.exists(log)) {
      var _ =
          Files.copy(
              log,
              file.resolveSibling(file.getFileName() + ".worker-" + ofSeed + ".log"),
              StandardCopyOption.REPLACE_EXISTING);
    }
  }

  private void tell(Sequence.Result result) {
    System.err.printf(
        java.util.Locale.ROOT,
        "%s%n  well after %.1f s, %d violations%n",
        result.plan(),
        result.seconds(),
        result.violations().size());
    result.violations().forEach(v -> System.err.println("  VIOLATION: " + v));
    result.engines().forEach(e -> System.err.println("  the engine's own: " + e));
    if (timeline || !result.clean()) {
      result.timeline().forEach(line -> System.err.println("    " + line));
    }
  }

  private void print(Summary sum) throws IOException {
    System.out.println(
        json
            ? new ObjectMapper().writerWithDefaultPrettyPrinter().writeValueAsString(sum.json())
            : sum.table());
  }
}
