package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.BooleanSupplier;

/**
 * Looks on while a plan is carried out, past the proxy, and tells what must never be: by the
 * engine's events, by its lists, by the worker's own word, and by what is there in the end. Fair:
 * what a fault of the plan has hit may be touched.
 */
final class Witness implements AutoCloseable {
  private final Before before;
  private final Violations violations;
  private final Inquest inquest;
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private volatile boolean closed;

  /** Takes down what is there, and begins to look on. */
  Witness(Fleet fleet, Worker worker, Plan plan, Timeline timeline) throws IOException {
    violations = new Violations(timeline);
    before = Before.of(fleet, plan);
    inquest = new Inquest(fleet, before, violations, timeline);
    Eyes eyes = new Eyes(fleet, plan, violations, timeline);
    begin(new Ears(fleet, before, violations, timeline)::follow);
    begin(eyes::sample);
    begin(new Inquiry(worker, new Memory(fleet, before), eyes, violations, timeline)::ask);
  }

  /** Work that goes on until this witness is closed. */
  private interface Work {
    void goOn(BooleanSupplier over) throws InterruptedException;
  }

  private void begin(Work work) {
    var _ =
        threads.submit(() -> {
          try {
            work.goOn(() -> closed);
          } catch (RuntimeException blind) {
            // Who sees nothing must not pass for one who saw nothing wrong.
            violations.add("the bench's own witness failed: " + blind);
          }
          return "done";
        });
  }

  /** The name of the engine that a fault of the plan means. */
  String engine(Fault fault) {
    return before.engine(fault);
  }

  /** From now on the bench itself touches this container. */
  void hits(String container) {
    before.hits(container);
  }

  void violation(String what) {
    violations.add(what);
  }

  List<String> violations() {
    return violations.all();
  }

  /** What only the end tells. */
  void judgeTheEnd(JsonNode outages, Instant began, List<Hands.Done> done) throws IOException {
    inquest.hold(outages, began, done);
  }

  @Override
  public void close() {
    closed = true;
    threads.shutdownNow();
  }
}
