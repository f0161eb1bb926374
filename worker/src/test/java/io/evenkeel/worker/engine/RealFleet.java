package io.evenkeel.worker.engine;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.DockerException;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import io.evenkeel.worker.EvenkeelWorker;
import java.io.IOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.springframework.context.ConfigurableApplicationContext;
import org.testcontainers.DockerClientFactory;
import org.testcontainers.containers.GenericContainer;
import org.testcontainers.utility.DockerImageName;

/** Two VPN stand-ins on the real engine, and a worker with an embedded Temporal; all removed. */
final class RealFleet implements AutoCloseable {
  private static final String RUN = HexFormat.of().toHexDigits(new Random().nextInt());
  static final int PORTS = 5;

  private final DockerClient docker = DockerClientFactory.lazyClient();
  private final HttpClient http =
      HttpClient.newBuilder().connectTimeout(Duration.ofMillis(500)).build();
  private final String name;
  private final int firstPort;
  private final int temporalPort = freePort();
  private final int serverPort = freePort();
  private final List<GenericContainer<?>> started = new ArrayList<>();
  private @Nullable ConfigurableApplicationContext worker;

  RealFleet(int firstPort) {
    this.name = "ekt" + RUN + "-" + firstPort;
    this.firstPort = firstPort;
  }

  String vpn(int number) {
    return name + "-vpn" + number;
  }

  /** A VPN stand-in that publishes its engines' ports and its control server's. */
  RealFleet withVpn(int number) {
    GenericContainer<?> vpn =
        new GenericContainer<>(DockerImageName.parse("evenkeel/standin-vpn"))
            .withImagePullPolicy(_ -> false)
            .withCreateContainerCmdModifier(create -> {
              List<PortBinding> bindings = new ArrayList<>();
              for (int i = 0; i < PORTS; i++) {
                int port = port(number, i);
                bindings.add(PortBinding.parse("127.0.0.1:" + port + ":" + port));
              }
              bindings.add(PortBinding.parse("127.0.0.1::8000"));
              var _ =
                  create
                      .withName(vpn(number))
                      .withExposedPorts(bindings.stream().map(PortBinding::getExposedPort).toList())
                      .withHostConfig(HostConfig.newHostConfig().withPortBindings(bindings));
            })
            .withStartupAttempts(1);
    vpn.start();
    started.add(vpn);
    return this;
  }

  /** Another container under the same name. */
  void recreateVpn(int number) {
    var _ = docker.removeContainerCmd(vpn(number)).withForce(true).exec();
    var _ = withVpn(number);
  }

  private int port(int vpn, int engine) {
    return firstPort + 100 * (vpn - 1) + engine;
  }

  RealFleet startWorker(int target) {
    List<String> args = new ArrayList<>();
    Map<String, String> settings = new TreeMap<>();
    settings.put("EVENKEEL_FLEET", name);
    settings.put("CONTAINER_LABEL", "evenkeel.test=" + name);
    settings.put("EVENKEEL_ENGINE_IMAGE", "evenkeel/standin-engine");
    settings.put("EVENKEEL_ENGINE_PREFIX", name);
    settings.put("EVENKEEL_TEMPORAL", "embedded");
    settings.put("EVENKEEL_TEMPORAL_PORT", Integer.toString(temporalPort));
    settings.put("EVENKEEL_REACH", "host");
    settings.put("VPN_UNHEALTHY_RESTART_TIMEOUT_S", "2");
    settings.put("MONITOR_INTERVAL_S", "2");
    settings.put("MIN_REPLICAS", Integer.toString(target));
    settings.put("GLUETUN_CONTAINER_NAME", vpn(1));
    settings.put("GLUETUN_CONTAINER_NAME_2", vpn(2));
    settings.put("GLUETUN_PORT_RANGE_1", port(1, 0) + "-" + port(1, PORTS - 1));
    settings.put("GLUETUN_PORT_RANGE_2", port(2, 0) + "-" + port(2, PORTS - 1));
    settings.put("server.port", Integer.toString(serverPort));
    settings.forEach((key, value) -> args.add("--" + key + "=" + value));
    worker = EvenkeelWorker.application().run(args.toArray(String[]::new));
    return this;
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
    int answers = 0;
    for (int i = 0; i < PORTS; i++) {
      if (answers(URI.create("http://127.0.0.1:" + port(vpn, i) + "/webui/api/service"))) {
        answers++;
      }
    }
    return answers;
  }

  private boolean answers(URI uri) {
    try {
      return http.send(
                  HttpRequest.newBuilder(uri).timeout(Duration.ofSeconds(1)).build(),
                  HttpResponse.BodyHandlers.discarding())
              .statusCode()
          == 200;
    } catch (IOException refused) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** What the worker's consumers are told. */
  String fleet() throws IOException, InterruptedException {
    return http.send(
            HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + serverPort + "/fleet")).build(),
            HttpResponse.BodyHandlers.ofString())
        .body();
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

  private static int freePort() {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    } catch (IOException none) {
      throw new IllegalStateException(none);
    }
  }

  @Override
  public void close() {
    stopWorker();
    for (Container engine : all()) {
      remove(engine.getId());
    }
    remove(vpn(1));
    remove(vpn(2));
    started.forEach(GenericContainer::close);
  }

  private void remove(String container) {
    try {
      var _ = docker.removeContainerCmd(container).withForce(true).withRemoveVolumes(true).exec();
    } catch (NotFoundException gone) {
      // A test that recreates a VPN leaves nothing under the old id.
    } catch (DockerException failed) {
      throw new IllegalStateException("could not remove " + container, failed);
    }
  }
}
