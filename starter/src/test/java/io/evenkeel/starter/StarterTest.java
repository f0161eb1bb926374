package io.evenkeel.starter;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflow;
import io.evenkeel.workflow.FleetMonitorWorkflowImpl;
import io.evenkeel.workflow.MonitorState;
import io.evenkeel.workflow.TaskQueues;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import io.temporal.testserver.TestServer;
import io.temporal.testserver.TestServer.PortBoundTestServer;
import io.temporal.worker.Worker;
import io.temporal.worker.WorkerFactory;
import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.net.ServerSocket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;

/** The command line against a real monitor in a real Temporal, kept in memory. */
class StarterTest {
  private static final String FLEET = "paper";
  private static final int PORT = freePort();
  private static PortBoundTestServer server;
  private static WorkerFactory workers;
  private static WorkflowServiceStubs stubs;

  /** What a command answered. */
  private record Answer(int code, String out, String err) {
    JsonNode json() throws IOException {
      return new ObjectMapper().readTree(out);
    }
  }

  @BeforeAll
  static void aMonitorRuns() {
    server = TestServer.createPortBoundServer(PORT);
    stubs =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:" + PORT).build());
    WorkflowClient client =
        WorkflowClient.newInstance(
            stubs,
            WorkflowClientOptions.newBuilder().setDataConverter(EvenkeelData.converter()).build());
    workers = WorkerFactory.newInstance(client);
    Worker worker = workers.newWorker(TaskQueues.of(FLEET));
    worker.registerWorkflowImplementationTypes(FleetMonitorWorkflowImpl.class);
    worker.registerActivitiesImplementations(new PaperFleet());
    workers.start();
    FleetConfig config =
        new FleetConfig(
            FLEET,
            "ondemand.app=myservice",
            List.of(new VpnSpec("vpn1", 19_000, 19_499), new VpnSpec("vpn2", 19_500, 19_999)),
            FleetConfig.NO_TARGET,
            FleetConfig.MOST_ENGINES,
            Policy.defaults());
    FleetMonitorWorkflow monitor =
        client.newWorkflowStub(
            FleetMonitorWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.of(FLEET))
                .setWorkflowId(TaskQueues.monitorId(FLEET))
                .build());
    var _ = WorkflowClient.start(monitor::run, MonitorState.initial(config));
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> run("status", "--json").json().path("engines").size() == 2);
  }

  @AfterAll
  static void end() {
    workers.shutdownNow();
    stubs.shutdownNow();
    server.close();
  }

  private static Answer run(String... words) {
    List<String> all = new ArrayList<>(List.of(words));
    if (!all.contains("--temporal")) {
      all.addAll(List.of("--temporal", "127.0.0.1:" + PORT));
    }
    if (!all.contains("--fleet")) {
      all.addAll(List.of("--fleet", FLEET));
    }
    StringWriter out = new StringWriter();
    StringWriter err = new StringWriter();
    int code =
        Starter.run(
            new PrintWriter(out, true), new PrintWriter(err, true), all.toArray(String[]::new));
    return new Answer(code, out.toString(), err.toString());
  }

  @Test
  void statusTellsEachVpnAndEngine() {
    Answer answer = run("status");

    assertThat(answer.code()).isZero();
    assertThat(answer.out()).contains("vpn1", "vpn2", "acestream-1", "forwarded", "19000");
    assertThat(answer.err()).isEmpty();
  }

  @Test
  void statusAsJsonHasTheShapeThatScriptsRead() throws IOException {
    JsonNode fleet = run("status", "--json").json();

    assertThat(fleet.path("fleet").asText()).isEqualTo(FLEET);
    assertThat(fleet.path("docker").asText()).isEqualTo("available");
    assertThat(fleet.path("target").asInt()).isEqualTo(-1);
    assertThat(fleet.path("at").asText()).endsWith("Z");
    JsonNode vpn = fleet.path("vpns").path(0);
    assertThat(vpn.path("name").asText()).isEqualTo("vpn1");
    assertThat(vpn.path("state").asText()).isEqualTo("running");
    assertThat(vpn.path("engines").asInt()).isEqualTo(1);
    assertThat(vpn.path("reachable").asInt()).isEqualTo(1);
    assertThat(vpn.path("outage").isNull()).isTrue();
    JsonNode engine = fleet.path("engines").path(0);
    assertThat(engine.path("name").asText()).isEqualTo("acestream-1");
    assertThat(engine.path("vpn").asText()).isEqualTo("vpn1");
    assertThat(engine.path("host").asText()).isEqualTo("vpn1");
    assertThat(engine.path("port").asInt()).isEqualTo(19_000);
    assertThat(engine.path("state").asText()).isEqualTo("running");
    assertThat(engine.path("reachable").asBoolean()).isTrue();
    assertThat(engine.path("forwarded").asBoolean()).isTrue();
  }

  @Test
  void anUnknownVpnIsFourAndNothingIsOpened() throws IOException {
    Answer answer = run("recover", "vpn9");

    assertThat(answer.code()).isEqualTo(4);
    assertThat(answer.err())
        .hasLineCount(1)
        .startsWith("evenkeel: VPN vpn9 is not of this fleet")
        .contains("vpn1, vpn2")
        .doesNotContain("nonRetryable");
    assertThat(run("outages", "--json").json()).isEmpty();
  }

  @Test
  void aTargetOutOfRangeIsRefusedAndTheOldOneHolds() throws IOException {
    Answer answer = run("provision", "20000");

    assertThat(answer.code()).isEqualTo(2);
    assertThat(answer.err()).hasLineCount(1).contains("20000", "0 to 10000");
    assertThat(run("provision", "-1").code()).isEqualTo(2);
    assertThat(run("provision", "1001").err())
        .hasLineCount(1)
        .contains("got 1001", "0 to 1000, the ports of its VPNs");
    assertThat(run("status", "--json").json().path("target").asInt()).isEqualTo(-1);
  }

  @Test
  void anOutageThatNeverWasIsFour() {
    Answer answer = run("outage", "vpn1");

    assertThat(answer.code()).isEqualTo(4);
    assertThat(answer.err()).hasLineCount(1).contains("no outage of vpn1");
  }

  @Test
  void aFleetWithoutAMonitorIsFour() {
    Answer answer = run("status", "--fleet", "nobody");

    assertThat(answer.code()).isEqualTo(4);
    assertThat(answer.err()).hasLineCount(1).contains("nobody");
  }

  @Test
  void pauseAndResumeAreSeen() throws IOException {
    assertThat(run("pause").code()).isZero();
    assertThat(run("status", "--json").json().path("paused").asBoolean()).isTrue();
    assertThat(run("status").out()).contains("PAUSED");

    assertThat(run("resume").code()).isZero();
    assertThat(run("status", "--json").json().path("paused").asBoolean()).isFalse();
  }

  @Test
  void aWrongWordIsAUsageError() {
    for (String[] wrong : new String[][] {{"stauts"}, {"provision", "many"}, {"recover"}}) {
      Answer answer = run(wrong);

      assertThat(answer.code()).isEqualTo(2);
      assertThat(answer.err()).hasLineCount(1).contains("--help tells more");
    }
  }

  @Test
  void aTemporalThatIsNotThereIsThreeAndItsAddressIsNamed() {
    String nowhere = "127.0.0.1:" + freePort();
    Answer answer = run("status", "--temporal", nowhere);

    assertThat(answer.code()).isEqualTo(3);
    assertThat(answer.err()).hasLineCount(1).contains(nowhere);
  }

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new IllegalStateException(none);
    }
  }
}
