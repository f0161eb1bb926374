package io.evenkeel.workflow;

import io.evenkeel.decide.BackOff;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.Sign;
import io.evenkeel.workflow.VpnCalls.Answer;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Objects;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** Brings one VPN back, or waits until somebody has. */
final class Revival {
  private static final Duration FIRST_BACK_OFF = Duration.ofSeconds(10);
  private static final Duration A_LATE_STOP_COMES_WITHIN = Duration.ofSeconds(15);

  /** Docker notices an end within 50 ms, and says so within a second. */
  private static final int FIRST_LOOKS = 5;

  private static final int LOOKS_UNTIL_IT_LIVES = 20;
  private static final Duration VERY_SOON = Duration.ofMillis(30);
  private static final Duration SOON = Duration.ofMillis(100);

  /** An absence of weeks: five minutes a look, five events each. */
  private static final int LONG_HISTORY = 2_000;

  private final OutageRequest request;
  private final UnaryOperator<OutageRequest> asWantedNow;
  private final VpnCalls calls;
  private final OutageLog log;
  private Policy policy;
  private boolean ended;
  private boolean askedFor;

  /** When somebody stopped it last, as far as known. */
  private Instant lastStop;

  /** When it was heard to start last. */
  private Instant lastStart = Instant.MIN;

  private boolean heard;

  /** Somebody else is to start it, as long as nothing is heard that makes it ours. */
  private boolean leftToOthers;

  /** What was waited for is to be judged anew. */
  private boolean anew;

  /** A person asked for its recovery, and it was not seen to run since. */
  private boolean recoverNow;

  /** Who asks for a recovery knows of every stop before; null: nobody has asked. */
  private @Nullable Instant stopsKnownUntil;

  /** This round has seen it run. */
  private boolean revived;

  /** It was heard to start, and not to end after that. */
  private boolean startedSince;

  /** Docker says that it runs since before its end; null: it does not, or it was restarted. */
  private @Nullable Container doubted;

  /** It was restarted because of that: once is enough to find out whether that helps. */
  private boolean restarted;

  /** How often it was brought back, in this run of the outage. */
  private int revivals;

  /** Its end is known to be a crash, or is to be ended whatever it was. */
  private boolean crashed;

  private @Nullable Instant newerThan;
  private @Nullable Container found;

  /**
   * Of that outage.
   *
   * @param asWantedNow the request as a new run of it is to have it
   */
  Revival(
      OutageRequest request, UnaryOperator<OutageRequest> asWantedNow, Steps steps, OutageLog log) {
    this.request = request;
    this.asWantedNow = asWantedNow;
    this.calls = new VpnCalls(request.vpn(), steps);
    this.log = log;
    this.policy = request.config().policy();
    this.ended = request.ended();
    this.askedFor = request.askedFor();
    this.lastStop = request.askedFor() ? request.seenAt() : Instant.MIN;
    this.crashed = request.cause().equals("asked");
    this.recoverNow = request.recoverNow();
    this.stopsKnownUntil = crashed ? request.seenAt() : null;
    Container before = request.vpnBefore();
    this.newerThan = before == null ? null : before.startedAt();
  }

  /** Evidence from the watch; ends any wait. */
  void hear(List<Sign> signs) {
    for (Sign sign : signs) {
      switch (sign.kind()) {
        case VPN_PROCESS_ENDED -> {
          ended = true;
          startedSince = false;
        }
        case VPN_STOP_ASKED -> stopHeard(sign);
        case VPN_STARTED -> {
          heard = true;
          startedSince = true;
          lastStart = later(lastStart, sign.at());
        }
        case CHANGED, GAP -> {}
      }
    }
  }

  private void stopHeard(Sign stop) {
    if (stopsKnownUntil == null || stop.at().isAfter(stopsKnownUntil)) {
      askedFor = true;
      doubted = null;
      lastStop = later(lastStop, stop.at());
      anew |= recoverNow;
      recoverNow = false;
    }
  }

  private static Instant later(Instant one, Instant other) {
    return one.isAfter(other) ? one : other;
  }

  /** It was started since somebody stopped it: what has ended it then is another thing. */
  private boolean isStopOver() {
    return askedFor && lastStart.isAfter(lastStop);
  }

  /** It was left to others, and has crashed since one of them started it. */
  private boolean isOursByNow() {
    return leftToOthers
        && policy.revive() == Policy.Revive.CRASHED
        && ended
        && !startedSince
        && (!askedFor || isStopOver());
  }

  /** A person asks for it: ends any wait, and every stop before is overruled. */
  void recoverNow(Instant at) {
    stopsKnownUntil = stopsKnownUntil == null ? at : later(stopsKnownUntil, at);
    // Of one that runs its next end is judged as ever.
    recoverNow = ended || !revived;
    askedFor = false;
    anew = true;
  }

