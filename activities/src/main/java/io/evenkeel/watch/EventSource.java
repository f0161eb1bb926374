package io.evenkeel.watch;

import java.time.Duration;
import java.time.Instant;

/** What a Docker engine tells by itself. */
public interface EventSource {

  /**
   * One event of a container.
   *
   * @param action kill, stop, die, start, destroy, create, rename, pause, unpause, health_status
   * @param managed whether it carries the manager label
   * @param at when it happened, by the engine's clock
   */
  record Event(String action, String id, String name, boolean managed, Instant at) {}

  /** Takes events as they come. */
  interface Listener {
    void on(Event event);
  }

  /** A followed stream of a container. */
  interface Followed extends AutoCloseable {
    /** Returns when the stream has ended or was cut. */
    void awaitEnd();

    /** Whether it is still open after this time. */
    boolean staysOpen(Duration time);

    @Override
    void close();
  }

  /** Hands on events until the stream ends or breaks; then returns. */
  void follow(Listener listener, Runnable connected);

  /**
   * Follows a container's log, or attaches where its logs cannot be read.
   *
   * @throws io.evenkeel.port.DockerFailure where it is not answered in time, or refused
   */
  Followed followLog(String name, Duration deadline);

  /**
   * The process that runs in a container now.
   *
   * @throws io.evenkeel.port.DockerFailure where it is not answered in time, or nothing runs
   */
  Life life(String name, Duration deadline);

  /** Whether the engine answers, within a second. */
  boolean ping();
}
