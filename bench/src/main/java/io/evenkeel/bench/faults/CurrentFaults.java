package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Kind;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** The faults of the socket and of its streams that are on at this moment. Thread-safe. */
final class CurrentFaults {
  private final Map<Fault, CountDownLatch> faults = new ConcurrentHashMap<>();
  private final AtomicInteger events = new AtomicInteger();

  void begin(Fault fault) {
    faults.put(fault, new CountDownLatch(1));
  }

  /** Who waits for its end goes on; nothing happens where it is not on. */
  void end(Fault fault) {
    CountDownLatch over = faults.remove(fault);
    if (over != null) {
      over.countDown();
    }
  }

  /** From now on nobody waits for the end of any that is on. */
  void awaitNoMore() {
    faults.values().forEach(CountDownLatch::countDown);
  }

  /** One that concerns a request. */
  Optional<Fault> of(Request request) {
    return faults.keySet().stream()
        .filter(f -> f.kind().target() == Fault.Target.SOCKET)
        .filter(f -> request.isOneOf(f.paths()))
        .findFirst();
  }

  Optional<Fault> of(Kind kind) {
    return faults.keySet().stream().filter(f -> f.kind() == kind).findFirst();
  }

  /** Returns at once where it is over. */
  void awaitEnd(Fault fault) throws InterruptedException {
    CountDownLatch over = faults.get(fault);
    if (over != null) {
      over.await();
    }
  }

  /** Whether the next event is lost: all of them are, or every second or third. */
  boolean losesTheNextEvent() {
    int every = of(Kind.EVENTS_LOST).map(f -> 1 + f.variant() % 3).orElse(0);
    return every > 0 && events.incrementAndGet() % every == 0;
  }
}
