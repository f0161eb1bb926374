package io.evenkeel.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Sign.Kind;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** On the engine's own host, where the kernel tells too. */
class WatchByKernelTest extends WatchContract {
  WatchByKernelTest() throws IOException {
    super(true);
  }

  @Test
  void itHoldsTheProcessOfEachVpn() {
    try (Life life = source.life(one, Duration.ofSeconds(30))) {
      assertThat(life.isWitnessed()).isTrue();
      assertThat(life.awaitEnd(Duration.ZERO)).isFalse();
      direct.kill(one);
      assertThat(life.awaitEnd(PATIENCE)).isTrue();
    }
  }

  @Test
  void aCutStreamSaysNothingHoweverSlowTheEngineIs() {
    try (Watch _ = watching(signs::addAll)) {
      Map<String, Integer> before = holds();
      for (int cut = 1; cut <= 5; cut++) {
        proxy.cut();
        pause(100);
      }
      awaitHeldAnew(before);
      pause(300);
      assertThat(ended()).isEmpty();
      assertThat(doubts).isEmpty();
    }
  }

  @Test
  void anEndIsToldThoughTheEngineIsAway() throws IOException {
    try (Watch _ = watching(signs::addAll)) {
      proxy.refuse();
      pause(300);
      assertThat(ended()).isEmpty();
      direct.kill(one);
      awaitEnded(1);
      assertThat(ended().getFirst().vpn()).isEqualTo(one);
      proxy.listen();
    }
  }

  @Test
  void aDieThatComesLateSaysNothingOfTheRunAfterIt() {
    VpnFollower follower =
        new VpnFollower(source, one, signs::addAll, (_, _) -> {}, java.time.Clock.systemUTC());
    Thread following = Thread.ofVirtual().start(follower);
    await()
        .atMost(PATIENCE)
        .until(() -> signs.stream().anyMatch(s -> s.kind() == Kind.VPN_STARTED));
    follower.heard("die", Instant.now().minusSeconds(3600));
    assertThat(ended()).isEmpty();
    follower.heard("die", Instant.now());
    assertThat(ended()).hasSize(1);
    follower.close();
    following.interrupt();
  }
}
