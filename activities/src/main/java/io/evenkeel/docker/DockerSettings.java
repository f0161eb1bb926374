package io.evenkeel.docker;

import io.evenkeel.fleet.Labels;
import java.time.Duration;

/**
 * Where the engine is and how long it is waited for.
 *
 * @param host {@code unix://...} or {@code tcp://host:port}; empty: DOCKER_HOST, else the default
 *     socket
 * @param timeout the longest any call may take; just under the activities' start-to-close
 * @param managerLabelKey the key of the label that marks an engine: it is read too
 */
public record DockerSettings(String host, Duration timeout, String managerLabelKey) {
  /** Whether Evenkeel reads a label: those of the assignment, and no others. */
  boolean reads(String key) {
    return Labels.ALL.contains(key) || key.equals(managerLabelKey);
  }
}
