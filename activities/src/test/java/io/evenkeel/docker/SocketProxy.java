package io.evenkeel.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A real unix socket between the tests and an engine: hands on bytes, holds them back, cuts what is
 * open, refuses, or, with nobody behind it, takes connections and never answers.
 */
public final class SocketProxy implements AutoCloseable {
  private final Path folder;
  private final Path path;
  private final @Nullable Path engine;
  private final List<String> swallowed;
  private final List<SocketChannel> open = new CopyOnWriteArrayList<>();
  private @Nullable ServerSocketChannel server;

  /** What hands on bytes waits for it; open unless it hangs. */
  private volatile CountDownLatch gate = new CountDownLatch(0);

  /**
   * Listens at once.
   *
   * @param engine null: nobody, so that nothing is ever answered
   */
  public SocketProxy(@Nullable Path engine) throws IOException {
    this(engine, List.of());
  }

  /**
   * Listens at once.
   *
   * @param swallowed requests whose line contains one of these are taken and never answered
   */
  public SocketProxy(@Nullable Path engine, List<String> swallowed) throws IOException {
    this.swallowed = List.copyOf(swallowed);
    this.folder = Files.createTempDirectory("evenkeel-socket");
    this.path = folder.resolve("s");
    this.engine = engine;
    listen();
  }

  public String host() {
    return "unix://" + path;
  }

  /** Takes connections, again after {@link #refuse}. */
  public void listen() throws IOException {
    Files.deleteIfExists(path);
    ServerSocketChannel listening = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
    listening.bind(UnixDomainSocketAddress.of(path));
    server = listening;
    Thread _ = Thread.ofVirtual().start(() -> accept(listening));
  }

  private void accept(ServerSocketChannel listening) {
    try {
      while (true) {
        SocketChannel client = listening.accept();
        open.add(client);
        if (engine != null) {
          connect(client, engine);
        }
      }
    } catch (IOException closed) {
      cut();
    }
  }

  /** An engine that does not take this connection may take the next. */
  private void connect(SocketChannel client, Path to) throws IOException {
    SocketChannel upstream;
    try {
      upstream = SocketChannel.open(UnixDomainSocketAddress.of(to));
    } catch (IOException refused) {
      client.close();
      return;
    }
    open.add(upstream);
    Thread _ = Thread.ofVirtual().start(() -> copy(client, upstream, swallowed));
    Thread _ = Thread.ofVirtual().start(() -> copy(upstream, client, List.of()));
  }

  private void copy(SocketChannel from, SocketChannel to, List<String> swallowed) {
    ByteBuffer bytes = ByteBuffer.allocate(16 * 1024);
    try (from;
        to) {
      while (from.read(bytes) >= 0) {
        bytes.flip();
        String text = StandardCharsets.ISO_8859_1.decode(bytes.duplicate()).toString();
        String line = text.substring(0, Math.max(0, text.indexOf("\r\n")));
        if (swallowed.stream().anyMatch(line::contains)) {
          bytes.clear();
          continue;
        }
        gate.await();
        while (bytes.hasRemaining()) {
          int _ = to.write(bytes);
        }
        bytes.clear();
      }
    } catch (IOException cut) {
      bytes.clear();
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  /**
   * Connections are taken and nothing is handed on, either way, until {@link #resume}: what was
   * sent meanwhile arrives then, though its sender may have given up.
   */
  public void hang() {
    gate = new CountDownLatch(1);
  }

  /** The end of {@link #hang}. */
  public void resume() {
    gate.countDown();
  }

  /**
   * Ends every connection that is open; new ones are taken. Forgets those alone: who is cut first
   * is back before the last is cut, and must be known to the next cut.
   */
  public void cut() {
    List<SocketChannel> now = List.copyOf(open);
    for (SocketChannel channel : now) {
      try {
        channel.close();
      } catch (IOException broken) {
        throw new UncheckedIOException(broken);
      }
    }
    open.removeAll(now);
  }

  /** The engine is gone: every connection ends and none is taken. */
  public void refuse() throws IOException {
    ServerSocketChannel listening = server;
    if (listening != null) {
      listening.close();
    }
    cut();
  }

  @Override
  public void close() throws IOException {
    refuse();
    resume();
    Files.deleteIfExists(path);
    Files.deleteIfExists(folder);
  }
}
