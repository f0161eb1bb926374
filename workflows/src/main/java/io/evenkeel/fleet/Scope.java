package io.evenkeel.fleet;

import java.util.List;

/**
 * What one fleet looks at on its Docker host.
 *
 * @param managerLabel {@code key=value} that marks an engine; {@code key} alone takes any value
 * @param vpns the VPN containers' names, in the fleet's fixed order
 */
public record Scope(String managerLabel, List<String> vpns) {
  public Scope {
    vpns = List.copyOf(vpns);
  }

  /** Whether a container with these labels is an engine of the fleet. */
  public boolean manages(Container container) {
    int equals = managerLabel.indexOf('=');
    if (equals < 0) {
      return container.labels().containsKey(managerLabel);
    }
    return managerLabel
        .substring(equals + 1)
        .equals(container.labels().get(managerLabel.substring(0, equals)));
  }
}
