package io.evenkeel.watch;

import io.evenkeel.fleet.Sign;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
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

  /** A living container answers in 1-20 ms; one in teardown not at all. */
  private static final Duration LIVING_ANSWERS = Duration.ofMillis(40);

  private static final Duration ENDS_AGAIN = Duration.ofMillis(30);
  private static final Duration OPENING = Duration.ofSeconds(5);
  private static final Duration RETRY = Duration.ofSeconds(1);

  /** A stream ends 20-70 ms after the process; with hundreds of ports, when they are torn down. */
  private static final Duration STREAM_ENDS_TOO = Duration.ofMillis(60);

  /** An engine that has not noticed by then is not waited for. */
  private static final Duration ENGINE_NOTICES = Duration.ofMillis(200);

  private static final Duration A_MOMENT = Duration.ofMillis(250);

  /** A kill or stop event this shortly before the end was its cause. */
  private static final Duration ASKED_RECENTLY = Duration.ofSeconds(30);

  private final EventSource source;
  private final String vpn;
  private final Consumer<List<Sign>> sink;
  private final Doubt doubt;
  private final Clock clock;
  private final Semaphore started = new Semaphore(0);

  private volatile @Nullable VpnRun current;
  private volatile @Nullable Instant askedAt;
  private volatile @Nullable Followed held;
  private volatile boolean closed;

  /** The runs that are heard of and those that are followed: one at a time. */
  private final Object runs = new Object();

  /**
   * When a run was heard to start that may end before it is followed: then Docker's word alone
   * tells. Null: there is none.
   */
  private @Nullable Instant unfollowedSince;

  private int unfollowedEnds;

  /** A start was not heard of as an event: whoever waits for one must be told all the same. */
  private volatile boolean startUntold = true;

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

  /** An event of this VPN, at the engine's time. */
  void heard(String action, Instant at) {
    switch (action) {
      case "kill", "stop" -> askedAt = clock.instant();
      case "die" -> {
        VpnRun run = endedAt(at);
        if (run != null) {
          tellEnd(run);
        }
      }
      case "start" -> {
        synchronized (runs) {
          VpnRun before = current;
          unfollowedSince = before == null || before.isClaimed() ? at : null;
        }
        askedAt = null;
        startUntold = false;
        started.release();
      }
      default -> {}
    }
  }

  /**
   * Whose end Docker's word of that time tells. It needs no second proof; but it may come late,
   * about a run before, or once more: then it is nobody's.
   */
  private @Nullable VpnRun endedAt(Instant at) {
    synchronized (runs) {
      VpnRun run = current;
      if (run != null && !run.isClaimed() && run.began(at)) {
        return run;
      }
      Instant start = unfollowedSince;
      if (start == null || at.isBefore(start)) {
        return null;
      }
      unfollowedSince = null;
      unfollowedEnds++;
      return new VpnRun(Life.unwitnessed(null));
    }
  }

  private int unfollowedEnds() {
    synchronized (runs) {
      return unfollowedEnds;
    }
  }

  @Override
  public void run() {
    while (!closed) {
      started.drainPermits();
      int ends = unfollowedEnds();
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
    if (!begins(run, ends)) {
      // It may be this one that has ended. If it is not, the next stream is of a later run.
      run.life().close();
      first.close();
      return;
    }
    log.info("following VPN {}{}", vpn, run.life().isWitnessed() ? ", and its process" : "");
    if (startUntold) {
      startUntold = false;
      sink.accept(List.of(new Sign(Sign.Kind.VPN_STARTED, vpn, "", clock.instant())));
    }
    if (run.life().isWitnessed()) {
      var _ = Thread.ofPlatform().daemon().name("witness-" + vpn).start(() -> witness(run));
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

  /** It is the one that is followed, unless an end was told since that may be its own. */
  private boolean begins(VpnRun run, int ends) {
    synchronized (runs) {
      if (unfollowedEnds != ends) {
        return false;
      }
      current = run;
      unfollowedSince = null;
      return true;
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

  /** On a thread of the system, as it waits inside the kernel. It is the one that lets go. */
  private void witness(VpnRun run) {
    try (Life life = run.life()) {
      while (!closed && !run.isLeft()) {
        if (life.awaitEnd(A_MOMENT)) {
          doubt.about(vpn, true);
          try {
            if (!run.awaitTold(STREAM_ENDS_TOO)
                && (engineHasNoticed() || !run.awaitTold(ENGINE_NOTICES))) {
              tellEnd(run);
            }
          } finally {
            doubt.about(vpn, false);
          }
          return;
        }
      }
    } catch (InterruptedException interrupted) {
      log.debug("the witness of VPN {} was interrupted", vpn);
    }
  }

  /** Whether it says that the VPN runs no more, or, in the middle of the teardown, nothing. */
  private boolean engineHasNoticed() {
    try (Life _ = source.life(vpn, LIVING_ANSWERS)) {
      return false;
    } catch (DockerFailure failure) {
      return failure.kind() == Kind.TIMEOUT || failure.kind() == Kind.CONFLICT;
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
      tellEnd(run);
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
    Followed again = again(LIVING_ANSWERS);
    if (again != null) {
      log.info("VPN {}: its stream was cut; it lives, following again", vpn);
      return again;
    }
    ping.join();
    if (engineAnswers.get()) {
      tellEnd(run);
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

  /** Once a run: the stream, the kernel and Docker's own event tell of the same end. */
  private void tellEnd(VpnRun run) {
    if (!run.claim()) {
      return;
    }
    startUntold = true;
    Instant now = clock.instant();
    Instant asked = askedAt;
    List<Sign> signs = new ArrayList<>();
    if (asked != null && now.isBefore(asked.plus(ASKED_RECENTLY))) {
      signs.add(new Sign(Sign.Kind.VPN_STOP_ASKED, vpn, "", asked));
    }
    signs.add(new Sign(Sign.Kind.VPN_PROCESS_ENDED, vpn, "", now));
    log.warn("VPN {}: its process has ended ({})", vpn, signs.size() > 1 ? "asked for" : "crashed");
    sink.accept(signs);
    run.told();
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
