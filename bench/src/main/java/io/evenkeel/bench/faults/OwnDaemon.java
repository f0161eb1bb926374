package io.evenkeel.bench.faults;

import java.io.File;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * A dockerd of the bench's own, with everything that it has in one folder. Started in network,
 * mount and process namespaces of its own (bin/bench sees to that), it meets no other engine.
 */
final class OwnDaemon implements AutoCloseable {
  private static final Duration STARTS_WITHIN = Duration.ofMinutes(2);
  private static final Duration ORPHANS_END_WITHIN = Duration.ofSeconds(20);

  private final Path folder;
  private final EngineApi api;
  private Process process;

  OwnDaemon(Path folder) throws IOException, InterruptedException {
    this.folder = Files.createDirectories(folder);
    this.api = new EngineApi(folder.resolve("engine.sock"));
    this.process = launch();
    awaitAnswer();
  }

  EngineApi api() {
    return api;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            "dockerd",
            "-H",
            "unix://" + api.socket(),
            "--data-root",
            folder.resolve("data").toString(),
            "--exec-root",
            folder.resolve("exec").toString(),
            "--pidfile",
            folder.resolve("pid").toString())
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.appendTo(log()))
        .start();
  }

  private File log() {
    return folder.resolve("dockerd.log").toFile();
  }

  private void awaitAnswer() throws IOException, InterruptedException {
    Instant until = Instant.now().plus(STARTS_WITHIN);
    while (!api.answers()) {
      if (Instant.now().isAfter(until)) {
        throw new IOException("the bench's own dockerd does not answer; its log: " + log());
      }
      if (!process.isAlive()) {
        // What the killed one left behind ends with it a moment later.
        Thread.sleep(500);
        process = launch();
      }
      Thread.sleep(100);
    }
  }

  void freeze() throws IOException, InterruptedException {
    Signals.send("STOP", process.pid());
  }

  void thaw() throws IOException, InterruptedException {
    Signals.send("CONT", process.pid());
  }

  /** Ends it in good order: every container ends. */
  void stop() throws InterruptedException {
    process.destroy();
    if (!process.waitFor(90, TimeUnit.SECONDS)) {
      kill();
    }
  }

  void kill() throws InterruptedException {
    int _ = process.destroyForcibly().waitFor();
  }

  void start() throws IOException, InterruptedException {
    process = launch();
    awaitAnswer();
  }

  /** Makes the stand-in images in it. */
  void build(Path root) throws IOException, InterruptedException {
    ProcessBuilder builder = new ProcessBuilder(root.resolve("standins/build").toString());
    builder.environment().put("DOCKER_HOST", "unix://" + api.socket());
    Path out = folder.resolve("build.log");
    int status = builder.redirectErrorStream(true).redirectOutput(out.toFile()).start().waitFor();
    if (status != 0) {
      throw new IOException("the stand-in images could not be built: " + Files.readAllLines(out));
    }
  }

  /** Ends it, and what one that was killed has left running. */
  @Override
  public void close() {
    process.destroy();
    try {
      if (!process.waitFor(60, TimeUnit.SECONDS)) {
        kill();
      }
      endOrphans();
    } catch (InterruptedException interrupted) {
      var _ = process.destroyForcibly();
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Shims, and the processes of containers, that a killed daemon has left, and that its successor
   * may know nothing of: they would hold their ports against the next world. Whose parent has ended
   * becomes a child of the first process of the namespace, as is the bench; nobody else is there.
   */
  private static void endOrphans() throws InterruptedException {
    ProcessHandle bench = ProcessHandle.current();
    Instant until = Instant.now().plus(ORPHANS_END_WITHIN);
    List<ProcessHandle> orphans = orphans(bench);
    while (!orphans.isEmpty() && Instant.now().isBefore(until)) {
      // The children of a shim that ends are orphans then.
      orphans.forEach(ProcessHandle::destroyForcibly);
      Thread.sleep(50);
      orphans = orphans(bench);
    }
  }

  private static List<ProcessHandle> orphans(ProcessHandle bench) {
    return bench.parent().filter(first -> first.pid() == 1).stream()
        .flatMap(ProcessHandle::children)
        .filter(child -> !child.equals(bench) && child.isAlive())
        .toList();
  }
}
