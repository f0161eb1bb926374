package io.evenkeel.worker;

import java.io.File;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * A worker in a process of its own, which has no other setting than the test's, and a Docker engine
 * that takes connections and never answers.
 */
final class WorkerProcess implements AutoCloseable {
  private static final Set<Integer> DRAWN = ConcurrentHashMap.newKeySet();

  private final Path folder = Files.createTempDirectory("evenkeel-worker");
  private final ServerSocketChannel docker = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
  private final Path log = folder.resolve("worker.log");
  private final Path data = folder.resolve("data");
  private final Process process;

  /** Starts it; where a test sets what is set here, the test's counts. */
  WorkerProcess(Map<String, String> settings) throws IOException {
    Path socket = folder.resolve("docker.sock");
    var _ = docker.bind(UnixDomainSocketAddress.of(socket));
    var _ = docker.configureBlocking(false);
    ProcessBuilder builder =
        new ProcessBuilder(
            Path.of(System.getProperty("java.home"), "bin", "java").toString(),
            "-XX:TieredStopAtLevel=1",
            "-XX:+UseSerialGC",
            "--enable-native-access=ALL-UNNAMED",
            "-cp",
            classPath(),
            EvenkeelWorker.class.getName());
    builder.environment().clear();
    builder.environment().put("DOCKER_HOST", "unix://" + socket);
    builder.environment().put("EVENKEEL_DATA_DIR", data.toString());
    builder.environment().putAll(settings);
    process =
        builder
            .directory(folder.toFile())
            .redirectErrorStream(true)
            .redirectOutput(log.toFile())
            .start();
  }

  /** Without the tests and their logging. */
  private static String classPath() {
    String ours =
        System.getProperty("surefire.test.class.path", System.getProperty("java.class.path"));
    return Stream.of(ours.split(File.pathSeparator, -1))
        .filter(entry -> !entry.matches(".*(test-classes/?|-tests\\.jar)"))
        .collect(Collectors.joining(File.pathSeparator));
  }

  /** One that was free just now, and another one each time. */
  static String freePort() {
    // Below the range that outgoing connections take theirs from, and above the fleets' ports.
    for (int tries = 0; tries < 100; tries++) {
      int port = 30_500 + new Random().nextInt(2_000);
      try (ServerSocket free = new ServerSocket(port, 1, InetAddress.getLoopbackAddress())) {
        if (DRAWN.add(free.getLocalPort())) {
          return Integer.toString(port);
        }
      } catch (IOException taken) {
        // Another one.
      }
    }
    throw new IllegalStateException("no free port between 30500 and 32500");
  }

  /** Its exit code, when it has ended by itself. */
  int exitCode() throws InterruptedException {
    return process.waitFor();
  }

  /** Everything that it has printed so far. */
  String output() throws IOException {
    return Files.readString(log);
  }

  /** Whether it has connected to the Docker engine since this was last asked. */
  boolean hasAskedDocker() throws IOException {
    try (SocketChannel asking = docker.accept()) {
      return asking != null;
    }
  }

  /** What is in its working directory that it was not given. */
  List<Path> left() throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> !file.equals(log) && !file.endsWith("docker.sock"))
          .sorted()
          .toList();
    }
  }

  @Override
  public void close() throws IOException {
    Process _ = process.destroyForcibly().onExit().join();
    docker.close();
    try (Stream<Path> files = Files.walk(folder)) {
      for (Path file : files.sorted(Comparator.reverseOrder()).toList()) {
        Files.delete(file);
      }
    }
  }
}
