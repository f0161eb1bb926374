package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/** What many sequences say together. */
final class Summary {
  private static final String KILLED = Fault.Kind.VPN_KILLED.name();

  private final List<JsonNode> all;
  private final Map<String, Integer> counts = new TreeMap<>();
  private final Map<String, Integer> missed = new TreeMap<>();
  private final Map<String, List<Double>> paired = new TreeMap<>();
  private final List<Double> plain = new ArrayList<>();
  private int violated;
  private int enginesOwn;

  Summary(List<JsonNode> all) {
    this.all = all;
    all.forEach(this::count);
  }

  private void count(JsonNode one) {
    List<String> kinds = new ArrayList<>();
    for (JsonNode fault : one.path("faults")) {
      String kind = fault.path("kind").asText();
      kinds.add(kind);
      if (Hands.Done.happened(fault.path("how").asText())) {
        counts.merge(kind, 1, Integer::sum);
      } else {
        missed.merge(kind, 1, Integer::sum);
      }
    }
    violated += one.path("violations").isEmpty() ? 0 : 1;
    enginesOwn += one.path("enginesOwn").isEmpty() ? 0 : 1;
    if (!one.has("recovery")) {
      return;
    }
    double seconds = one.path("recovery").asDouble();
    switch (one.path("shape").asText()) {
      case "PLAIN" -> plain.add(seconds);
      case "PAIRED" -> {
        boolean _ = kinds.remove(KILLED);
        paired.computeIfAbsent(kinds.getFirst(), _ -> new ArrayList<>()).add(seconds);
      }
      default -> {}
    }
  }

  private static @Nullable Double at(List<Double> values, double share) {
    List<Double> sorted = values.stream().sorted().toList();
    if (sorted.isEmpty()) {
      return null;
    }
    double place = share * (sorted.size() - 1);
    return (sorted.get((int) Math.floor(place)) + sorted.get((int) Math.ceil(place))) / 2;
  }

  private static String three(List<Double> values, double less) {
    if (values.isEmpty()) {
      return "";
    }
    StringBuilder text = new StringBuilder();
    for (double share : new double[] {0, 0.5, 1}) {
      Double value = at(values, share);
      text.append(String.format(Locale.ROOT, "%9.1f", (value == null ? 0 : value) - less));
    }
    return text.toString();
  }

  private double plainMedian() {
    Double median = at(plain, 0.5);
    return median == null ? 0 : median;
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            Locale.ROOT,
            "%d sequences, %d with a violation, %d with a defect of the engine's own%n",
            all.size(),
            violated,
            enginesOwn));
    text.append(
        String.format(
            Locale.ROOT,
            "plain outage, seconds from the kill until every container is back: %s (min, median, max of %d)%n%n",
            three(plain, 0),
            plain.size()));
    text.append(
        String.format(
            Locale.ROOT,
            "%-18s %6s %6s %7s   extra seconds beside a plain outage: min, median, max%n",
            "fault",
            "done",
            "missed",
            "paired"));
    for (Map.Entry<String, Integer> kind : counts.entrySet()) {
      List<Double> with = paired.getOrDefault(kind.getKey(), List.of());
      text.append(
          String.format(
              Locale.ROOT,
              "%-18s %6d %6d %7d %s%n",
              kind.getKey(),
              kind.getValue(),
              missed.getOrDefault(kind.getKey(), 0),
              with.size(),
              three(with, plainMedian())));
    }
    for (JsonNode one : all) {
      one.path("violations")
          .forEach(v ->
              text.append("seed ")
                  .append(one.path("seed"))
                  .append(": ")
                  .append(v.asText())
                  .append('\n'));
      one.path("enginesOwn")
          .forEach(v ->
              text.append("seed ")
                  .append(one.path("seed"))
                  .append(", the engine's own: ")
                  .append(v.asText())
                  .append('\n'));
    }
    return text.toString();
  }

  ObjectNode json() {
    ObjectNode json = new ObjectMapper().createObjectNode();
    json.put("sequences", all.size()).put("violated", violated).put("enginesOwn", enginesOwn);
    plain.forEach(json.putArray("plainSeconds")::add);
    ObjectNode faults = json.putObject("faults");
    counts.forEach((kind, count) -> {
      ObjectNode one = faults.putObject(kind);
      one.put("count", count).put("missed", missed.getOrDefault(kind, 0));
      paired
          .getOrDefault(kind, List.of())
          .forEach(s -> one.withArray("extraSeconds").add(s - plainMedian()));
    });
    return json;
  }
}
