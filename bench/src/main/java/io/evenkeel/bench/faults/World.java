package io.evenkeel.bench.faults;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.concurrent.CountDownLatch;

/** An engine, a fleet on it, the proxy and a worker: what a sequence happens to. */
final class World implements AutoCloseable {
  private final OwnDaemon daemon;
  private final Fleet fleet;
  private final FaultyProxy proxy;
  private final Worker worker;

  /**
   * Makes the fleet and starts the worker.
   *
   * @param folder for this world alone; its path is short, since it has a socket in it
   */
  World(OwnDaemon daemon, Worker.Commands commands, Path folder, Size size) throws IOException {
    this.daemon = daemon;
    Files.createDirectories(folder);
    this.fleet = new Fleet(daemon.api(), size.engines(), size.firstPort());
    this.fleet.make();
    Path socket = folder.resolve("proxy.sock");
    this.proxy = new FaultyProxy(socket, daemon.api().socket());
    this.worker = new Worker(commands, folder.resolve("data"), socket, fleet.settings());
    this.worker.start();
  }

  /**
   * How large a fleet is.
   *
   * @param engines an even number
   * @param firstPort of the published ones; 200 are needed
   */
  record Size(int engines, int firstPort) {}

  /** Waits until the fleet is as wanted for the first time. */
  void awaitWell(Duration longest) throws IOException, InterruptedException {
    Timeline timeline = new Timeline();
    Judge judge = new Judge(fleet, worker, timeline);
    if (!judge.await(new CountDownLatch(0), longest).is()) {
      throw new IOException("no fleet within " + longest + ": " + timeline.lines());
    }
  }

  Fleet fleet() {
    return fleet;
  }

  Worker worker() {
    return worker;
  }

  FaultyProxy proxy() {
    return proxy;
  }

  OwnDaemon daemon() {
    return daemon;
  }

  /** Ends the worker; the containers end with their engine, which its owner closes. */
  @Override
  public void close() throws IOException {
    worker.close();
    proxy.close();
  }
}
