package io.evenkeel.watch;

import io.evenkeel.fleet.Sign;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.watch.EventSource.Followed;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Knows of one VPN's end, by the first of three that tells: its log stream ends while the engine
 * answers, the engine says {@code die}, or, on the engine's own host, the kernel says that the
 * process is over.
 *
 * <p>The kernel is the first by up to 70 ms, and hides the VPN's engines; the end itself is told
 * when the stream has ended too: before, the engine has not noticed and would answer a start with
 * "already running", and has not said who asked for the end. A stream that ends while the kernel
 * says that the process lives was cut. Without the kernel's word it is followed again: a living
 * container answers and stays open, one in teardown does not answer, one that has ended ends again.
 */
final class VpnFollower implements Runnable, AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(VpnFollower.class);

  private static final Duration ENDS_AGAIN = Duration.ofMillis(30);
  private static final Duration OPENING = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  private final EventSource source;
  private final String vpn;
  private final Doubt doubt;
  private final VpnSigns signs;
  private final VpnRuns runs = new VpnRuns();
  private final Witness witness;
  private final Semaphore started = new Semaphore(0);

  private volatile @Nullable Followed held;
  private volatile boolean closed;

  VpnFollower(EventSource source, String vpn, Consumer<List<Sign>> sink, Doubt doubt, Clock clock) {
    this.doubt = doubt;
    this.source = source;
    this.vpn = vpn;
    this.signs = new VpnSigns(vpn, sink, clock);
    this.witness = new Witness(source, vpn, signs, doubt);
  }

  String vpn() {
    return vpn;
  }

  /** An event of this VPN, at the engine's time. */
  void heard(String action, Instant at) {
    switch (action) {
      case "kill", "stop" -> signs.endAsked();
      case "die" -> {
        VpnRun run = runs.ended(at);
        if (run != null) {
          signs.tellEnd(run);
        }
      }
      case "start" -> {
        runs.started(at);
        signs.startHeard();
        started.release();
      }
      default -> {}
    }
  }

  @Override
  public void run() {
    while (!closed) {
      started.drainPermits();
      int ends = runs.unfollowedEnds();
      try {
        hold(source.followLog(vpn, OPENING), ends);
      } catch (DockerFailure failure) {
        log.debug("VPN {} cannot be followed now: {}", vpn, failure.getMessage());
      } catch (InterruptedException interrupted) {
        closed = true;
      }
      awaitStart();
    }
  }

  /**
   * Holds the stream, and each that follows a cut one, until the process has ended.
   *
   * @param ends that were told of runs nobody followed, before the stream was asked for
   */
  private void hold(Followed first, int ends) throws InterruptedException {
    if (!first.staysOpen(ENDS_AGAIN)) {
      first.close();
      return;
    }
    VpnRun run = new VpnRun(life());
    if (!runs.follow(run, ends)) {
      // It may be this one that has ended. If it is not, the next stream is of a later run.
      run.life().close();
      first.close();
      return;
    }
    log.info("following VPN {}{}", vpn, run.life().isWitnessed() ? ", and its process" : "");
    signs.tellStart();
    if (run.life().isWitnessed()) {
      var _ =
          Thread.ofPlatform()
              .daemon()
              .name("witness-" + vpn)
              .start(() -> witness.attend(run, () -> closed));
    }
    try {
      Followed stream = first;
      while (stream != null) {
        held = stream;
        try (Followed holding = stream) {
          holding.awaitEnd();
        }
        stream = closed ? null : next(run);
      }
    } finally {
      run.leave();
    }
  }

  private Life life() {
    try {
      return source.life(vpn, OPENING);
    } catch (DockerFailure failure) {
      log.debug("VPN {}: its process is not known: {}", vpn, failure.getMessage());
      return Life.unwitnessed(null);
    }
  }

  /** After a stream's end: another one of the same living process; null where it has ended. */
  private @Nullable Followed next(VpnRun run) throws InterruptedException {
    if (run.isTold()) {
      return null;
    }
    if (!run.life().isWitnessed()) {
      doubt.about(vpn, true);
      try {
        return livingStream(run);
      } finally {
        doubt.about(vpn, false);
      }
    }
    if (run.life().awaitEnd(Duration.ZERO)) {
      signs.tellEnd(run);
      return null;
    }
    log.info("VPN {}: its stream was cut; its process lives, following again", vpn);
    while (!closed && !run.isTold()) {
      Followed again = again(OPENING);
      if (again != null) {
        return again;
      }
      boolean _ = run.awaitTold(RETRY);
    }
    return null;
  }

  private @Nullable Followed livingStream(VpnRun run) throws InterruptedException {
    AtomicBoolean engineAnswers = new AtomicBoolean();
    Thread ping = Thread.ofVirtual().name("ping").start(() -> engineAnswers.set(source.ping()));
    Followed again = again(Witness.LIVING_ANSWERS);
    if (again != null) {
      log.info("VPN {}: its stream was cut; it lives, following again", vpn);
      return again;
    }
    ping.join();
    if (engineAnswers.get()) {
      signs.tellEnd(run);
    } else {
      log.warn("VPN {}: its stream ended because the engine went away; that says nothing", vpn);
    }
    return null;
  }

  private @Nullable Followed again(Duration deadline) {
    try {
      Followed again = source.followLog(vpn, deadline);
      if (again.staysOpen(ENDS_AGAIN)) {
        return again;
      }
      again.close();
      return null;
    } catch (DockerFailure notAnswered) {
      return null;
    }
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
