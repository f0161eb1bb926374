package io.evenkeel.workflow;

import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.Container;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Which engines serve whom, as their consumers tell: idle is one that nobody has told to serve. */
final class Streams {
  /** More than any engine serves: what is never ended must not grow for ever. */
  private static final int MOST_OF_ONE = 100;

  private final Map<String, List<String>> byContainer = new TreeMap<>();

  Streams(Map<String, List<String>> before) {
    before.forEach((id, streams) -> byContainer.put(id, new ArrayList<>(streams)));
  }

  void started(String containerId, String streamId) {
    List<String> own = byContainer.computeIfAbsent(containerId, _ -> new ArrayList<>());
    if (!own.contains(streamId) && own.size() < MOST_OF_ONE) {
      own.add(streamId);
    }
  }

  void ended(String containerId, String streamId) {
    byContainer.computeIfPresent(
        containerId,
        (_, own) -> {
          boolean _ = own.remove(streamId);
          return own.isEmpty() ? null : own;
        });
  }

  /** The streams of a container that is gone are gone. */
  void keepOnly(FleetKnowledge knowledge) {
    Set<String> there = knowledge.known().stream().map(Container::id).collect(Collectors.toSet());
    byContainer.keySet().retainAll(there);
  }

  /** Container ids, sorted. */
  List<String> busy() {
    return List.copyOf(byContainer.keySet());
  }

  Map<String, List<String>> byContainer() {
    return byContainer;
  }
}
