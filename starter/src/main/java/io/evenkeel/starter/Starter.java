package io.evenkeel.starter;

import io.evenkeel.starter.Commands.NoSuchThing;
import io.evenkeel.starter.Commands.Unreachable;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import io.temporal.failure.ApplicationFailure;
import java.io.PrintWriter;
import java.net.ConnectException;
import picocli.CommandLine;

/** The command line; see {@code --help}. */
public final class Starter {
  /** It was tried and failed. */
  static final int FAILED = 1;

  /** Temporal cannot be reached. */
  static final int UNREACHABLE = 3;

  /** There is no such fleet, VPN or outage. */
  static final int NO_SUCH_THING = 4;

  private Starter() {}

  public static void main(String[] args) {
    System.exit(run(args));
  }

  /** Runs one command; answers its exit code. */
  private static int run(String... args) {
    return run(
        new PrintWriter(System.out, true, System.out.charset()),
        new PrintWriter(System.err, true, System.err.charset()),
        args);
  }

  /** The same, with the answer and the one line of a failure to be had. */
  static int run(PrintWriter out, PrintWriter err, String... args) {
    Commands commands = new Commands();
    return new CommandLine(commands)
        .setOut(out)
        .setErr(err)
        .setParameterExceptionHandler((failure, _) -> misused(failure))
        .setExecutionExceptionHandler((failure, command, _) -> told(failure, command, commands))
        .execute(args);
  }

  /** One line: what, and where the usage is to be had. */
  private static int misused(CommandLine.ParameterException failure) {
    CommandLine command = failure.getCommandLine();
    String what = String.valueOf(failure.getMessage()).replaceAll("\\R", " ");
    command
        .getErr()
        .println(
            "evenkeel: "
                + what
                + "; "
                + command.getCommandSpec().qualifiedName()
                + " --help tells more");
    return command.getCommandSpec().exitCodeOnInvalidInput();
  }

  private static int told(Exception failure, CommandLine command, Commands asked) {
    Throwable root = failure;
    while (root.getCause() != null) {
      root = root.getCause();
    }
    String line;
    int code;
    if (failure instanceof NoSuchThing) {
      line = String.valueOf(failure.getMessage());
      code = NO_SUCH_THING;
    } else if (failure instanceof WorkflowNotFoundException || notFound(root)) {
      line =
          "no monitor runs for fleet "
              + asked.fleet()
              + " at "
              + asked.temporal()
              + ": start its worker, or name another with --fleet";
      code = NO_SUCH_THING;
    } else if (root instanceof StatusRuntimeException status
        && status.getStatus().getCode() != Status.Code.INVALID_ARGUMENT) {
      line =
          "Temporal cannot be reached at "
              + asked.temporal()
              + ": "
              + status.getStatus().getCode()
              + "; --temporal or EVENKEEL_TEMPORAL names another";
      code = UNREACHABLE;
    } else if (failure instanceof Unreachable || root instanceof ConnectException) {
      line =
          "Temporal cannot be reached at "
              + asked.temporal()
              + ": "
              + (failure instanceof Unreachable ? failure : root).getMessage()
              + "; --temporal or EVENKEEL_TEMPORAL names another";
      code = UNREACHABLE;
    } else {
      // Temporal's own message is wrapped in its type and whether it may be retried.
      String why =
          root instanceof ApplicationFailure refused
              ? refused.getOriginalMessage()
              : String.valueOf(root.getMessage());
      line =
          failure instanceof WorkflowException ? why : root.getClass().getSimpleName() + ": " + why;
      code = why.contains("is not of this fleet") ? NO_SUCH_THING : FAILED;
    }
    command.getErr().println("evenkeel: " + line);
    return code;
  }

  private static boolean notFound(Throwable root) {
    return root instanceof StatusRuntimeException status
        && status.getStatus().getCode() == Status.Code.NOT_FOUND;
  }
}
