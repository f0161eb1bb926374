package io.evenkeel.watch;

import io.evenkeel.fleet.Sign;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.watch.EventSource.Followed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Holds one VPN's log stream. When it ends while the engine answers, it is followed again: a living
 * container answers and stays open, one in teardown does not answer, one that has ended ends again.
 */
final class VpnFollower implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VpnFollower.class);

  /** A living container answers in 1-20 ms; one in teardown not at all. */
  private static final Duration LIVING_ANSWERS = Duration.ofMillis(40);

  private static final Duration ENDS_AGAIN = Duration.ofMillis(30);
  private static final Duration OPENING = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** A kill or stop event this shortly before the end was its cause. */
  private static final Duration ASKED_RECENTLY = Duration.ofSeconds(30);

  private final EventSource source;
  private final String vpn;
  private final Consumer<List<Sign>> sink;
  private final Doubt doubt;
  private final Clock clock;
  private final Semaphore started = new Semaphore(0);

  /** False only while a living process is followed whose end was not told yet. */
  private final AtomicBoolean told = new AtomicBoolean(true);

  private volatile @Nullable Instant askedAt;
  private volatile @Nullable Followed held;
  private volatile boolean closed;

  VpnFollower(EventSource source, String vpn, Consumer<List<Sign>> sink, Doubt doubt, Clock clock) {
    this.doubt = doubt;
    this.source = source;
    this.vpn = vpn;
    this.sink = sink;
    this.clock = clock;
  }

  String vpn() {
    return vpn;
  }

  /** An event of this VPN. */
  void heard(String action) {
    switch (action) {
      case "kill", "stop" -> askedAt = clock.instant();
      // Docker's own word needs no second proof; a current engine says it only after the teardown.
      case "die" -> tellEnd();
      case "start" -> {
        askedAt = null;
        started.release();
      }
      default -> {}
    }
  }

  @Override
  public void run() {
    while (!closed) {
      started.drainPermits();
      try {
        hold(source.followLog(vpn, OPENING));
      } catch (DockerFailure failure) {
        log.debug("VPN {} cannot be followed now: {}", vpn, failure.getMessage());
      }
      awaitStart();
    }
  }

  /** Holds the stream, and each that follows a cut one, until the process has ended. */
  private void hold(Followed first) {
    if (!first.staysOpen(ENDS_AGAIN)) {
      first.close();
      return;
    }
    log.info("following VPN {}", vpn);
    told.set(false);
    Followed stream = first;
    while (!closed) {
      held = stream;
      try (Followed holding = stream) {
        holding.awaitEnd();
      }
      if (closed) {
        return;
      }
      doubt.about(vpn, true);
      try {
        Followed again = livingStream();
        if (again == null) {
          return;
        }
        stream = again;
      } finally {
        doubt.about(vpn, false);
      }
    }
  }

  /** After a stream's end: another one of the same living process; null where there is none. */
  private @Nullable Followed livingStream() {
    AtomicBoolean engineAnswers = new AtomicBoolean();
    Thread ping = Thread.ofVirtual().name("ping").start(() -> engineAnswers.set(source.ping()));
    Followed again = again();
    if (again != null) {
      log.info("VPN {}: its stream was cut; it lives, following again", vpn);
      return again;
    }
    try {
      ping.join();
    } catch (InterruptedException interrupted) {
      closed = true;
      return null;
    }
    if (engineAnswers.get()) {
      tellEnd();
    } else {
      log.warn("VPN {}: its stream ended because the engine went away; that says nothing", vpn);
    }
    return null;
  }

  private @Nullable Followed again() {
    try {
      Followed again = source.followLog(vpn, LIVING_ANSWERS);
      if (again.staysOpen(ENDS_AGAIN)) {
        return again;
      }
      again.close();
      return null;
    } catch (DockerFailure notAnswered) {
      return null;
    }
  }

  /** Once per start: the stream and Docker's own event tell of the same end. */
  private void tellEnd() {
    if (!told.compareAndSet(false, true)) {
      return;
    }
    Instant now = clock.instant();
    Instant asked = askedAt;
    List<Sign> signs = new ArrayList<>();
    if (asked != null && now.isBefore(asked.plus(ASKED_RECENTLY))) {
      signs.add(new Sign(Sign.Kind.VPN_STOP_ASKED, vpn, "", asked));
    }
    signs.add(new Sign(Sign.Kind.VPN_PROCESS_ENDED, vpn, "", now));
    log.warn("VPN {}: its process has ended ({})", vpn, signs.size() > 1 ? "asked for" : "crashed");
    sink.accept(signs);
  }

  private void awaitStart() {
    try {
      boolean _ = started.tryAcquire(RETRY.toMillis(), TimeUnit.MILLISECONDS);
    } catch (InterruptedException interrupted) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    Followed stream = held;
    if (stream != null) {
      stream.close();
    }
  }
}
