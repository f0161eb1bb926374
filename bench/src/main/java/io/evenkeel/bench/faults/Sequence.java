package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.bench.faults.Hands.Done;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Carries out one plan on a world that is well, and waits until it is well again. */
final class Sequence {
  private final World world;
  private final Plan plan;
  private final Duration longest;

  /**
   * Nothing happens yet.
   *
   * @param longest how long after the last fault's end all has to be well
   */
  Sequence(World world, Plan plan, Duration longest) {
    this.world = world;
    this.plan = plan;
    this.longest = longest;
  }

  /**
   * What came of it.
   *
   * @param done the faults, in the order of the plan
   * @param seconds from the last fault's end until all was well; negative: it never was
   * @param violations of what must never be
   * @param engines what only the engine's own defects explain
   * @param timeline what was done and seen when
   */
  record Result(
      Plan plan,
      List<Done> done,
      double seconds,
      List<String> violations,
      List<String> engines,
      List<String> timeline) {
    boolean clean() {
      return violations.isEmpty() && engines.isEmpty();
    }
  }

  Result run() throws IOException, InterruptedException, ExecutionException {
    Timeline timeline = new Timeline();
    Instant began = Instant.now();
    timeline.add(plan.toString());
    Judge judge = new Judge(world.fleet(), world.worker());
    try (Witness witness = new Witness(world.fleet(), world.worker(), plan, timeline)) {
      List<Done> done = carryOut(new Hands(world, witness, timeline));
      double over = done.stream().mapToDouble(Done::ended).max().orElse(0);
      double well = judge.awaitWell(timeline, longest);
      List<String> engines = new ArrayList<>();
      if (well < 0) {
        blame(witness, judge.lacks(), engines);
      } else {
        witness.judgeTheEnd(outages(), began);
      }
      return new Result(
          plan,
          done,
          well < 0 ? -1 : Math.max(0, well - over),
          witness.violations(),
          engines,
          timeline.lines());
    }
  }

  private List<Done> carryOut(Hands hands) throws InterruptedException, ExecutionException {
    try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Done>> all =
          plan.faults().stream().map(f -> threads.submit(() -> hands.carryOut(f))).toList();
      List<Done> done = new ArrayList<>();
      for (Future<Done> one : all) {
        done.add(one.get());
      }
      return done;
    }
  }

  /** A container that nobody can start is the engine's own defect, and not the product's. */
  private void blame(Witness witness, String lacks, List<String> engines) throws IOException {
    Map<String, EngineApi.Answer> byHand = world.fleet().startByHand();
    byHand.forEach((name, answer) -> {
      if (!answer.done()) {
        engines.add("docker start " + name + " by hand fails too: " + answer);
      }
    });
    if (engines.isEmpty()) {
      witness.violation(
          "not well " + longest.toSeconds() + " s after the last fault: " + lacks + "; " + byHand);
    }
  }

  private JsonNode outages() throws IOException, InterruptedException {
    return world.worker().outages();
  }
}
