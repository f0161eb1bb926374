package io.evenkeel.bench;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/** Rows of measured values, one value a run; told as min / median / max. */
final class Figures {
  private final Map<String, List<Double>> rows = new LinkedHashMap<>();

  void add(String row, double value) {
    rows.computeIfAbsent(row, _ -> new ArrayList<>()).add(value);
  }

  double median(String row) {
    List<Double> sorted = sorted(row);
    int middle = sorted.size() / 2;
    return sorted.size() % 2 == 1
        ? sorted.get(middle)
        : (sorted.get(middle - 1) + sorted.get(middle)) / 2;
  }

  private List<Double> sorted(String row) {
    return rows.getOrDefault(row, List.of(Double.NaN)).stream().sorted().toList();
  }

  String table() {
    StringBuilder text = new StringBuilder();
    text.append(String.format(Locale.ROOT, "%-44s %9s %9s %9s%n", "", "min", "median", "max"));
    rows.forEach((row, _) -> {
      List<Double> sorted = sorted(row);
      text.append(
          String.format(
              Locale.ROOT,
              "%-44s %9.3f %9.3f %9.3f%n",
              row,
              sorted.getFirst(),
              median(row),
              sorted.getLast()));
    });
    return text.toString();
  }

  void into(ObjectNode json) {
    rows.forEach((row, values) -> {
      ObjectNode figures = json.putObject(row);
      figures.put("min", sorted(row).getFirst());
      figures.put("median", median(row));
      figures.put("max", sorted(row).getLast());
      values.forEach(figures.withArray("runs")::add);
    });
  }
}
