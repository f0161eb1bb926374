package io.evenkeel.simulated;

import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * The calls to a simulated host, and what a test lets go wrong with them: they hang, they fail,
 * they are carried out and not answered. Thread-safe: one lock, this object's, guards the host and
 * everything else; only a call that is waiting for its answer does not hold it.
 */
abstract class DockerTrouble {
  /** Guarded by this object's lock, as all that is in it. */
  final SimulatedHost host;

  private final Clock clock;
  private final Consumer<Instant> waiting;

  /** By what is asked: "verb name", "verb", or nothing for everything. */
  private final Map<String, Kind> failing = new LinkedHashMap<>();

  private final Set<String> losing = new HashSet<>();
  private final Set<String> late = new HashSet<>();

  /** What has been given up and is not carried out yet, by "verb name". */
  private final Map<String, Supplier<?>> underWay = new LinkedHashMap<>();

  private Instant silentUntil = Instant.MIN;
  private Predicate<String> unlisted = _ -> false;
  private int shortLists;
  private int deedsUntilGone;
  private String vanishing = "";
  private int callsUntilVanished;

  /**
   * Nothing goes wrong yet.
   *
   * @param waiting lets time pass until a moment of the clock, for a call that is not answered
   */
  DockerTrouble(Clock clock, Consumer<Instant> waiting) {
    this.host = new SimulatedHost(clock);
    this.clock = clock;
    this.waiting = waiting;
  }

  /** Every call fails like that until {@link #answersAgain}. */
  public synchronized void fails(Kind kind) {
    failing.put("", kind);
  }

  /**
   * Some calls fail like that until {@link #answersAgain}.
   *
   * @param what "verb", or "verb name"
   */
  public synchronized void fails(String what, Kind kind) {
    failing.put(what, kind);
  }

  /** Creating a container of that name fails for good. */
  public synchronized void refusesToCreate(String name) {
    failing.put("create " + name, Kind.BAD_REQUEST);
  }

  /** No call is answered for so long; one that is waited for until then is answered late. */
  public synchronized void hangs(Duration time) {
    silentUntil = clock.instant().plus(time);
  }

  /** The next "verb name" is carried out, and its answer is lost. */
  public synchronized void losesTheAnswerTo(String what) {
    losing.add(what);
  }

  /**
   * The next "verb name" is not answered, and is carried out later: just before the same is asked
   * for again.
   */
  public synchronized void isLateWith(String what) {
    late.add(what);
  }

  /** The next listings lack these containers, which are there all the same. */
  public synchronized void listsLack(int times, Predicate<String> names) {
    shortLists = times;
    unlisted = names;
  }

  /**
   * After so many more deeds the daemon is gone, before it has answered the last of them, until
   * {@link #answersAgain}.
   */
  public synchronized void goesAfter(int deedsMore) {
    deedsUntilGone = deedsMore;
  }

  public synchronized void answersAgain() {
    deedsUntilGone = 0;
    failing.clear();
    silentUntil = Instant.MIN;
  }

  /**
   * Somebody removes the container that has this name just before the call that comes so many calls
   * from now, the next one being the first. Nobody has it then: nothing is removed.
   */
  public synchronized void vanishesBeforeCall(int call, String name) {
    callsUntilVanished = call;
    vanishing = name;
  }

  /** How many calls there are to come before {@link #vanishesBeforeCall} comes true; 0: it has. */
  public synchronized int callsUntilVanished() {
    return callsUntilVanished;
  }

  /** Whether the daemon answers at all. */
  public synchronized boolean ping() {
    return !failing.containsKey("") && !silentUntil.isAfter(clock.instant());
  }

  /** The names that the listing of this call lacks; its caller holds the lock. */
  final Predicate<String> lacking() {
    return shortLists-- > 0 ? unlisted : _ -> false;
  }

  /**
   * A call, with everything that is to go wrong with it.
   *
   * @param target an id or a name; empty: it is for no container
   * @param deadline how long an answer is waited for
   * @param act is carried out under the lock
   * @throws DockerFailure where the call fails, or its answer is lost
   */
  final <T> T call(String verb, String target, Duration deadline, Supplier<T> act) {
    awaitAnswer(verb + " " + target, target, deadline);
    synchronized (this) {
      host.tearDown();
      if (callsUntilVanished > 0 && --callsUntilVanished == 0) {
        host.find(vanishing).ifPresent(host::remove);
      }
      String name = host.find(target).map(c -> c.name).orElse(target);
      String asked = verb + " " + name;
      for (String what : List.of("", verb, asked)) {
        Kind kind = failing.get(what);
        if (kind != null) {
          throw new DockerFailure(kind, asked + ": no such image, or worse", null);
        }
      }
      Supplier<?> before = underWay.remove(asked);
      if (before != null) {
        Object _ = before.get();
      }
      if (late.remove(asked)) {
        underWay.put(asked, act);
        throw new DockerFailure(Kind.TIMEOUT, asked + ": it is under way", null);
      }
      int deeds = host.deeds();
      T answer = act.get();
      if (host.deeds() > deeds && deedsUntilGone > 0 && --deedsUntilGone == 0) {
        failing.put("", Kind.UNAVAILABLE);
        throw new DockerFailure(Kind.UNAVAILABLE, asked + ": it went away", null);
      }
      if (losing.remove(asked)) {
        throw new DockerFailure(Kind.TIMEOUT, asked + ": the answer is lost", null);
      }
      return answer;
    }
  }

  private void awaitAnswer(String what, String target, Duration deadline) {
    Instant answered = answered(target);
    Instant now = clock.instant();
    if (answered.isAfter(now)) {
      Instant givenUp = now.plus(deadline);
      waiting.accept(answered.isBefore(givenUp) ? answered : givenUp);
      if (answered.isAfter(clock.instant())) {
        throw new DockerFailure(Kind.TIMEOUT, what + ": not answered within " + deadline, null);
      }
    }
  }

  private synchronized Instant answered(String target) {
    Instant tornDown = host.find(target).map(c -> c.tornDownAt).orElse(Instant.MIN);
    return tornDown.isAfter(silentUntil) ? tornDown : silentUntil;
  }
}
