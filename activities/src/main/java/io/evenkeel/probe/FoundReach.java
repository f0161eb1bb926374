package io.evenkeel.probe;

import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import java.util.function.Predicate;
import java.util.function.Supplier;

/**
 * How the VPNs' ports are reached, found out: by name from the moment on in which the name of one
 * can be resolved, until then through the host. A VPN that does not run has no name, so it is asked
 * for again and again, on a thread of its own: an answer may take long.
 */
public final class FoundReach implements Supplier<Reach> {
  private static final Duration AGAIN = Duration.ofSeconds(5);

  private final List<String> vpns;
  private final Predicate<String> resolves;
  private final long pause;
  private final AtomicLong askedAt = new AtomicLong(System.nanoTime());
  private volatile boolean found;

  FoundReach(Collection<String> vpns, Predicate<String> resolves, Duration pause) {
    this.vpns = List.copyOf(vpns);
    this.resolves = resolves;
    this.pause = pause.toNanos();
    look();
  }

  /** In a container found out, else the host. */
  public static Supplier<Reach> of(Collection<String> vpns) {
    return Files.exists(Path.of("/.dockerenv"))
        ? new FoundReach(vpns, FoundReach::resolves, AGAIN)
        : () -> Reach.HOST;
  }

  @Override
  public Reach get() {
    long before = askedAt.get();
    long now = System.nanoTime();
    if (!found && now - before >= pause && askedAt.compareAndSet(before, now)) {
      var _ = Thread.ofVirtual().name("reach").start(this::look);
    }
    return found ? Reach.NETWORK : Reach.HOST;
  }

  private void look() {
    if (vpns.stream().anyMatch(resolves)) {
      found = true;
    }
  }

  private static boolean resolves(String name) {
    try {
      return InetAddress.getAllByName(name).length > 0;
    } catch (UnknownHostException unknown) {
      return false;
    }
  }
}
