package io.evenkeel.starter;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.net.ServerSocket;
import org.junit.jupiter.api.Test;

class StarterTest {
  @Test
  void aWrongWordIsAUsageError() {
    assertThat(Starter.run("stauts")).isEqualTo(2);
    assertThat(Starter.run("provision", "many")).isEqualTo(2);
    assertThat(Starter.run("recover")).isEqualTo(2);
  }

  @Test
  void aTemporalThatIsNotThereIsThree() throws IOException {
    int port;
    try (ServerSocket socket = new ServerSocket(0)) {
      port = socket.getLocalPort();
    }
    assertThat(Starter.run("status", "--temporal", "127.0.0.1:" + port)).isEqualTo(3);
  }
}
