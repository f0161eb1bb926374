package io.evenkeel.worker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.grpc.Server;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/** Somebody's cluster, of which a worker knows no more than what it says. */
@Timeout(300)
@Execution(ExecutionMode.CONCURRENT)
class TemporalHostTest {
  private static final String FRONTEND = "temporal.api.workflowservice.v1.WorkflowService";
  private static final Duration LONG = Duration.ofMinutes(2);

  private static TemporalHost cluster(int port) {
    return new TemporalHost(Settings.read(Map.of("EVENKEEL_TEMPORAL", "127.0.0.1:" + port)::get));
  }

  private static WorkflowServiceStubs client(TemporalHost host) throws IOException {
    WorkflowServiceStubsOptions options = host.connection().options().build();
    return WorkflowServiceStubs.newServiceStubs(options);
  }

  @Test
  void aClusterIsThereAsLongAsItsHealthServiceSaysSo() throws IOException {
    HealthStatusManager health = new HealthStatusManager();
    Server server =
        NettyServerBuilder.forAddress(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0))
            .addService(health.getHealthService())
            .build()
            .start();
    TemporalHost host = cluster(server.getPort());
    WorkflowServiceStubs client = client(host);
    try {
      health.setStatus(FRONTEND, ServingStatus.SERVING);
      await().atMost(LONG).until(() -> host.answers(client));
      health.setStatus(FRONTEND, ServingStatus.NOT_SERVING);
      await().atMost(LONG).until(() -> !host.answers(client));
      health.setStatus(FRONTEND, ServingStatus.SERVING);
      await().atMost(LONG).until(() -> host.answers(client));
      var _ = server.shutdownNow();
      await().atMost(LONG).until(() -> !host.answers(client));
    } finally {
      client.shutdownNow();
      var _ = server.shutdownNow();
    }
  }

  @Test
  void oneThatTakesConnectionsAndSaysNothingIsNotThere() throws IOException {
    try (ServerSocket silent = new ServerSocket(0, 50, InetAddress.getLoopbackAddress())) {
      TemporalHost host = cluster(silent.getLocalPort());
      WorkflowServiceStubs client = client(host);
      try {
        assertThat(host.answers(client)).isFalse();
      } finally {
        client.shutdownNow();
      }
    }
  }
}
