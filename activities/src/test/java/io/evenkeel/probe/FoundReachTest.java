package io.evenkeel.probe;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.Test;

class FoundReachTest {
  private final Set<String> names = ConcurrentHashMap.newKeySet();

  private FoundReach reach() {
    return new FoundReach(List.of("vpn1", "vpn2"), names::contains, Duration.ZERO);
  }

  @Test
  void aVpnThatHasANameFromTheStartIsReachedByIt() {
    names.add("vpn2");
    assertThat(reach().get()).isEqualTo(Reach.NETWORK);
  }

  @Test
  void aVpnThatStartsAfterTheWorkerIsReachedByItsNameFromThenOn() {
    FoundReach reach = reach();
    assertThat(reach.get()).isEqualTo(Reach.HOST);

    names.add("vpn1");
    await().atMost(Duration.ofMinutes(1)).until(() -> reach.get() == Reach.NETWORK);

    names.clear();
    assertThat(reach.get()).as("a VPN that is down has no name").isEqualTo(Reach.NETWORK);
  }
}
