package io.evenkeel.port;

import java.util.List;
import java.util.Map;

/**
 * An engine to create.
 *
 * @param name without a slash
 * @param image that the host has
 * @param namespaceOwnerId the container whose network it joins
 * @param environment may hold secrets: never logged, never in a workflow
 * @param command empty: the image's own
 * @param labels its labels, the manager's too
 */
public record NewContainer(
    String name,
    String image,
    String namespaceOwnerId,
    Map<String, String> environment,
    List<String> command,
    Map<String, String> labels) {
  public NewContainer {
    environment = Map.copyOf(environment);
    command = List.copyOf(command);
    labels = Map.copyOf(labels);
  }
}