  /** Another policy holds from now on: what is waited for is judged by that. */
  void goesBy(Policy another) {
    anew |=
        another.revive() != policy.revive()
            || !another.unhealthyTimeout().equals(policy.unhealthyTimeout());
    policy = another;
  }

  /** A new round: what was heard before it is used up by confirm. */
  void begin() {
    found = null;
    revived = false;
  }

  /** The VPN's process has ended once more since this round's revival. */
  boolean diedAgain() {
    return ended;
  }

  /** What is known of the VPN's process. */
  enum Finding {
    RUNS,
    ENDED,
    /** Docker did not answer, and nobody else has said so. */
    UNKNOWN
  }

  /** By the watch's evidence, else by what Docker says now. */
  Finding confirm() {
    if (ended) {
      return Finding.ENDED;
    }
    log.publish();
    Answer answer = calls.ask();
    if (!answer.given()) {
      return Finding.UNKNOWN;
    }
    found = answer.vpn();
    if (found != null && found.alive()) {
      return Finding.RUNS;
    }
    hearFromDocker(found);
    return Finding.ENDED;
  }

  /** Nobody saw its end: Docker may remember how it was. */
  private void hearFromDocker(@Nullable Container vpn) {
    if (vpn == null || crashed || recoverNow) {
      return;
    }
    // Docker starts it again by itself, or a start has failed: nobody wants it down.
    boolean wanted = vpn.status() == ContainerStatus.RESTARTING || !vpn.error().isEmpty();
    crashed = wanted || vpn.end() == End.CRASHED;
    if (!crashed && vpn.end() == End.ASKED) {
      askedFor = true;
      lastStop = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    }
  }

  /** Whether the policy, or a person who asks, lets us end what keeps it down. */
  private boolean isOurs(@Nullable Container vpn) {
    if (recoverNow) {
      return true;
    }
    return switch (policy.revive()) {
      case ALWAYS -> true;
      case CRASHED ->
          !askedFor
              && (ended || crashed || (vpn != null && vpn.status() == ContainerStatus.PAUSED));
      case NEVER -> false;
    };
  }

  /** Comes back with a running VPN, however long that takes. */
  Container revive() {
    Container vpn = found;
    if (vpn != null && vpn.running() && vpn.startedAt() != null) {
      if (!request.cause().equals("unhealthy") || vpn.health() != Health.UNHEALTHY) {
        recoverNow = false;
        revived = true;
        return vpn;
      }
      log.phase("revive", "it is unhealthy: stopping it, to start it anew");
      log.publish();
      stop(vpn, "it is unhealthy");
    }
    while (true) {
      anew = false;
      if (isStopOver() && Change.START_ENDS_A_STOP.isKnown()) {
        askedFor = false;
      }
      Container back = reviveAsWanted(vpn);
      if (back != null) {
        revivals++;
        revived = true;
        return back;
      }
      vpn = found;
    }
  }

  private void stop(Container vpn, String because) {
    newerThan = vpn.startedAt();
    boolean stopped = calls.stop(because);
    // What the watch saw of it was our own stop, and no person's.
    askedFor = false;
    crashed = true;
    if (Change.START_ENDS_A_STOP.isKnown()) {
      // Some of it is heard only later.
      stopsKnownUntil = Instant.ofEpochMilli(Workflow.currentTimeMillis());
    }
    if (!stopped && Change.LOST_IS_RESTARTED.isKnown()) {
      // Docker may carry it out later, with all the grace that it gives.
      stopsKnownUntil =
          Instant.ofEpochMilli(Workflow.currentTimeMillis()).plus(A_LATE_STOP_COMES_WITHIN);
    }
  }

  /**
   * Its end was seen, Docker says that it runs since before that, and nobody behind it answers:
   * Docker has lost track of it, as one that was killed in the middle of its start does. It is
   * stopped then, and the next round starts it; see decision 0017.
   *
   * @param nobodyReached whether engines behind it were asked, and none has answered
   */
  void restartIfLost(boolean nobodyReached) {
    if (!isDoubted() || !nobodyReached || restarted || !Change.LOST_IS_RESTARTED.isKnown()) {
      return;
    }
    // Much may have happened while nobody answered.
    Answer now = calls.ask();
    Container lost = doubted;
    if (!isDoubted() || lost == null || !isStill(lost, now)) {
      return;
    }
    String why = "it ended, Docker says that it runs since before, and nobody behind it answers";
    log.phase("revive", "Docker has lost track of it: stopping it, to start it anew");
    log.note("restarted: " + why);
    log.publish();
    restarted = true;
    revivals--;
    doubted = null;
    stop(lost, why);
    ended = true;
  }

  private boolean isDoubted() {
    return doubted != null && !ended && policy.revive() != Policy.Revive.NEVER;
  }

