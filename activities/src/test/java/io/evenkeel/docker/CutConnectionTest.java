package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.port.Containers;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.junit.jupiter.api.Test;

/**
 * Seed 2743 of the fault bench: every connection was cut once, and a VPN could not be started for
 * minutes: the transport repeats a GET that meets a dead connection, and never a POST.
 */
class CutConnectionTest {
  private static final Duration TIMEOUT = Duration.ofSeconds(20);

  @Test
  void aStartAfterEveryConnectionWasCutMeetsALiveOne() throws IOException {
    try (ScriptedEngine engine =
            new ScriptedEngine()
                .answers("GET /containers/json", "[]")
                .answers("POST /containers/vpn/start", "");
        SocketProxy proxy = new SocketProxy(Path.of(engine.host().substring("unix://".length())));
        DockerContainers containers =
            new DockerContainers(
                new DockerSettings(proxy.host(), TIMEOUT, "ondemand.app"),
                new SimpleMeterRegistry())) {
      try (ExecutorService many = Executors.newVirtualThreadPerTaskExecutor()) {
        for (int call = 0; call < 40; call++) {
          var _ = many.submit(containers::list);
        }
      }
      proxy.cut();
      for (int call = 0; call < 40; call++) {
        assertThat(containers.start("vpn")).isEqualTo(Containers.Outcome.DONE);
      }
    }
  }
}
