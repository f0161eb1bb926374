package io.evenkeel.activities;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.workflow.FleetActivities.Stranded;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/**
 * Ends containers whose namespace is dead. A kill is not harmless, so the watch's evidence alone is
 * not enough: the daemon must agree. In a teardown it holds that VPN's lock, and an inspect of it
 * is not answered while those of its dependents are.
 */
final class Silencing {
  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(5);

  /** A living VPN's inspect is answered in 1-20 ms. */
  private static final Duration TEARDOWN_ANSWERS_NOT = Duration.ofMillis(150);

  /** A daemon that is slow to all is no proof: then the VPN is asked again, and waited for. */
  private static final int TIMES_SLOWER = 4;

  private static final Duration SLOW_DAEMON_ANSWERS = Duration.ofSeconds(2);

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Containers containers;
  private final Parallel parallel;

  Silencing(Containers containers, Parallel parallel) {
    this.containers = containers;
    this.parallel = parallel;
  }

  /** See {@link io.evenkeel.workflow.FleetActivities#silence}. */
  List<EngineDeed> silence(String vpn, Instant deadSince, List<Stranded> stranded) {
    long began = System.nanoTime();
    var living = parallel.begin(() -> ask(vpn, deadSince, TEARDOWN_ANSWERS_NOT));
    List<Optional<Container>> found =
        parallel.each(stranded, s -> containers.inspect(s.id(), INSPECT_DEADLINE));
    Duration others = Duration.ofNanos(System.nanoTime() - began);
    Answer answer = living.get();
    if (answer == Answer.NONE
        && others.multipliedBy(TIMES_SLOWER).compareTo(TEARDOWN_ANSWERS_NOT) > 0) {
      answer = ask(vpn, deadSince, SLOW_DAEMON_ANSWERS);
    }
    boolean lives = answer == Answer.LIVES;
    return parallel.each(
        stranded,
        s -> {
          Optional<Container> now = found.get(stranded.indexOf(s));
          return new EngineDeed(s.name(), lives ? "left" : end(s, now, deadSince));
        });
  }

  private String end(Stranded stranded, Optional<Container> found, Instant deadSince) {
    if (found.isEmpty()) {
      return "gone";
    }
    Container dependent = found.get();
    Instant start = dependent.startedAt();
    if (!dependent.alive()
        || dependent.removedAtEnd()
        || (start != null && !start.isBefore(deadSince))
        || dependent.ignored()) {
      return "left";
    }
    Containers.Outcome _ =
        stranded.gently()
            ? containers.stop(dependent.id(), GRACE)
            : containers.kill(dependent.id());
    return stranded.gently() ? "stopped" : "killed";
  }

  private enum Answer {
    LIVES,
    ENDED,
    NONE
  }

  private Answer ask(String vpn, Instant deadSince, Duration deadline) {
    try {
      boolean lives =
          containers
              .inspect(vpn, deadline)
              .map(c -> c.running() && c.startedAt() != null && c.startedAt().isBefore(deadSince))
              .orElse(false);
      return lives ? Answer.LIVES : Answer.ENDED;
    } catch (DockerFailure failure) {
      if (failure.kind() == DockerFailure.Kind.TIMEOUT) {
        return Answer.NONE;
      }
      throw failure;
    }
  }
}
