package io.evenkeel.bench;

import io.evenkeel.bench.faults.FaultsCommand;
import picocli.CommandLine;
import picocli.CommandLine.Command;

/** Measures Evenkeel from outside, on a real engine; shares no code with it. */
@Command(
    name = "bin/bench",
    description = "Measures Evenkeel from outside, on a real Docker engine.",
    mixinStandardHelpOptions = true,
    subcommands = {
      RecoveryCommand.class,
      IdleCommand.class,
      StartCommand.class,
      FaultsCommand.class
    })
public final class Bench {
  private Bench() {}

  public static void main(String[] args) {
    CommandLine line = new CommandLine(new Bench());
    line.setExecutionExceptionHandler((failure, command, _) -> {
      command.getErr().println("bench: " + failure);
      return 1;
    });
    System.exit(line.execute(args));
  }
}
