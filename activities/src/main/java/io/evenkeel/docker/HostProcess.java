package io.evenkeel.docker;

import java.io.IOException;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/**
 * A process of this host, held by the kernel's own handle (pidfd): its end is known in the same
 * millisecond, without asking anybody again and again, and a number that is given to another
 * process cannot deceive.
 */
final class HostProcess implements AutoCloseable {
  /** The same number on every architecture (Linux 5.3). */
  private static final long PIDFD_OPEN = 434;

  private static final short POLLIN = 1;

  /** It has been reaped, too. */
  private static final short POLLHUP = 16;

  private static final int POLLFD_BYTES = 8;
  private static final int POLLFD_EVENTS = 4;
  private static final int POLLFD_ANSWER = 6;
  private static final int SHORTEST_ID = 12;

  private final int handle;
  private boolean closed;

  private HostProcess(int handle) {
    this.handle = handle;
  }

  /** The kernel's functions; looked up when the first process is held. */
  private static final class Kernel {
    static final MethodHandle SYSCALL =
        function(
            "syscall",
            FunctionDescriptor.of(
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_LONG),
            Linker.Option.firstVariadicArg(1));
    static final MethodHandle POLL =
        function(
            "poll",
            FunctionDescriptor.of(
                ValueLayout.JAVA_INT,
                ValueLayout.ADDRESS,
                ValueLayout.JAVA_LONG,
                ValueLayout.JAVA_INT));
    static final MethodHandle CLOSE =
        function("close", FunctionDescriptor.of(ValueLayout.JAVA_INT, ValueLayout.JAVA_INT));

    // The shapes above are libc's own.
    @SuppressWarnings("restricted")
    private static MethodHandle function(
        String name, FunctionDescriptor shape, Linker.Option... options) {
      Linker linker = Linker.nativeLinker();
      SymbolLookup names = linker.defaultLookup();
      return linker.downcallHandle(names.findOrThrow(name), shape, options);
    }
  }

  /**
   * Holds the process of a container.
   *
   * @param pid as the engine tells it
   * @param containerId the process must be in this container's control group: the engine may be on
   *     another host, or its processes not be visible from here
   * @return empty where the kernel does not confirm it
   */
  static Optional<HostProcess> of(long pid, String containerId) {
    if (pid <= 1 || containerId.length() < SHORTEST_ID) {
      return Optional.empty();
    }
    int handle = open(pid);
    if (handle < 0) {
      return Optional.empty();
    }
    HostProcess process = new HostProcess(handle);
    try {
      // In this order: while the handle's process lives its number is nobody else's.
      if (Files.readString(Path.of("/proc/" + pid + "/cgroup")).contains(containerId)
          && !process.awaitEnd(Duration.ZERO)) {
        return Optional.of(process);
      }
    } catch (IOException gone) {
      // It ended meanwhile, or this host's /proc is not for us to read.
    }
    process.close();
    return Optional.empty();
  }

  private static int open(long pid) {
    try {
      return (int) (long) Kernel.SYSCALL.invokeExact(PIDFD_OPEN, pid, 0L);
    } catch (Throwable noSuchKernel) {
      return -1;
    }
  }

  /** Whether it has ended, within this time; must not be called from a virtual thread for long. */
  boolean awaitEnd(Duration longest) {
    try (Arena arena = Arena.ofConfined()) {
      MemorySegment question = arena.allocate(POLLFD_BYTES, ValueLayout.JAVA_INT.byteAlignment());
      question.set(ValueLayout.JAVA_INT, 0, handle);
      question.set(ValueLayout.JAVA_SHORT, POLLFD_EVENTS, POLLIN);
      int answers = (int) Kernel.POLL.invokeExact(question, 1L, (int) longest.toMillis());
      short answer = question.get(ValueLayout.JAVA_SHORT, POLLFD_ANSWER);
      return answers > 0 && (answer & (POLLIN | POLLHUP)) != 0;
    } catch (Throwable failed) {
      throw new IllegalStateException("poll of a process", failed);
    }
  }

  @Override
  public synchronized void close() {
    if (closed) {
      return;
    }
    closed = true;
    try {
      int _ = (int) Kernel.CLOSE.invokeExact(handle);
    } catch (Throwable failed) {
      throw new IllegalStateException("close of a process", failed);
    }
  }
}
