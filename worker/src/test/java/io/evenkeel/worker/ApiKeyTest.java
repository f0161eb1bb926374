package io.evenkeel.worker;

import static java.util.Objects.requireNonNull;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.workflow.EvenkeelData;
import io.evenkeel.workflow.FleetMonitorWorkflow;
import io.evenkeel.workflow.MonitorState;
import io.evenkeel.workflow.TaskQueues;
import io.temporal.api.history.v1.History;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.client.WorkflowOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** A worker with an API_KEY: who knows it may tell of streams, and nobody is told the key. */
@Tag("long")
@Timeout(300)
class ApiKeyTest {
  private static final String KEY = "k3y-Of-The-House";
  private static final String GUESS = "a-Gu3ss-At-It";
  private static final String FLEET = "keyed";
  private static final String STARTED =
      """
      {"container_id": "c1", "stream": {"key": "0a1b2c"}, "session": {"playback_session_id": "s1"}}
      """;
  private static final String ENDED = "{\"container_id\": \"c1\", \"stream_id\": \"0a1b2c|s1\"}";
  private static final Duration LONG = Duration.ofMinutes(2);

  private final HttpClient http = HttpClient.newHttpClient();
  private final String port = WorkerProcess.freePort();
  private final String temporalPort = WorkerProcess.freePort();
  private final List<String> answers = new ArrayList<>();

  @Test
  void whoKnowsItIsHeardNobodyElseIsAndItIsShownToNobody() throws Exception {
    Map<String, String> settings =
        Map.of(
            "API_KEY", KEY,
            "EVENKEEL_FLEET", FLEET,
            "EVENKEEL_TEMPORAL", "embedded",
            "EVENKEEL_TEMPORAL_PORT", temporalPort,
            "SERVER_PORT", port);
    try (WorkerProcess worker = new WorkerProcess(settings)) {
      // It does so when Temporal has answered.
      await().atMost(LONG).until(worker::hasAskedDocker);
      WorkflowServiceStubs temporal = connection();
      try {
        WorkflowClient client = client(temporal);
        watch(client, Settings.read(settings::get).config());

        for (String path : List.of("/events/stream_started", "/events/stream_ended")) {
          String body = path.endsWith("ended") ? ENDED : STARTED;
          assertThat(post(path, body, "")).isEqualTo(401);
          assertThat(post(path, body, "Basic " + GUESS)).isEqualTo(401);
          for (String wrong :
              List.of(GUESS, KEY + "x", KEY.substring(1), KEY.toLowerCase(Locale.ROOT))) {
            assertThat(post(path, body, "Bearer " + wrong)).as(wrong).isEqualTo(403);
          }
          assertThat(answers.getLast()).contains("\"detail\":\"invalid token\"");
          assertThat(post(path, "{}", "Bearer " + KEY)).isEqualTo(422);
          assertThat(answers.getLast())
              .contains("\"detail\":\"container_id: takes 1 to 256 characters\"");
          assertThat(told(client)).isEmpty();
        }
        assertThat(post("/events/stream_started", STARTED, "Bearer " + KEY)).isEqualTo(200);
        assertThat(post("/events/stream_ended", ENDED, "Bearer " + KEY)).isEqualTo(200);
        // The server may write what it has taken a moment later.
        await()
            .atMost(LONG)
            .untilAsserted(
                () -> assertThat(told(client)).containsExactly("streamStarted", "streamEnded"));

        for (String path :
            List.of("/engines", "/fleet", "/actuator/health", "/actuator/prometheus")) {
          int _ = get(path);
        }
        assertThat(words(client)).doesNotContain(KEY, GUESS);
      } finally {
        temporal.shutdownNow();
      }
      assertThat(answers).noneMatch(answer -> answer.contains(KEY) || answer.contains(GUESS));
      assertThat(worker.output()).contains("fleet " + FLEET).doesNotContain(KEY, GUESS);
    }
  }

  private WorkflowServiceStubs connection() {
    return WorkflowServiceStubs.newServiceStubs(
        WorkflowServiceStubsOptions.newBuilder().setTarget("127.0.0.1:" + temporalPort).build());
  }

  private static WorkflowClient client(WorkflowServiceStubs temporal) {
    return WorkflowClient.newInstance(
        temporal,
        WorkflowClientOptions.newBuilder().setDataConverter(EvenkeelData.converter()).build());
  }

  /** The worker would begin it when Docker has answered. */
  private static void watch(WorkflowClient client, FleetConfig config) {
    FleetMonitorWorkflow monitor =
        client.newWorkflowStub(
            FleetMonitorWorkflow.class,
            WorkflowOptions.newBuilder()
                .setTaskQueue(TaskQueues.of(FLEET))
                .setWorkflowId(TaskQueues.monitorId(FLEET))
                .build());
    var _ = WorkflowClient.start(monitor::run, MonitorState.initial(config));
  }

  private static History history(WorkflowClient client) {
    return client.fetchHistory(TaskQueues.monitorId(FLEET)).getHistory();
  }

  /** What the monitor was told, in its order. */
  private static List<String> told(WorkflowClient client) {
    return history(client).getEventsList().stream()
        .filter(event -> event.hasWorkflowExecutionSignaledEventAttributes())
        .map(event -> event.getWorkflowExecutionSignaledEventAttributes().getSignalName())
        .toList();
  }

  /** All that is kept of it. */
  private static String words(WorkflowClient client) {
    return history(client).toByteString().toString(StandardCharsets.ISO_8859_1);
  }

  private int post(String path, String body, String authorization) throws Exception {
    HttpRequest.Builder request =
        request(path)
            .header("Content-Type", "application/json")
            .POST(HttpRequest.BodyPublishers.ofString(body));
    if (!authorization.isEmpty()) {
      var _ = request.header("Authorization", authorization);
    }
    return status(request);
  }

  private int get(String path) throws Exception {
    return status(request(path));
  }

  private HttpRequest.Builder request(String path) {
    return HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path)).timeout(LONG);
  }

  private int status(HttpRequest.Builder request) throws Exception {
    HttpResponse<String> answer = http.send(request.build(), HttpResponse.BodyHandlers.ofString());
    answers.add(requireNonNull(answer.body()) + answer.headers().map());
    return answer.statusCode();
  }
}
