package io.evenkeel.watch;

import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.Sign;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Watches a fleet: Docker's events, and one followed log stream per VPN, whose end is the first
 * sign of an exit. Reconnects for ever; after each gap it says so. Hands on signs at once.
 */
public final class Watch implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(Watch.class);
  private static final Duration FIRST_PAUSE = Duration.ofMillis(200);
  private static final Duration LONGEST_PAUSE = Duration.ofSeconds(5);
  private static final Duration A_STOP = Duration.ofSeconds(10);

  private final EventSource source;
  private final Scope scope;
  private final Consumer<List<Sign>> sink;
  private final Clock clock;
  private final List<VpnFollower> followers = new ArrayList<>();
  private final List<Thread> threads = new ArrayList<>();

  /** When each VPN was last asked to stop, by the engine's clock; the events' thread alone. */
  private final Map<String, Instant> stops = new HashMap<>();

  private volatile boolean closed;

  /**
   * Watches nothing before {@link #start}.
   *
   * @param sink takes signs; must not block
   * @param doubt hears of VPNs that may have ended; must not block
   */
  public Watch(
      EventSource source, Scope scope, Consumer<List<Sign>> sink, Doubt doubt, Clock clock) {
    this.source = source;
    this.scope = scope;
    this.sink = sink;
    this.clock = clock;
    for (String vpn : scope.vpns()) {
      followers.add(new VpnFollower(source, vpn, this::tell, doubt, clock));
    }
  }

  /** Begins to watch, on threads of its own. */
  public void start() {
    threads.add(Thread.ofVirtual().name("watch-events").start(this::followEvents));
    for (VpnFollower follower : followers) {
      threads.add(Thread.ofVirtual().name("watch-" + follower.vpn()).start(follower));
    }
  }

  /** What it runs on. */
  List<Thread> threads() {
    return List.copyOf(threads);
  }

  private void followEvents() {
    Duration pause = FIRST_PAUSE;
    boolean[] connected = {false};
    while (!closed) {
      connected[0] = false;
      source.follow(
          this::on,
          () -> {
            connected[0] = true;
            tell(List.of(new Sign(Sign.Kind.GAP, "", "", clock.instant())));
          });
      pause = connected[0] ? FIRST_PAUSE : pause.multipliedBy(2);
      pause = pause.compareTo(LONGEST_PAUSE) < 0 ? pause : LONGEST_PAUSE;
      pause(pause);
    }
  }

  private void on(EventSource.Event event) {
    boolean vpn = scope.vpns().contains(event.name());
    if (!vpn && !event.managed()) {
      return;
    }
    Sign.Kind kind =
        switch (event.action()) {
          case "kill", "stop" -> vpn ? Sign.Kind.VPN_STOP_ASKED : Sign.Kind.CHANGED;
          case "start" -> vpn ? Sign.Kind.VPN_STARTED : Sign.Kind.CHANGED;
          case "unpause" -> vpn && !isOfAStop(event) ? Sign.Kind.VPN_STARTED : Sign.Kind.CHANGED;
          case "die", "destroy", "create", "rename", "pause", "health_status" -> Sign.Kind.CHANGED;
          default -> null;
        };
    if (kind == null) {
      return;
    }
    if (kind == Sign.Kind.VPN_STOP_ASKED) {
      stops.put(event.name(), event.at());
    }
    if (vpn) {
      log.info("VPN {}: Docker's event {}", event.name(), event.action());
      followers.stream()
          .filter(follower -> follower.vpn().equals(event.name()))
          .forEach(follower -> follower.heard(event.action(), event.at()));
    }
    tell(List.of(new Sign(kind, vpn ? event.name() : "", event.id(), clock.instant())));
  }

  /**
   * To stop one that is paused Docker kills it and then unpauses it, so that it can die (measured:
   * 0.15 s later): nobody starts it.
   */
  private boolean isOfAStop(EventSource.Event unpause) {
    Instant stop = stops.get(unpause.name());
    return stop != null && unpause.at().isBefore(stop.plus(A_STOP));
  }

  private void tell(List<Sign> signs) {
    if (closed) {
      return;
    }
    try {
      sink.accept(signs);
    } catch (RuntimeException refused) {
      // One that cannot take a sign must not end what sees the next; the monitor looks anyway.
      log.warn("the signs {} were not taken: {}", signs, refused.toString());
    }
  }

  private void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interrupted) {
      closed = true;
    }
  }

  @Override
  public void close() {
    closed = true;
    followers.forEach(VpnFollower::close);
    threads.forEach(Thread::interrupt);
  }
}