  private static boolean isStill(Container lost, Answer now) {
    Container vpn = now.vpn();
    return vpn != null
        && vpn.running()
        // It would be gone.
        && !vpn.removedAtEnd()
        && vpn.id().equals(lost.id())
        && Objects.equals(vpn.startedAt(), lost.startedAt());
  }

  /** Comes back with null where it is to be judged anew. */
  private @Nullable Container reviveAsWanted(@Nullable Container lastSeen) {
    Container vpn = lastSeen;
    boolean ours = isOurs(vpn);
    leftToOthers = !ours && Change.START_ENDS_A_STOP.isKnown();
    if (askedFor && ours) {
      log.phase("revive", "somebody stopped it: waiting " + policy.unhealthyTimeout());
      log.publish();
      awaitSomebody(policy.unhealthyTimeout());
      if (anew) {
        return null;
      }
    }
    if (vpn != null && vpn.status() == ContainerStatus.PAUSED && ours) {
      if (!recoverNow) {
        log.phase("revive", "it is paused: waiting " + policy.unhealthyTimeout());
        log.publish();
        awaitSomebody(policy.unhealthyTimeout());
        if (anew) {
          return null;
        }
      }
      calls.unpause();
      // The namespace and StartedAt are the old ones: there is no newer start to wait for.
      newerThan = null;
    }
    if (!ours) {
      String how = askedFor ? "somebody stopped it" : "how it ended is not known";
      log.phase(
          "revive", how + ", policy " + policy.revive() + ": waiting until somebody starts it");
    }
    if (recoverNow) {
      log.phase("revive", "a person asked for it: starting it now");
    }
    log.publish();
    if (ours && !recoverNow && revivals > 1 && Change.END_ENDS_WAITS.isKnown()) {
      awaitBackOff();
      if (anew) {
        return null;
      }
    }
    Duration backOff = FIRST_BACK_OFF;
    for (int tries = 0; ; tries++) {
      if (Workflow.getInfo().getHistoryLength() > LONG_HISTORY) {
        OutageRequest now = asWantedNow.apply(request);
        Workflow.continueAsNew(now.continued(ended, askedFor && !ours, log.phases(), recoverNow));
      }
      heard = false;
      Answer answer = ours ? calls.start(newerThan) : calls.ask();
      vpn = answer.vpn();
      found = vpn;
      if (answer.given() && (vpn == null || !vpn.running())) {
        log.hideAll();
      }
      if (vpn != null && proven(vpn)) {
        ended = false;
        askedFor = false;
        recoverNow = false;
        newerThan = vpn.startedAt();
        return vpn;
      }
      boolean lies = vpn != null && vpn.running();
      if (vpn != null && lies && tries >= LOOKS_UNTIL_IT_LIVES) {
        // Docker has had its time to notice an end, and says that there was none.
        doubted = ours && isAsBeforeItsEnd(vpn) ? vpn : null;
        ended = false;
        recoverNow = false;
        return vpn;
      }
      awaitSign(lies ? (tries < FIRST_LOOKS ? VERY_SOON : SOON) : backOff);
      if (anew || isOursByNow()) {
        return null;
      }
      if (!lies) {
        backOff = BackOff.longer(backOff);
      }
    }
  }

  /**
   * The end that has opened the outage was the end of that start, as far as known: it was known
   * before, and nothing has been started since. When an end was told proves little alone, for the
   * watch may have heard of it late.
   */
  private boolean isAsBeforeItsEnd(Container vpn) {
    Container before = request.vpnBefore();
    Instant start = vpn.startedAt();
    return request.ended()
        && revivals == 0
        && before != null
        && before.id().equals(vpn.id())
        && start != null
        && start.equals(before.startedAt())
        && start.isBefore(request.seenAt());
  }

  /** One that ends as soon as it runs costs its engines a start each time. */
  private void awaitBackOff() {
    Duration pause = BackOff.after(FIRST_BACK_OFF, revivals - 2);
    log.phase(
        "revive",
        "it has ended "
            + (revivals + 1)
            + " times: waiting "
            + pause
            + ", or until somebody starts it");
    log.publish();
    boolean _ = Workflow.await(pause, () -> startedSince || anew);
  }

  /** Running by a StartedAt that is newer than the exit: nothing else proves a start. */
  private boolean proven(Container vpn) {
    Instant start = vpn.startedAt();
    Container before = request.vpnBefore();
    return vpn.running()
        && start != null
        && (newerThan == null
            || start.isAfter(newerThan)
            || (before != null && !before.id().equals(vpn.id())));
  }

  /** So long a person has time to start it. */
  private void awaitSomebody(Duration longest) {
    if (heard && !startedSince && Change.END_FORGETS_STARTS.isKnown()) {
      heard = false;
    }
    awaitSign(longest);
  }

  private void awaitSign(Duration longest) {
    // Whether it was the sign or the time makes no difference: the loop looks again.
    boolean _ = Workflow.await(longest, () -> heard || anew || isOursByNow());
  }
}
