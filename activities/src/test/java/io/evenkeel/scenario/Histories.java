package io.evenkeel.scenario;

import io.temporal.common.WorkflowExecutionHistory;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;
import java.util.zip.GZIPInputStream;
import java.util.zip.GZIPOutputStream;

/**
 * The recorded histories of every scenario, by behaviour: what an open run looks like when a new
 * version of the code takes it over. {@code -Devenkeel.histories=record} writes them anew.
 */
final class Histories {
  static final Path FOLDER = Path.of("src/test/resources/histories");
  private static final List<String> WORKFLOWS =
      List.of(
          "fleet/test", "outage/test/vpn1", "outage/test/vpn2", "reindex/test", "provision/test");

  /** Longer ones are the monitor's of long scenarios: they say nothing new. */
  private static final int LONGEST = 2_000;

  private Histories() {}

  /** Keeps what a scenario's workflows did, when that is asked for. */
  static void keep(String scenario, World world) {
    if (!"record".equals(System.getProperty("evenkeel.histories", ""))) {
      return;
    }
    Path folder = FOLDER.resolve(scenario);
    try {
      Files.createDirectories(folder);
      Map<String, WorkflowExecutionHistory> histories = of(world);
      for (String workflow : WORKFLOWS) {
        Path file = folder.resolve(file(workflow));
        Files.deleteIfExists(file);
        WorkflowExecutionHistory history = histories.get(workflow);
        if (history != null && history.getEvents().size() <= LONGEST) {
          write(file, history.toJson(false));
        }
      }
    } catch (IOException failed) {
      throw new UncheckedIOException(failed);
    }
  }

  /** What the history of a workflow of that id is called. */
  static String file(String workflowId) {
    return workflowId.replace('/', '-') + ".json.gz";
  }

  /** The newest run's of each workflow that there was. */
  static Map<String, WorkflowExecutionHistory> of(World world) {
    Map<String, WorkflowExecutionHistory> histories = new TreeMap<>();
    for (String workflow : WORKFLOWS) {
      world.history(workflow).ifPresent(history -> histories.put(workflow, history));
    }
    return histories;
  }

  /** All that is in it, as it is sent and stored: payloads decoded, failures, memos, summaries. */
  static String words(WorkflowExecutionHistory history) {
    return history.getHistory().toByteString().toString(StandardCharsets.ISO_8859_1);
  }

  private static void write(Path file, String json) throws IOException {
    try (OutputStream out = new GZIPOutputStream(Files.newOutputStream(file))) {
      out.write(json.getBytes(StandardCharsets.UTF_8));
    }
  }

  /** Every recorded history by its behaviour and workflow. */
  static Map<String, WorkflowExecutionHistory> all() throws IOException {
    Map<String, WorkflowExecutionHistory> all = new TreeMap<>();
    try (Stream<Path> files = Files.walk(FOLDER)) {
      for (Path file : files.filter(f -> f.toString().endsWith(".json.gz")).toList()) {
        try (InputStream in = new GZIPInputStream(Files.newInputStream(file))) {
          String json = new String(in.readAllBytes(), StandardCharsets.UTF_8);
          all.put(FOLDER.relativize(file).toString(), WorkflowExecutionHistory.fromJson(json));
        }
      }
    }
    return all;
  }
}
