package io.evenkeel.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import org.junit.jupiter.api.Test;

/** Where only the engine tells: the worker is on another host, or in a container of its own. */
class WatchByStreamsTest extends WatchContract {
  WatchByStreamsTest() throws IOException {
    super(false);
  }

  @Test
  void itDoubtsWhileItFindsOutWhetherAStreamWasCut() {
    try (Watch _ = watching(signs::addAll)) {
      proxy.cut();
      org.awaitility.Awaitility.await()
          .atMost(PATIENCE)
          .until(() -> doubts.contains(two + " false"));
      assertThat(doubts.indexOf(two + " true")).isBetween(0, doubts.indexOf(two + " false"));
    }
  }
}
