package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Bind;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HealthCheck;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.api.model.Ports;
import com.github.dockerjava.api.model.Volume;
import io.evenkeel.worker.EvenkeelWorker;
import io.evenkeel.workflow.EvenkeelData;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.net.http.HttpTimeoutException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Supplier;
import org.awaitility.Awaitility;
import org.awaitility.core.ConditionEvaluationListener;
import org.awaitility.core.EvaluatedCondition;
import org.awaitility.core.TimeoutEvent;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.testcontainers.DockerClientFactory;

/**
 * Two VPN stand-ins on the real engine, and a worker, in this process or in one of its own; all
 * removed at the end.
 */
final class RealFleet implements AutoCloseable {
  private static final String RUN = HexFormat.of().toHexDigits(new Random().nextInt());
  private static final AtomicInteger FLEETS = new AtomicInteger();
  private static final Set<Integer> DRAWN = ConcurrentHashMap.newKeySet();
  static final int PORTS = 5;

  private final DockerClient docker = DockerClientFactory.lazyClient();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
  private final String name;
  private final int firstPort;
  private final String temporal;
  private final int temporalPort = freePort();
  private final int serverPort = freePort();
  private final Path data;
  private final Map<String, String> more = new TreeMap<>();
  private final List<WorkflowServiceStubs> connections = new ArrayList<>();
  private final List<String> guests = new ArrayList<>();
  private @Nullable ConfigurableApplicationContext worker;
  private @Nullable Process process;

  /**
   * A fleet that does not exist yet, of a name that no other has had: what the engine was still
   * making when an earlier one was closed is none of this one's.
   *
   * @param firstPort of the first VPN's engines
   * @param temporal embedded or dev
   */
  RealFleet(int firstPort, String temporal) {
    this.name = "ekt" + RUN + "-" + firstPort + "-" + FLEETS.incrementAndGet();
    this.firstPort = firstPort;
    this.temporal = temporal;
    try {
      this.data = Files.createTempDirectory("evenkeel-test");
    } catch (IOException full) {
      throw new UncheckedIOException(full);
    }
    Awaitility.setDefaultConditionEvaluationListener(new HowItIs());
  }

  /** Whoever waits in vain is told how the fleet is then. */
  private final class HowItIs implements ConditionEvaluationListener<Object> {
    @Override
    public void conditionEvaluated(EvaluatedCondition<Object> each) {
      // Only the end counts.
    }

    @Override
    public void onTimeout(TimeoutEvent event) {
      throw new AssertionError(event.getDescription() + " " + state());
    }
  }

  /** In one line: each container as the engine lists it, who answers, what consumers are told. */
  private String state() {
    List<String> containers = new ArrayList<>();
    for (Container container : docker.listContainersCmd().withShowAll(true).exec()) {
      String called = String.join(",", container.getNames());
      if (called.contains(name)) {
        containers.add(called + " " + container.getStatus());
      }
    }
    String shown;
    try {
      shown = fleet();
    } catch (IOException none) {
      shown = none.toString();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      shown = "not asked";
    }
    return "%s; answering: %d behind the first VPN, %d behind the second; shown: %s"
        .formatted(containers, answering(1), answering(2), shown);
  }

  /** One more setting of the worker, or another value for one. */
  RealFleet with(String setting, String value) {
    var _ = more.put(setting, value);
    return this;
  }

  String vpn(int number) {
    return name + "-vpn" + number;
  }

  /** A VPN stand-in that publishes its engines' ports and its control server's. */
  RealFleet withVpn(int number) {
    return withVpn(number, 0);
  }

  /** The same, with as many more published ports as take the engine time to tear down. */
  RealFleet withVpn(int number, int morePorts) {
    List<PortBinding> bindings = new ArrayList<>();
    for (int i = 0; i < PORTS; i++) {
      int port = port(number, i);
      bindings.add(PortBinding.parse("127.0.0.1:" + port + ":" + port));
    }
    bindings.add(PortBinding.parse("127.0.0.1::8000"));
    for (int i = 0; i < morePorts; i++) {
      bindings.add(PortBinding.parse("127.0.0.1::" + (9_000 + i)));
    }
    var _ =
        docker
            .createContainerCmd("evenkeel/standin-vpn")
            .withName(vpn(number))
            .withExposedPorts(bindings.stream().map(PortBinding::getExposedPort).toList())
            // The rest of it is the image's. On a busy machine two checks can take longer than its
            // two seconds, and a VPN that is well would be restarted.
            .withHealthcheck(new HealthCheck().withTimeout(Duration.ofSeconds(30).toNanos()))
            .withHostConfig(HostConfig.newHostConfig().withPortBindings(bindings))
            .exec();
    try {
      var _ = docker.startContainerCmd(vpn(number)).exec();
    } catch (NotModifiedException runs) {
      // A worker that sees a VPN of its own which does not run may start it first.
    }
    return this;
  }

