package io.evenkeel.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Sign;
import io.evenkeel.fleet.Sign.Kind;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** Runs of a VPN that are over before they can be followed. */
class VpnFollowerTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private final OneVpn vpn = new OneVpn();
  private final List<Sign> signs = new CopyOnWriteArrayList<>();
  private final VpnFollower follower =
      new VpnFollower(vpn, "vpn1", signs::addAll, (_, _) -> {}, Clock.systemUTC());
  private final Thread following = new Thread(follower);

  /** An engine with one VPN, whose processes it alone knows. */
  private static final class OneVpn implements EventSource {
    private CountDownLatch ended = new CountDownLatch(1);
    private final AtomicInteger lives = new AtomicInteger();
    private Instant startedAt = Instant.now();

    synchronized void ends() {
      ended.countDown();
    }

    synchronized void starts() {
      ended = new CountDownLatch(1);
      startedAt = Instant.now();
    }

    @Override
    public synchronized Followed followLog(String name, Duration deadline) {
      return new Log(ended);
    }

    @Override
    public synchronized Life life(String name, Duration deadline) {
      lives.incrementAndGet();
      return Life.unwitnessed(startedAt);
    }

    @Override
    public boolean ping() {
      return true;
    }

    @Override
    public void follow(Listener listener, Runnable connected) {
      throw new UnsupportedOperationException("the test tells the events itself");
    }
  }

  /** A log that ends with its process. */
  private record Log(CountDownLatch ended) implements EventSource.Followed {
    @Override
    public void awaitEnd() {
      boolean _ = isOver(PATIENCE);
    }

    @Override
    public boolean staysOpen(Duration time) {
      return !isOver(time);
    }

    private boolean isOver(Duration time) {
      try {
        return ended.await(time.toMillis(), TimeUnit.MILLISECONDS);
      } catch (InterruptedException interrupted) {
        Thread.currentThread().interrupt();
        return true;
      }
    }

    @Override
    public void close() {}
  }

  /** How many runs were followed so far. */
  private int following() {
    return vpn.lives.get();
  }

  private long told(Kind kind) {
    return signs.stream().filter(sign -> sign.kind() == kind).count();
  }

  @BeforeEach
  void aRunIsFollowedAndEnds() {
    following.start();
    await().atMost(PATIENCE).until(() -> told(Kind.VPN_STARTED) == 1);
    vpn.ends();
    await().atMost(PATIENCE).until(() -> told(Kind.VPN_PROCESS_ENDED) == 1);
  }

  @AfterEach
  void nobodyFollows() throws InterruptedException {
    follower.close();
    following.interrupt();
    following.join(PATIENCE);
  }

  @Test
  void theWordOnAnEndThatWasToldSaysNothingNew() {
    follower.heard("die", Instant.now());
    follower.heard("die", Instant.now());

    assertThat(told(Kind.VPN_PROCESS_ENDED)).isEqualTo(1);
  }

  @Test
  void theNextRunEndsBeforeItIsFollowed() {
    follower.heard("die", Instant.now());
    follower.heard("start", Instant.now());
    follower.heard("die", Instant.now());
    assertThat(told(Kind.VPN_PROCESS_ENDED)).isEqualTo(2);

    follower.heard("die", Instant.now());
    assertThat(told(Kind.VPN_PROCESS_ENDED)).as("once").isEqualTo(2);
  }

  @Test
  void theNextRunIsFollowedAndItsEndIsToldOnce() {
    vpn.starts();
    follower.heard("start", Instant.now());
    await().atMost(PATIENCE).until(() -> following() == 2);
    vpn.ends();
    await().atMost(PATIENCE).until(() -> told(Kind.VPN_PROCESS_ENDED) == 2);
    follower.heard("die", Instant.now());

    assertThat(told(Kind.VPN_PROCESS_ENDED)).isEqualTo(2);
  }

  @Test
  void theRunAfterThatIsFollowedAgain() {
    follower.heard("start", Instant.now());
    follower.heard("die", Instant.now());
    vpn.starts();
    await().atMost(PATIENCE).until(() -> told(Kind.VPN_STARTED) == 2);
    vpn.ends();

    await().atMost(PATIENCE).until(() -> told(Kind.VPN_PROCESS_ENDED) == 3);
  }

  @Test
  void aWordOnTheRunBeforeThatComesAfterTheNextStartIsNoEndOfThatOne() {
    Instant before = Instant.now();
    follower.heard("start", before.plusSeconds(1));
    follower.heard("die", before);
    assertThat(told(Kind.VPN_PROCESS_ENDED)).isEqualTo(1);

    follower.heard("die", before.plusSeconds(2));
    assertThat(told(Kind.VPN_PROCESS_ENDED)).isEqualTo(2);
  }
}
