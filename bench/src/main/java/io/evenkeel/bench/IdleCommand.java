package io.evenkeel.bench;

import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/** Placeholder. */
@Command(name = "idle")
final class IdleCommand implements Callable<Integer> {
  @Override
  public Integer call() {
    return 0;
  }
}
