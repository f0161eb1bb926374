package io.evenkeel.worker;

import io.evenkeel.client.TemporalConnection;
import io.grpc.Server;
import io.grpc.StatusRuntimeException;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.netty.shaded.io.grpc.netty.NettyServerBuilder;
import io.grpc.protobuf.services.HealthStatusManager;
import io.temporal.internal.testservice.TestServicesStarter;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Where Temporal is: in this process' memory, a dev server that this one starts and supervises, or
 * somebody's cluster.
 */
final class TemporalHost implements AutoCloseable {
  private static final Logger log = LoggerFactory.getLogger(TemporalHost.class);
  private static final int UI_OFFSET = 1000;

  /** The dev server answers after 1 s; one that takes so long has hung. */
  private static final Duration LONGEST_START = Duration.ofSeconds(30);

  private static final Duration CLUSTER_ASKED = Duration.ofSeconds(2);
  private static final Duration CLUSTER_ANSWERS = Duration.ofSeconds(2);
  private static final String FRONTEND = "temporal.api.workflowservice.v1.WorkflowService";

  /** How Temporal is had. */
  enum Mode {
    EMBEDDED,
    DEV,
    CLUSTER
  }

  private final Settings settings;
  private final Mode mode;
  private final @Nullable Path binary;
  private @Nullable Server embedded;
  private @Nullable TestServicesStarter memory;
  private @Nullable Process dev;
  private long devSince;
  private long clusterAskedAt;
  private boolean clusterAnswers;

  TemporalHost(Settings settings) {
    this.settings = settings;
    this.binary = binary().orElse(null);
    this.mode =
        switch (settings.temporal().where()) {
          case "embedded" -> Mode.EMBEDDED;
          case "dev" -> Mode.DEV;
          case "" -> binary != null ? Mode.DEV : Mode.EMBEDDED;
          default -> Mode.CLUSTER;
        };
  }

  Mode mode() {
    return mode;
  }

  /** host:port of the frontend. */
  String target() {
    return mode == Mode.CLUSTER
        ? settings.temporal().where()
        : "127.0.0.1:" + settings.temporal().port();
  }

  /** How it is reached. */
  TemporalConnection connection() {
    return mode == Mode.CLUSTER
        ? settings.temporal().cluster()
        : TemporalConnection.plain(target());
  }

  /** Sees to it that something answers there; called again and again. */
  void ensure() throws IOException {
    switch (mode) {
      case EMBEDDED -> ensureEmbedded();
      case DEV -> ensureDev();
      case CLUSTER -> {}
    }
  }

  private void ensureEmbedded() throws IOException {
    if (embedded != null) {
      return;
    }
    // In real time: its clock is not skipped.
    TestServicesStarter server = new TestServicesStarter(true, 0);
    NettyServerBuilder builder =
        NettyServerBuilder.forAddress(
            new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.temporal().port()));
    server.getServices().forEach(builder::addService);
    HealthStatusManager health = new HealthStatusManager();
    health.setStatus(FRONTEND, HealthCheckResponse.ServingStatus.SERVING);
    builder.addService(health.getHealthService());
    embedded = builder.build().start();
    memory = server;
    log.warn(
        "Temporal: embedded, in this process' memory on {}: it keeps NOTHING across a restart",
        target());
  }

  private void ensureDev() throws IOException {
    if (answers() || isStarting()) {
      return;
    }
    Path found = binary;
    if (found == null) {
      throw new IOException(
          "EVENKEEL_TEMPORAL=dev needs the temporal binary on PATH; bin/temporal --install builds it");
    }
    Files.createDirectories(settings.dataDir());
    Path data = settings.dataDir().toAbsolutePath();
    List<String> command =
        new ArrayList<>(
            List.of(
                "setsid",
                found.toString(),
                "server",
                "start-dev",
                "--ip",
                "127.0.0.1",
                "--port",
                Integer.toString(settings.temporal().port()),
                "--ui-port",
                Integer.toString(settings.temporal().port() + UI_OFFSET),
                "--db-filename",
                data.resolve("temporal.db").toString(),
                "--log-level",
                "error"));
    for (String attribute : List.of("EvenkeelFleet", "EvenkeelVpn", "EvenkeelPhase")) {
      command.add("--search-attribute");
      command.add(attribute + "=Keyword");
    }
    for (String partitions : List.of("Read", "Write")) {
      command.add("--dynamic-config-value");
      command.add("matching.numTaskqueue" + partitions + "Partitions=1");
    }
    File output = data.resolve("temporal.log").toFile();
    Process started =
        new ProcessBuilder(command)
            .redirectOutput(ProcessBuilder.Redirect.appendTo(output))
            .redirectErrorStream(true)
            .start();
    dev = started;
    devSince = System.nanoTime();
    log.info(
        "Temporal: dev server {} on {}, data in {}, UI at http://127.0.0.1:{}",
        started.pid(),
        target(),
        data,
        settings.temporal().port() + UI_OFFSET);
  }

  /** A second one would only find the port taken. */
  private boolean isStarting() {
    Process started = dev;
    return started != null
        && started.isAlive()
        && System.nanoTime() - devSince < LONGEST_START.toNanos();
  }

  /**
   * Whether it answers; a cluster is asked every two seconds.
   *
   * @param client of it; null: there is none yet
   */
  boolean answers(@Nullable WorkflowServiceStubs client) {
    return mode == Mode.CLUSTER ? client != null && clusterAnswers(client) : answers();
  }

  private boolean clusterAnswers(WorkflowServiceStubs client) {
    if (clusterAskedAt == 0 || System.nanoTime() - clusterAskedAt >= CLUSTER_ASKED.toNanos()) {
      clusterAnswers = isServing(client);
      clusterAskedAt = System.nanoTime();
    }
    return clusterAnswers;
  }

  /** By its own health service. One that refuses to tell is there. */
  private static boolean isServing(WorkflowServiceStubs client) {
    try {
      return HealthGrpc.newBlockingStub(client.getRawChannel())
              .withDeadlineAfter(CLUSTER_ANSWERS.toMillis(), TimeUnit.MILLISECONDS)
              .check(HealthCheckRequest.newBuilder().setService(FRONTEND).build())
              .getStatus()
          == HealthCheckResponse.ServingStatus.SERVING;
    } catch (StatusRuntimeException failure) {
      return switch (failure.getStatus().getCode()) {
        case UNAVAILABLE, DEADLINE_EXCEEDED, CANCELLED -> false;
        default -> true;
      };
    }
  }

  /** Whether something takes connections there. */
  private boolean answers() {
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(InetAddress.getLoopbackAddress(), settings.temporal().port()), 500);
      return true;
    } catch (IOException nobody) {
      return false;
    }
  }

  private static Optional<Path> binary() {
    String path = System.getenv().getOrDefault("PATH", "");
    List<Path> folders = new ArrayList<>();
    for (String folder : path.split(File.pathSeparator, -1)) {
      if (!folder.isEmpty()) {
        folders.add(Path.of(folder));
      }
    }
    folders.add(Path.of(".tools", "bin"));
    return folders.stream()
        .map(folder -> folder.resolve("temporal").toAbsolutePath())
        .filter(Files::isExecutable)
        .findFirst();
  }

  @Override
  public void close() {
    Server server = embedded;
    if (server != null) {
      server.shutdownNow();
    }
    TestServicesStarter inMemory = memory;
    if (inMemory != null) {
      inMemory.close();
    }
  }

  @Override
  public String toString() {
    return mode.name().toLowerCase(Locale.ROOT) + " " + target();
  }
}
