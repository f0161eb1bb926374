package io.evenkeel.watch;

import java.time.Duration;
import java.time.Instant;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;

/** One run of a VPN's process; its end is told once, whoever sees it first. Thread-safe. */
final class VpnRun {
  private final Life life;
  private final CountDownLatch told = new CountDownLatch(1);
  private final AtomicBoolean claimed = new AtomicBoolean();
  private volatile boolean left;

  VpnRun(Life life) {
    this.life = life;
  }

  Life life() {
    return life;
  }

  /** Whether a word of that time can be about it: not about a run before it. */
  boolean began(Instant before) {
    Instant start = life.startedAt();
    return start == null || !before.isBefore(start);
  }

  /** Whether it is the caller who tells its end. */
  boolean claim() {
    return claimed.compareAndSet(false, true);
  }

  boolean isClaimed() {
    return claimed.get();
  }

  void told() {
    told.countDown();
  }

  boolean isTold() {
    return told.getCount() == 0;
  }

  boolean awaitTold(Duration longest) throws InterruptedException {
    return told.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** Nobody follows it any more. */
  void leave() {
    left = true;
  }

  boolean isLeft() {
    return left;
  }
}
