package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Hands.Done;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;

/** Carries out one plan on a world that is well, and waits until it is well again. */
final class Sequence {
  /**
   * What Docker 20.10 itself leaves behind when it is killed in the middle of a start or a removal,
   * and what nobody can start again by hand; nothing else is excused.
   */
  private static final List<String> ENGINES_OWN =
      List.of(
          "port is already allocated",
          ": already exists",
          "id already in use",
          "is marked for removal");

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
   * @param well since when all was well
   * @param violations of what must never be
   * @param engines what only the engine's own defects explain
   * @param timeline what was done and seen when
   */
  record Result(
      Plan plan,
      List<Done> done,
      Judge.Well well,
      List<String> violations,
      List<String> engines,
      List<String> timeline) {
    boolean clean() {
      return violations.isEmpty() && engines.isEmpty();
    }

    /** Seconds from the last fault's end until all was well; negative: it never was. */
    double seconds() {
      double over = done.stream().mapToDouble(Done::ended).max().orElse(0);
      return well.is() ? Math.max(0, well.all() - over) : -1;
    }

    /**
     * Seconds from the kill of a VPN, where that was compared, until every container was back;
     * empty where the judge did not see it down.
     */
    OptionalDouble recovery() {
      if (plan.shape() == Plan.Shape.RANDOM || !well.is()) {
        return OptionalDouble.empty();
      }
      return done.stream()
          .filter(d -> d.fault().kind() == Fault.Kind.VPN_KILLED && d.happened())
          .mapToDouble(d -> well.back() - d.began())
          .filter(seconds -> seconds > 0)
          .max();
    }
  }

  Result run() throws IOException, InterruptedException, ExecutionException {
    Timeline timeline = new Timeline();
    Instant began = Instant.now();
    timeline.add(plan.toString());
    try (Witness witness = new Witness(world.fleet(), world.worker(), plan, timeline);
        ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
      try {
        return judged(witness, timeline, began, threads);
      } catch (IOException | ExecutionException own) {
        if (witness.violations().isEmpty()) {
          throw own;
        }
        // What was seen until the bench failed counts; else it would be done once more.
        witness.violation("and then the bench itself failed: " + own);
        Judge.Well never = new Judge.Well(-1, -1);
        List<String> seen = witness.violations();
        return new Result(plan, List.of(), never, seen, List.of(), timeline.lines());
      }
    }
  }

  private Result judged(Witness witness, Timeline timeline, Instant began, ExecutorService threads)
      throws IOException, InterruptedException, ExecutionException {
    Judge judge = new Judge(world.fleet(), world.worker(), timeline);
    CountDownLatch over = new CountDownLatch(plan.faults().size());
    Hands hands = new Hands(world, witness, timeline);
    List<Future<Done>> faults =
        plan.faults().stream().map(f -> threads.submit(() -> carryOut(hands, f, over))).toList();
    // Nobody asks through a VPN before it is hit: all is well until then.
    Thread.sleep(plan.faults().getFirst().at());
    Judge.Well well = judge.await(over, longest);
    List<Done> done = new ArrayList<>();
    for (Future<Done> one : faults) {
      done.add(one.get());
    }
    List<String> engines = new ArrayList<>();
    if (well.is()) {
      witness.judgeTheEnd(world.worker().outages(), began, done);
    } else {
      blame(witness, judge.lacks(), engines);
    }
    return new Result(plan, done, well, witness.violations(), engines, timeline.lines());
  }

  private static Done carryOut(Hands hands, Fault fault, CountDownLatch over)
      throws InterruptedException {
    try {
      return hands.carryOut(fault);
    } finally {
      over.countDown();
    }
  }

  private void blame(Witness witness, String lacks, List<String> engines) throws IOException {
    Map<String, EngineApi.Answer> byHand = world.fleet().startByHand();
    byHand.forEach((name, answer) -> {
      if (!answer.done() && ENGINES_OWN.stream().anyMatch(answer.toString()::contains)) {
        engines.add("docker start " + name + " by hand fails too: " + answer);
      }
    });
    if (engines.isEmpty()) {
      witness.violation(
          "not well " + longest.toSeconds() + " s after the last fault: " + lacks + "; " + byHand);
    }
  }
}
