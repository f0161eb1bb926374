package io.evenkeel.worker;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Sign;
import io.evenkeel.fleet.Sign.Kind;
import java.time.Instant;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What reaches the monitor of what the watch saw. */
class SignQueueTest {
  private static final int OFTEN = 2_000;

  private final SignQueue queue = new SignQueue();

  private static Sign sign(Kind kind, String vpn) {
    return new Sign(kind, vpn, "", Instant.EPOCH);
  }

  @Test
  void anEndThatWasAskedForIsNeverToldWithoutIt() throws InterruptedException {
    List<Sign> stopped =
        List.of(sign(Kind.VPN_STOP_ASKED, "vpn"), sign(Kind.VPN_PROCESS_ENDED, "vpn"));
    for (int i = 0; i < OFTEN; i++) {
      Thread watch = Thread.ofPlatform().start(() -> queue.offer(stopped));
      assertThat(queue.take()).containsExactlyElementsOf(stopped);
      watch.join();
    }
  }

  @Test
  void changesOfOneContainerAreOne() throws InterruptedException {
    for (int i = 0; i < 10; i++) {
      queue.offer(List.of(new Sign(Kind.CHANGED, "vpn", "id", Instant.ofEpochSecond(i))));
    }
    assertThat(queue.take())
        .containsExactly(new Sign(Kind.CHANGED, "vpn", "id", Instant.ofEpochSecond(9)));
  }

  @Test
  void whatCameLastIsToldLast() throws InterruptedException {
    Sign start = sign(Kind.VPN_STARTED, "vpn");
    Sign end = sign(Kind.VPN_PROCESS_ENDED, "vpn");
    queue.offer(List.of(start));
    queue.offer(List.of(end));
    queue.offer(List.of(start));
    assertThat(queue.take()).containsExactly(end, start);
  }

  @Test
  void tooManyAreOneGap() throws InterruptedException {
    for (int i = 0; i <= 1_000; i++) {
      queue.offer(List.of(sign(Kind.CHANGED, "vpn" + i)));
    }
    assertThat(queue.take()).containsExactly(sign(Kind.GAP, ""));
  }
}
