package io.evenkeel.worker;

import io.evenkeel.fleet.Sign;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * What the watch saw, on its way to the monitor. What was told together stays together: that
 * somebody asked for an end is worth nothing once the end has been taken for a crash. Thread-safe.
 */
final class SignQueue {
  private static final int MOST = 1_000;
  private static final Duration CHANGES_WAIT = Duration.ofSeconds(1);

  private final BlockingQueue<List<Sign>> waiting = new LinkedBlockingQueue<>(MOST);

  /** Never blocks: where too much waits, all of it becomes one gap. */
  void offer(List<Sign> seen) {
    if (!seen.isEmpty() && !waiting.offer(List.copyOf(seen))) {
      waiting.clear();
      boolean _ = waiting.offer(List.of(new Sign(Sign.Kind.GAP, "", "", seen.getFirst().at())));
    }
  }

  /**
   * Waits for the next signs. What a recovery waits for comes at once; mere changes come together,
   * a second later at most, and ten of one container as one.
   */
  List<Sign> take() throws InterruptedException {
    List<Sign> batch = new ArrayList<>(waiting.take());
    long due = System.nanoTime() + CHANGES_WAIT.toNanos();
    addWaiting(batch);
    while (batch.stream().allMatch(sign -> sign.kind() == Sign.Kind.CHANGED)) {
      List<Sign> next = waiting.poll(due - System.nanoTime(), TimeUnit.NANOSECONDS);
      if (next == null) {
        break;
      }
      batch.addAll(next);
      addWaiting(batch);
    }
    return newestOfEach(batch);
  }

  private void addWaiting(List<Sign> batch) {
    List<List<Sign>> more = new ArrayList<>();
    waiting.drainTo(more);
    more.forEach(batch::addAll);
  }

  /** In the order in which the newest came: whether an end or a start was the last one counts. */
  private static List<Sign> newestOfEach(List<Sign> batch) {
    SequencedMap<String, Sign> newest = new LinkedHashMap<>();
    batch.forEach(sign -> newest.putLast(sign.kind() + sign.vpn() + sign.containerId(), sign));
    return List.copyOf(newest.values());
  }
}
