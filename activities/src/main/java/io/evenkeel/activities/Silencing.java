package io.evenkeel.activities;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Labels;
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

  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Containers containers;
  private final Parallel parallel;

  Silencing(Containers containers, Parallel parallel) {
    this.containers = containers;
    this.parallel = parallel;
  }

  /** See {@link io.evenkeel.workflow.FleetActivities#silence}. */
  List<EngineDeed> silence(String vpn, Instant deadSince, List<Stranded> stranded) {
    var living = parallel.begin(() -> lives(vpn, deadSince));
    List<Optional<Container>> found =
        parallel.each(stranded, s -> containers.inspect(s.id(), INSPECT_DEADLINE));
    boolean lives = living.get();
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
    boolean alive = dependent.running() || dependent.status() == ContainerStatus.PAUSED;
    if (!alive
        || dependent.removedAtEnd()
        || (start != null && !start.isBefore(deadSince))
        || dependent.label(Labels.IGNORE).equals("true")) {
      return "left";
    }
    Containers.Outcome _ =
        stranded.gently()
            ? containers.stop(dependent.id(), GRACE)
            : containers.kill(dependent.id());
    return stranded.gently() ? "stopped" : "killed";
  }

  private boolean lives(String vpn, Instant deadSince) {
    try {
      return containers
          .inspect(vpn, TEARDOWN_ANSWERS_NOT)
          .map(c -> c.running() && c.startedAt() != null && c.startedAt().isBefore(deadSince))
          .orElse(false);
    } catch (DockerFailure failure) {
      if (failure.kind() == DockerFailure.Kind.TIMEOUT) {
        return false;
      }
      throw failure;
    }
  }
}