  /** Another container under the same name. */
  void recreateVpn(int number) {
    var _ = docker.removeContainerCmd(vpn(number)).withForce(true).exec();
    var _ = withVpn(number);
  }

  /** A container of somebody's own behind a VPN, with a named and an anonymous volume. */
  String withGuest(int vpn) {
    String guest = vpn(vpn) + "-guest";
    var _ =
        docker
            .createContainerCmd("evenkeel/standin-engine")
            .withName(guest)
            .withEnv("HTTP_PORT=7000")
            .withVolumes(new Volume("/anonymous"))
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withNetworkMode("container:" + inspect(vpn(vpn)).getId())
                    .withBinds(Bind.parse(guest + ":/named")))
            .exec();
    var _ = docker.startContainerCmd(guest).exec();
    guests.add(guest);
    return guest;
  }

  /** The port of a VPN's engine, on the host and behind the VPN. */
  int port(int vpn, int engine) {
    return firstPort + 100 * (vpn - 1) + engine;
  }

  private Map<String, String> settings(int target) {
    Map<String, String> settings = new TreeMap<>();
    settings.put("EVENKEEL_FLEET", name);
    settings.put("CONTAINER_LABEL", "evenkeel.test=" + name);
    settings.put("EVENKEEL_ENGINE_IMAGE", "evenkeel/standin-engine");
    settings.put("EVENKEEL_ENGINE_PREFIX", name);
    settings.put("EVENKEEL_TEMPORAL", temporal);
    settings.put("EVENKEEL_TEMPORAL_PORT", Integer.toString(temporalPort));
    settings.put("EVENKEEL_DATA_DIR", data.toString());
    settings.put("EVENKEEL_REACH", "host");
    settings.put("VPN_UNHEALTHY_RESTART_TIMEOUT_S", "2");
    settings.put("MONITOR_INTERVAL_S", "2");
    settings.put("MIN_REPLICAS", Integer.toString(target));
    settings.put("GLUETUN_CONTAINER_NAME", vpn(1));
    settings.put("GLUETUN_CONTAINER_NAME_2", vpn(2));
    settings.put("GLUETUN_PORT_RANGE_1", port(1, 0) + "-" + port(1, PORTS - 1));
    settings.put("GLUETUN_PORT_RANGE_2", port(2, 0) + "-" + port(2, PORTS - 1));
    settings.put("SERVER_PORT", Integer.toString(serverPort));
    settings.putAll(more);
    return settings;
  }

  /** A worker in this process. */
  RealFleet startWorker(int target) {
    List<String> args = new ArrayList<>();
    settings(target).forEach((key, value) -> args.add("--" + key + "=" + value));
    worker = EvenkeelWorker.application().run(args.toArray(String[]::new));
    return this;
  }

  /** A worker in a process of its own, which can be killed. */
  RealFleet startWorkerProcess(int target) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            System.getProperty("surefire.test.class.path", System.getProperty("java.class.path")),
            EvenkeelWorker.class.getName());
    builder.environment().putAll(settings(target));
    process =
        builder
            .redirectErrorStream(true)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(data.resolve("worker.log").toFile()))
            .start();
    return this;
  }

  /** kill -9 of the dev server that the worker has started; the worker starts another one. */
  void killTemporal() throws IOException {
    String database = data.resolve("temporal.db").toString();
    List<ProcessHandle> servers =
        ProcessHandle.allProcesses()
            .filter(p -> p.info().arguments().map(a -> List.of(a).contains(database)).orElse(false))
            .toList();
    if (servers.isEmpty()) {
      throw new IOException("no dev server with " + database);
    }
    for (ProcessHandle server : servers) {
      boolean _ = server.destroyForcibly();
    }
  }

  /** A client of this fleet's Temporal, until the fleet is closed. */
  WorkflowClient connect() {
    WorkflowServiceStubs made =
        WorkflowServiceStubs.newServiceStubs(
            WorkflowServiceStubsOptions.newBuilder()
                .setTarget("127.0.0.1:" + temporalPort)
                .build());
    connections.add(made);
    return WorkflowClient.newInstance(
        made,
        WorkflowClientOptions.newBuilder().setDataConverter(EvenkeelData.converter()).build());
  }

  /** A folder of this fleet's own. */
  Path data() {
    return data;
  }

  /** What the worker process has said so far. */
  String log() throws IOException {
    return Files.readString(data.resolve("worker.log"));
  }

  /** kill -9 of the worker's process. */
  void killWorkerProcess() throws InterruptedException {
    Process running = process;
    if (running != null) {
      int _ = running.destroyForcibly().waitFor();
      process = null;
    }
  }

  /** Stops the worker, and with it everything that its embedded Temporal knew. */
  void stopWorker() {
    ConfigurableApplicationContext running = worker;
    if (running != null) {
      running.close();
      worker = null;
    }
  }

  DockerClient docker() {
    return docker;
  }

  /** Ends a container's process as the kernel would; needs root, as the engine does. */
  void crash(String container) throws IOException {
    Long pid = inspect(container).getState().getPidLong();
    if (pid == null || ProcessHandle.of(pid).filter(ProcessHandle::destroyForcibly).isEmpty()) {
      throw new IOException("cannot kill the process " + pid + " of " + container);
    }
  }

  InspectContainerResponse inspect(String container) {
    return docker.inspectContainerCmd(container).exec();
  }

  /** The engines of a VPN by name, with their last start. */
  Map<String, String> engines(int vpn) {
    Map<String, String> starts = new TreeMap<>();
    for (Container engine : all()) {
      if (vpn(vpn).equals(engine.getLabels().get("acestream.vpn_container"))) {
        try {
          starts.put(
              engine.getNames()[0],
              String.valueOf(inspect(engine.getId()).getState().getStartedAt()));
        } catch (NotFoundException replaced) {
          // Between the list and the inspect: the next look sees its successor.
        }
      }
    }
    return starts;
  }

  List<Container> all() {
    return docker
        .listContainersCmd()
        .withShowAll(true)
        .withLabelFilter(Map.of("evenkeel.test", name))
        .exec();
  }

  /** How many of a VPN's engines answer HTTP through it now. */
  int answering(int vpn) {
    return answering(vpn, 1);
  }

  /** The same, but who only is slow is asked ten times: the machine may be busy. */
  int answeringHoweverSlowly(int vpn) {
    return answering(vpn, 10);
  }

  private int answering(int vpn, int tries) {
    int count = 0;
    for (int i = 0; i < PORTS; i++) {
      URI uri = URI.create("http://127.0.0.1:" + port(vpn, i) + "/webui/api/service");
      count += answers(uri, tries) ? 1 : 0;
    }
    return count;
  }

  /** Who has refused it has answered: only one that is late is asked again. */
  private boolean answers(URI uri, int tries) {
    try {
      return http.send(
                  HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(1)).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (HttpTimeoutException late) {
      return tries > 1 && answers(uri, tries - 1);
    } catch (IOException refused) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What the worker's consumers are told. */
  String fleet() throws IOException, InterruptedException {
    return get("/fleet");
  }

  /** An answer of the worker's own HTTP. */
  String get(String path) throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serverPort + path)).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
  }

  /** Whether consumers are told that all ten are theirs, and the guests are attached. */
  boolean allTenAreShown() {
    try {
      return fleet().split("\"reachable\":true", -1).length == 11 + guests.size();
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** The port that a VPN's control server says is forwarded. */
  int forwardedPort(int vpn) throws IOException, InterruptedException {
    Ports.Binding[] bound =
        inspect(vpn(vpn)).getNetworkSettings().getPorts().getBindings().get(ExposedPort.tcp(8000));
    if (bound == null || bound.length == 0) {
      throw new IOException(vpn(vpn) + " publishes no control server");
    }
    String published = bound[0].getHostPortSpec();
    String answer =
        http.send(
                HttpRequest.newBuilder(
                        URI.create("http://127.0.0.1:" + published + "/v1/portforward"))
                    .timeout(Duration.ofSeconds(10))
                    .build(),
                HttpResponse.BodyHandlers.ofString())
            .body();
    return Integer.parseInt(answer.replaceAll("[^0-9]", ""));
  }

  /** How many engines run now. */
  int running() {
    return docker.listContainersCmd().withLabelFilter(Map.of("evenkeel.test", name)).exec().size();
  }

  /** The value of the label that all of them carry. */
  String label() {
    return name;
  }

  /** The name, with its slash, of a VPN's one forwarded engine. */
  String forwardedEngine(int vpn) {
    return all().stream()
        .filter(c -> vpn(vpn).equals(c.getLabels().get("acestream.vpn_container")))
        .filter(c -> "true".equals(c.getLabels().get("acestream.forwarded")))
        .map(c -> c.getNames()[0])
        .findFirst()
        .orElseThrow();
  }

  /** The peer-to-peer port that a VPN's one forwarded engine was made with. */
  int forwardedEnginesPort(int vpn) {
    List<String> ports =
        all().stream()
            .map(Container::getLabels)
            .filter(l -> vpn(vpn).equals(l.get("acestream.vpn_container")))
            .filter(l -> "true".equals(l.get("acestream.forwarded")))
            .map(l -> l.get("evenkeel.p2p_port"))
            .toList();
    return ports.size() == 1 ? Integer.parseInt(ports.getFirst()) : -ports.size();
  }

  /**
   * Whether there are so many engines and no more, and each VPN's forwarded one has the port that
   * is forwarded. One that has not is made anew at the monitor's next look, for a moment beside the
   * one that it replaces.
   */
  boolean isSettled(int engines) {
    try {
      return all().size() == engines
          && forwardedEnginesPort(1) == forwardedPort(1)
          && forwardedEnginesPort(2) == forwardedPort(2);
    } catch (DockerException | IOException | NumberFormatException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Whether five and five are there and stay, answer, and are shown. */
  boolean isFiveAndFive() {
    return isSettled(2 * PORTS)
        && answering(1) == PORTS
        && answering(2) == PORTS
        && allTenAreShown();
  }

  boolean outageIsOpen() {
    try {
      return fleet().contains("\"phase\"");
    } catch (IOException notYet) {
      return true;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return true;
    }
  }

  /** One that was free just now, as was its Temporal's UI's; neither is drawn again. */
  private static int freePort() {
    // Below the range that outgoing connections take theirs from.
    for (int tries = 0; tries < 100; tries++) {
      int port = 23_000 + new Random().nextInt(6_000);
      try (ServerSocket socket = new ServerSocket(port);
          ServerSocket ui = new ServerSocket(port + 1000)) {
        if (DRAWN.add(socket.getLocalPort()) && DRAWN.add(ui.getLocalPort())) {
          return port;
        }
      } catch (IOException taken) {
        // Another one.
      }
    }
    throw new IllegalStateException("no free port between 23000 and 29000");
  }

  @Override
  public void close() {
    Awaitility.reset();
    connections.forEach(WorkflowServiceStubs::shutdownNow);
    stopWorker();
    Process running = process;
    if (running != null) {
      var _ = running.destroyForcibly();
    }
    // The dev server outlives its worker, as it should; this one is known by its data folder.
    ProcessHandle.allProcesses()
        .filter(p -> p.info().commandLine().orElse("").contains(data.toString()))
        .forEach(ProcessHandle::destroy);
    // An engine that is asked for something goes on with it when who has asked is gone; a busy one
    // may fail for once, and takes its time for a VPN with hundreds of ports.
    await()
        .pollDelay(Duration.ofMillis(500))
        .pollInterval(Duration.ofMillis(500))
        .atMost(Duration.ofMinutes(5))
        .ignoreExceptionsInstanceOf(DockerException.class)
        .untilAsserted(() -> assertThat(left()).as("left of the fleet").isEmpty());
  }

  /** Removes what is there yet: what it was, and how that went. */
  private List<String> left() {
    List<String> containers = new ArrayList<>();
    all().forEach(engine -> containers.add(engine.getId()));
    containers.addAll(guests);
    containers.addAll(List.of(vpn(1), vpn(2)));
    List<String> left = new ArrayList<>();
    for (String container : containers) {
      remove(
          container,
          docker.removeContainerCmd(container).withForce(true).withRemoveVolumes(true)::exec,
          left);
    }
    for (String guest : guests) {
      remove(guest + "'s volume", docker.removeVolumeCmd(guest)::exec, left);
    }
    return left;
  }

  private static void remove(String what, Supplier<?> removal, List<String> left) {
    try {
      var _ = removal.get();
      left.add(what + ": removed");
    } catch (NotFoundException gone) {
      // The engine says so.
    } catch (DockerException notYet) {
      left.add(what + ": " + notYet.getMessage());
    }
  }
}
