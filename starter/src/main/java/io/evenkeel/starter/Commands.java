package io.evenkeel.starter;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.client.FleetReader;
import io.evenkeel.client.TemporalConnection;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.workflow.EvenkeelData;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowClientOptions;
import io.temporal.serviceclient.RpcRetryOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import io.temporal.serviceclient.WorkflowServiceStubsOptions;
import java.io.IOException;
import java.io.PrintWriter;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.UnknownHostException;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.ScopeType;
import picocli.CommandLine.Spec;

/** The commands; each asks the fleet's monitor, through Temporal alone. */
@Command(
    name = "evenkeel",
    mixinStandardHelpOptions = true,
    version = "evenkeel 0.1.0",
    synopsisSubcommandLabel = "COMMAND",
    description = "Operates a fleet of containers behind VPN gateways.")
final class Commands {
  private static final ObjectMapper JSON = EvenkeelData.mapper();
  private static final Duration LONGEST_ANSWER = Duration.ofSeconds(5);
  private static final int MOST_PORT = 65_535;

  @Spec private CommandSpec spec = CommandSpec.create();

  @Option(
      names = "--fleet",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:EVENKEEL_FLEET:-default}",
      description = "the fleet (EVENKEEL_FLEET; ${DEFAULT-VALUE})")
  private String fleet = "default";

  @Option(
      names = "--temporal",
      scope = ScopeType.INHERIT,
      paramLabel = "HOST:PORT",
      description =
          "where Temporal answers (EVENKEEL_TEMPORAL, or 127.0.0.1:EVENKEEL_TEMPORAL_PORT)")
  private String temporal = temporalFromEnvironment();

  @Option(
      names = "--namespace",
      scope = ScopeType.INHERIT,
      defaultValue = "${env:EVENKEEL_TEMPORAL_NAMESPACE:-default}",
      description = "Temporal's namespace (${DEFAULT-VALUE})")
  private String namespace = "default";

  @Option(names = "--json", scope = ScopeType.INHERIT, description = "answer as JSON")
  private boolean json;

  /** What was named is not there. */
  static final class NoSuchThing extends RuntimeException {
    NoSuchThing(String line) {
      super(line);
    }
  }

  /** Nobody answers there. */
  static final class Unreachable extends RuntimeException {
    Unreachable(IOException why) {
      super(
          why instanceof UnknownHostException
              ? "no such host"
              : String.valueOf(why.getMessage()).toLowerCase(Locale.ROOT),
          why);
    }
  }

  String fleet() {
    return fleet;
  }

  String temporal() {
    return temporal;
  }

  private static String temporalFromEnvironment() {
    String given = System.getenv().getOrDefault("EVENKEEL_TEMPORAL", "");
    return given.contains(":")
        ? given
        : "127.0.0.1:" + System.getenv().getOrDefault("EVENKEEL_TEMPORAL_PORT", "7233");
  }

  @Command(description = "How the fleet is now.")
  void status() {
    print(ask(FleetReader::fleet), Tables::status);
  }

  @Command(description = "How the fleet is, again every second until Ctrl-C.")
  void watch() throws InterruptedException {
    while (true) {
      FleetView view = ask(FleetReader::fleet);
      if (!json) {
        out().print("\033[H\033[2J");
      }
      print(view, Tables::status);
      Thread.sleep(Duration.ofSeconds(1));
    }
  }

  @Command(description = "The open outages and the last 50 closed ones, newest first.")
  void outages() {
    print(ask(FleetReader::outages), Tables::outages);
  }

  @Command(description = "One outage: the newest, or a VPN's newest, or one by its workflow id.")
  void outage(@Parameters(arity = "0..1", paramLabel = "VPN|ID", defaultValue = "") String which) {
    List<OutageReport> all = ask(FleetReader::outages);
    OutageReport found =
        all.stream()
            .filter(o -> which.isEmpty() || o.vpn().equals(which) || o.workflowId().equals(which))
            .findFirst()
            .orElseThrow(() ->
                new NoSuchThing(
                    which.isEmpty() ? "there was no outage yet" : "no outage of " + which));
    print(found, Tables::outage);
  }

  @Command(description = "Opens the recovery of a VPN, whatever it looks like.")
  void recover(@Parameters(paramLabel = "VPN") String vpn) {
    print(ask(reader -> reader.monitor().recover(vpn)), id -> "recovery opened: " + id);
  }

  @Command(description = "Rebuilds the knowledge from one listing and the labels.")
  void reindex() {
    print(ask(reader -> reader.monitor().reindex()), id -> "reindex opened: " + id);
  }

  @Command(description = "Sets how many engines are wanted, and brings the fleet there.")
  void provision(@Parameters(paramLabel = "N") int target) {
    if (target < 0 || target > FleetConfig.MOST_ENGINES) {
      throw new ParameterException(
          spec.commandLine().getSubcommands().get("provision"),
          "N: got \"" + target + "\", takes a whole number from 0 to " + FleetConfig.MOST_ENGINES);
    }
    print(ask(reader -> reader.monitor().scale(target)), now -> "target is now " + now);
  }

  @Command(description = "From now on Evenkeel looks, and acts on nothing.")
  void pause() {
    print(ask(reader -> reader.monitor().pause()), _ -> "paused");
  }

  @Command(description = "Acts again; ends a freeze.")
  void resume() {
    print(ask(reader -> reader.monitor().resume()), _ -> "resumed");
  }

  private <T> T ask(Function<FleetReader, T> question) {
    knock();
    WorkflowServiceStubs stubs = WorkflowServiceStubs.newServiceStubs(stubsOptions());
    try {
      WorkflowClient client =
          WorkflowClient.newInstance(
              stubs,
              WorkflowClientOptions.newBuilder()
                  .setNamespace(namespace)
                  .setDataConverter(EvenkeelData.converter())
                  .build());
      return question.apply(new FleetReader(client, fleet));
    } finally {
      stubs.shutdownNow();
    }
  }

  /** Tells at once that nobody is there: Temporal's client would try for seconds. */
  private void knock() {
    int colon = temporal.lastIndexOf(':');
    String port = temporal.substring(colon + 1);
    if (colon < 1 || !port.matches("[0-9]{1,5}") || Integer.parseInt(port) > MOST_PORT) {
      throw new ParameterException(
          spec.commandLine(), "--temporal: got \"" + temporal + "\", takes HOST:PORT");
    }
    try (Socket socket = new Socket()) {
      socket.connect(
          new InetSocketAddress(temporal.substring(0, colon), Integer.parseInt(port)),
          (int) LONGEST_ANSWER.toMillis());
    } catch (IOException nobody) {
      throw new Unreachable(nobody);
    }
  }

  private WorkflowServiceStubsOptions stubsOptions() {
    TemporalConnection connection =
        TemporalConnection.read(
            temporal, (name, otherwise) -> System.getenv().getOrDefault(name, otherwise));
    String unreadable = connection.unreadable();
    if (unreadable != null) {
      throw new ParameterException(spec.commandLine(), unreadable);
    }
    try {
      return connection
          .options()
          .setRpcTimeout(LONGEST_ANSWER)
          .setRpcQueryTimeout(LONGEST_ANSWER)
          .setRpcRetryOptions(
              RpcRetryOptions.newBuilder()
                  .setInitialInterval(Duration.ofMillis(100))
                  .setMaximumAttempts(2)
                  .build())
          .build();
    } catch (IOException garbled) {
      throw new ParameterException(spec.commandLine(), String.valueOf(garbled.getMessage()));
    }
  }

  private <T> void print(T answer, Function<T, String> table) {
    try {
      out().println(json ? JSON.writeValueAsString(answer) : table.apply(answer));
      out().flush();
    } catch (JsonProcessingException impossible) {
      throw new IllegalStateException(impossible);
    }
  }

  private PrintWriter out() {
    return spec.commandLine().getOut();
  }
}
