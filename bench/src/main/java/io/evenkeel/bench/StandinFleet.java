package io.evenkeel.bench;

import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.api.command.InspectContainerResponse;
import com.github.dockerjava.api.exception.NotFoundException;
import com.github.dockerjava.api.exception.NotModifiedException;
import com.github.dockerjava.api.model.Container;
import com.github.dockerjava.api.model.ExposedPort;
import com.github.dockerjava.api.model.HostConfig;
import com.github.dockerjava.api.model.PortBinding;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Two stand-in VPNs on the real engine, each publishing a range of ports on 127.0.0.1, and what
 * runs behind them. Everything carries one label, by which it is found and removed.
 */
final class StandinFleet implements AutoCloseable {
  static final String LABEL = "evenkeel.bench";
  private static final int CONTROL_PORT = 8000;

  private final DockerClient docker;
  private final String name;
  private final int firstPort;
  private final int ports;

  /**
   * A fleet that does not exist yet.
   *
   * @param kind part of its name
   * @param firstPort of the first VPN; the second one's follow
   * @param ports published by each VPN
   */
  StandinFleet(String kind, int firstPort, int ports) {
    var config = DefaultDockerClientConfig.createDefaultConfigBuilder().build();
    this.docker =
        DockerClientImpl.getInstance(
            config,
            new ApacheDockerHttpClient.Builder()
                .dockerHost(config.getDockerHost())
                .sslConfig(config.getSSLConfig())
                .maxConnections(100)
                .build());
    this.name = "ekb-" + kind + "-" + HexFormat.of().toHexDigits((short) new Random().nextInt());
    this.firstPort = firstPort;
    this.ports = ports;
  }

  DockerClient docker() {
    return docker;
  }

  String name() {
    return name;
  }

  String vpn(int number) {
    return name + "-vpn" + number;
  }

  /** The port that an engine's index stands for, 0 to ports - 1. */
  int port(int vpn, int index) {
    return firstPort + (vpn - 1) * ports + index;
  }

  int portsOfEach() {
    return ports;
  }

  void startVpn(int number) {
    List<PortBinding> bindings = new ArrayList<>();
    for (int i = 0; i < ports; i++) {
      int port = port(number, i);
      bindings.add(PortBinding.parse("127.0.0.1:" + port + ":" + port));
    }
    bindings.add(PortBinding.parse("127.0.0.1::" + CONTROL_PORT));
    List<ExposedPort> exposed = bindings.stream().map(PortBinding::getExposedPort).toList();
    String id =
        docker
            .createContainerCmd("evenkeel/standin-vpn")
            .withName(vpn(number))
            .withLabels(Map.of(LABEL, name))
            .withExposedPorts(exposed)
            .withHostConfig(HostConfig.newHostConfig().withPortBindings(bindings))
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
  }

  /** An engine made by hand, as the floor needs it. */
  void startEngine(int vpn, int index) {
    int port = port(vpn, index);
    String id =
        docker
            .createContainerCmd("evenkeel/standin-engine")
            .withName(name + "-engine-" + vpn + "-" + index)
            .withEnv("HTTP_PORT=" + port)
            .withLabels(
                Map.of(
                    LABEL,
                    name,
                    "acestream.vpn_container",
                    vpn(vpn),
                    "acestream.http_port",
                    Integer.toString(port)))
            .withHostConfig(
                HostConfig.newHostConfig()
                    .withNetworkMode("container:" + inspect(vpn(vpn)).getId()))
            .exec()
            .getId();
    docker.startContainerCmd(id).exec();
  }

  InspectContainerResponse inspect(String idOrName) {
    return docker.inspectContainerCmd(idOrName).exec();
  }

  Instant startedAt(String idOrName) {
    return Instant.parse(String.valueOf(inspect(idOrName).getState().getStartedAt()));
  }

  /** Running engines: those with a VPN label. */
  List<Container> engines() {
    return docker.listContainersCmd().withLabelFilter(Map.of(LABEL, name)).exec().stream()
        .filter(c -> c.getLabels().containsKey("acestream.vpn_container"))
        .toList();
  }

  /** Id and start of each running engine of one VPN: what tells whether it was touched. */
  Map<String, Instant> starts(int vpn) {
    Map<String, Instant> starts = new TreeMap<>();
    for (Container engine : engines()) {
      if (vpn(vpn).equals(engine.getLabels().get("acestream.vpn_container"))) {
        starts.put(engine.getId(), startedAt(engine.getId()));
      }
    }
    return starts;
  }

  /** A start that finds it running is one that is done. */
  void start(String idOrName) {
    try {
      docker.startContainerCmd(idOrName).exec();
    } catch (NotModifiedException already) {
      System.err.println("bench: " + idOrName + " runs already");
    }
  }

  @Override
  public void close() {
    for (Container mine :
        docker.listContainersCmd().withShowAll(true).withLabelFilter(Map.of(LABEL, name)).exec()) {
      try {
        docker.removeContainerCmd(mine.getId()).withForce(true).withRemoveVolumes(true).exec();
      } catch (NotFoundException gone) {
        System.err.println("bench: " + mine.getId() + " is gone already");
      }
    }
  }
}
