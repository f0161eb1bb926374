package io.evenkeel.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.Sign;
import io.evenkeel.fleet.Sign.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.junit.jupiter.api.Test;

/** What is made of an engine's events. */
class WatchTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final String ID = "told by an event";

  private final List<Sign> signs = new CopyOnWriteArrayList<>();

  /** An engine that tells these events, and of whose VPN nothing else is heard. */
  private record Telling(List<Event> events) implements EventSource {
    @Override
    public void follow(Listener listener, Runnable connected) {
      events.forEach(listener::on);
      try {
        new CountDownLatch(1).await();
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public Followed followLog(String name, Duration deadline) {
      return new Silent(new CountDownLatch(1));
    }

    @Override
    public Life life(String name, Duration deadline) {
      return Life.unwitnessed(NOON);
    }

    @Override
    public boolean ping() {
      return true;
    }
  }

  private record Silent(CountDownLatch closed) implements EventSource.Followed {
    @Override
    public void awaitEnd() {
      try {
        closed.await();
      } catch (InterruptedException over) {
        Thread.currentThread().interrupt();
      }
    }

    @Override
    public boolean staysOpen(Duration time) {
      return true;
    }

    @Override
    public void close() {
      closed.countDown();
    }
  }

  private static EventSource.Event event(String action, Duration after) {
    return new EventSource.Event(action, ID, "vpn1", false, NOON.plus(after));
  }

  private List<Kind> toldOf(EventSource.Event... events) {
    EventSource engine = new Telling(List.of(events));
    Scope scope = new Scope("app", List.of("vpn1"));
    try (Watch watch = new Watch(engine, scope, signs::addAll, (_, _) -> {}, Clock.systemUTC())) {
      watch.start();
      await().atMost(Duration.ofSeconds(60)).until(() -> byEvent().size() == events.length);
      return byEvent();
    }
  }

  private List<Kind> byEvent() {
    return signs.stream().filter(sign -> sign.containerId().equals(ID)).map(Sign::kind).toList();
  }

  /** As Docker 20.10 tells it: an unpause is a part of the stop. */
  @Test
  void theStopOfAPausedVpnIsNoStart() {
    assertThat(
            toldOf(
                event("pause", Duration.ZERO),
                event("kill", Duration.ofMillis(1_000)),
                event("unpause", Duration.ofMillis(1_142)),
                event("die", Duration.ofMillis(4_000)),
                event("stop", Duration.ofMillis(4_060))))
        .containsExactly(
            Kind.CHANGED, Kind.VPN_STOP_ASKED, Kind.CHANGED, Kind.CHANGED, Kind.VPN_STOP_ASKED);
  }

  @Test
  void whoUnpausesAVpnStartsIt() {
    assertThat(
            toldOf(
                event("kill", Duration.ZERO),
                event("start", Duration.ofSeconds(1)),
                event("pause", Duration.ofSeconds(60)),
                event("unpause", Duration.ofSeconds(120))))
        .containsExactly(Kind.VPN_STOP_ASKED, Kind.VPN_STARTED, Kind.CHANGED, Kind.VPN_STARTED);
  }
}
