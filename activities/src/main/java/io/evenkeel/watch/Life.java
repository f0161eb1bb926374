package io.evenkeel.watch;

import java.time.Duration;
import java.time.Instant;
import org.jspecify.annotations.Nullable;

/** One run of a container's process, as its engine names it and, on the same host, the kernel. */
public interface Life extends AutoCloseable {
  /** When the engine says that it began; null where it did not say. */
  @Nullable Instant startedAt();

  /** Whether the kernel tells of its end: the engine's processes can be seen from here. */
  boolean isWitnessed();

  /**
   * Waits for its end.
   *
   * @param longest whole milliseconds; zero: only asks
   * @return whether it has ended; false where it lives, or is not witnessed
   */
  boolean awaitEnd(Duration longest);

  @Override
  void close();

  /** Nobody but the engine can tell of its end. */
  static Life unwitnessed(@Nullable Instant startedAt) {
    return new Life() {
      @Override
      public @Nullable Instant startedAt() {
        return startedAt;
      }

      @Override
      public boolean isWitnessed() {
        return false;
      }

      @Override
      public boolean awaitEnd(Duration longest) {
        return false;
      }

      @Override
      public void close() {}
    };
  }
}
