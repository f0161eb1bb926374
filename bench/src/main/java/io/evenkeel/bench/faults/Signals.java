package io.evenkeel.bench.faults;

import java.io.IOException;

/** Signals that Java cannot send by itself. */
final class Signals {
  private Signals() {}

  /**
   * Sends one.
   *
   * @param name STOP, CONT, KILL
   */
  static void send(String name, long pid) throws IOException, InterruptedException {
    int status =
        new ProcessBuilder("sh", "-c", "kill -" + name + " " + pid).inheritIO().start().waitFor();
    if (status != 0) {
      throw new IOException("kill -" + name + " " + pid + " failed");
    }
  }
}
