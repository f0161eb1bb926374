package io.evenkeel.bench.faults;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * The socket through which the worker talks to the engine. It hands requests on as they are, except
 * while a fault of the socket is on. Thread-safe; faults may overlap.
 */
final class FaultyProxy implements AutoCloseable {
  private final Path path;
  private final Path engine;
  private final CurrentFaults faults = new CurrentFaults();
  private final Set<ProxiedConnection> open = ConcurrentHashMap.newKeySet();
  private @Nullable ServerSocketChannel server;
  private int refusals;
  private boolean closed;

  /**
   * Listens at once.
   *
   * @param path of its own socket
   * @param engine the engine's socket
   */
  FaultyProxy(Path path, Path engine) throws IOException {
    this.path = path;
    this.engine = engine;
    listen();
  }

  private synchronized void listen() throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(path));
    server = listening;
    Thread _ = Thread.ofVirtual().start(() -> accept(listening));
  }

  private void accept(ServerSocketChannel listening) {
    try {
      while (true) {
        take(listening, new ProxiedConnection(listening.accept(), engine, faults));
      }
    } catch (IOException refusing) {
      // Until the next listen.
    }
  }

  /** One that was accepted just before the socket went away goes with it. */
  private synchronized void take(ServerSocketChannel from, ProxiedConnection connection) {
    if (!from.isOpen()) {
      connection.close();
      return;
    }
    open.add(connection);
    Thread _ = Thread.ofVirtual().start(() -> serve(connection));
  }

  private void serve(ProxiedConnection connection) {
    try {
      connection.serve();
    } finally {
      open.remove(connection);
    }
  }

  private synchronized void refuse() throws IOException {
    ServerSocketChannel listening = server;
    if (listening != null) {
      listening.close();
    }
    Files.deleteIfExists(path);
    cut(Paths.ALL);
  }

  /** A fault of the socket or of a stream begins; one that is a moment is over at once. */
  void begin(Fault fault) throws IOException {
    switch (fault.kind()) {
      case EVENTS_CUT -> cut(Paths.EVENTS);
      case LOGS_CUT -> cut(Paths.LOGS);
      case SOCKET_REFUSES -> beginRefusal();
      case SOCKET_RESETS -> {
        faults.begin(fault);
        cut(fault.paths());
      }
      default -> faults.begin(fault);
    }
  }

  void end(Fault fault) throws IOException {
    faults.end(fault);
    if (fault.kind() == Kind.SOCKET_REFUSES) {
      endRefusal();
    }
  }

  private synchronized void beginRefusal() throws IOException {
    refusals++;
    refuse();
  }

  /** There is a socket again when the last refusal is over. */
  private synchronized void endRefusal() throws IOException {
    refusals--;
    if (refusals == 0 && !closed) {
      listen();
    }
  }

  private void cut(Paths paths) {
    for (ProxiedConnection connection : open) {
      if (connection.isFor(paths)) {
        connection.close();
      }
    }
  }

  @Override
  public synchronized void close() throws IOException {
    closed = true;
    refuse();
    faults.awaitNoMore();
  }
}
