package io.evenkeel.decide;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * An engine of which the monitor knows: one list that lacks it does not make it gone.
 *
 * @param port 0 where none is known
 */
public record Known(String name, String vpn, int port, boolean forwarded) {

  /** The engines of an index that are behind a VPN. */
  public static List<Known> of(FleetIndex index) {
    return index.assignments().values().stream()
        .filter(a -> a.managed() && !a.vpn().isEmpty())
        .map(a -> new Known(a.container().name(), a.vpn(), a.port(), a.forwarded()))
        .toList();
  }

  /** What stands for it in a plan: it has its place, and nothing is done to it. */
  public Container standIn(String managerLabel) {
    Map<String, String> labels = new TreeMap<>();
    int equals = managerLabel.indexOf('=');
    labels.put(
        equals < 0 ? managerLabel : managerLabel.substring(0, equals),
        equals < 0 ? "" : managerLabel.substring(equals + 1));
    labels.put(Labels.VPN, vpn);
    labels.put(Labels.HTTP_PORT, Integer.toString(port));
    labels.put(Labels.FORWARDED, Boolean.toString(forwarded));
    return new Container(
        "known: " + name,
        name,
        "",
        ContainerStatus.UNKNOWN,
        Health.NONE,
        "",
        labels,
        Map.of(),
        null,
        null,
        0,
        "",
        false);
  }
}
