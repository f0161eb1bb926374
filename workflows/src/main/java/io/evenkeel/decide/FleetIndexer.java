package io.evenkeel.decide;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.VpnSpec;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** Rebuilds every container's place from one listing and the labels; its order does not matter. */
public final class FleetIndexer {
  private FleetIndexer() {}

  /**
   * Indexes engines and guests; VPNs themselves are not part of the index.
   *
   * @param homes VPN by container name, as known before: the last resort for a guest whose VPN was
   *     recreated
   */
  public static FleetIndex index(
      FleetConfig config, List<Container> containers, Map<String, String> homes) {
    Map<String, Container> vpns = new TreeMap<>();
    for (Container container : containers) {
      if (config.vpn(container.name()).isPresent()) {
        vpns.put(container.name(), container);
      }
    }
    List<String> notes = new ArrayList<>();
    Map<String, FleetIndex.Assignment> assignments = new TreeMap<>();
    Map<String, List<Integer>> reserved = new TreeMap<>();
    Map<String, String> forwardedOf = new TreeMap<>();
    List<Container> sorted = new ArrayList<>(containers);
    sorted.sort(Comparator.comparing(Container::name));
    Set<String> names = sorted.stream().map(Container::name).collect(Collectors.toSet());
    for (Container container : sorted) {
      if (vpns.containsKey(container.name()) || isLeftover(container, names)) {
        continue;
      }
      boolean managed = config.scope().manages(container);
      String vpn = home(config, container, vpns, homes, managed, notes);
      if (!managed && vpn.isEmpty()) {
        continue;
      }
      int port = managed ? port(container, notes) : 0;
      if (port > 0 && !vpn.isEmpty()) {
        reserved.computeIfAbsent(vpn, _ -> new ArrayList<>()).add(port);
      }
      boolean forwarded = managed && container.label(Labels.FORWARDED).equals("true");
      if (forwarded && !vpn.isEmpty()) {
        String first = forwardedOf.putIfAbsent(vpn, container.name());
        if (first != null) {
          forwarded = false;
          notes.add(container.name() + " is labelled forwarded too; " + first + " keeps it");
        }
      }
      String owner = owner(container, vpns);
      boolean elsewhere = !owner.isEmpty() && !owner.equals(vpn);
      if (elsewhere) {
        notes.add(
            container.name() + " is labelled " + vpn + " and is left in the network of " + owner);
      }
      assignments.put(
          container.name(),
          new FleetIndex.Assignment(
              container, vpn, port, managed, forwarded, elsewhere || isLeft(container), elsewhere));
    }
    return new FleetIndex(assignments, reserved, notes);
  }

  /** Its successor is there and has its place: it is counted once. */
  private static boolean isLeftover(Container container, Set<String> names) {
    return Aside.is(container.name())
        && names.contains(Aside.original(container.name()))
        && !container.ignored();
  }

  private static boolean isLeft(Container container) {
    return container.ignored() || container.reference().isEmpty();
  }

  /**
   * The VPN in whose network it is, whether or not that runs; empty: none that is known. A label
   * alone does not make it ours to move: it lives where its network is.
   */
  private static String owner(Container container, Map<String, Container> vpns) {
    return vpns.values().stream()
        .filter(vpn -> container.refersTo(vpn.id(), vpn.name()))
        .map(Container::name)
        .findFirst()
        .orElse("");
  }

  /** Label, then the network mode's reference, then the port's range, then what was known. */
  private static String home(
      FleetConfig config,
      Container container,
      Map<String, Container> vpns,
      Map<String, String> homes,
      boolean managed,
      List<String> notes) {
    String labelled = container.label(Labels.VPN);
    if (managed && config.vpn(labelled).isPresent()) {
      return labelled;
    }
    String owner = owner(container, vpns);
    if (!owner.isEmpty()) {
      return owner;
    }
    for (VpnSpec spec : config.vpns()) {
      if (container.reference().equals(spec.name())) {
        return spec.name();
      }
    }
    if (managed) {
      int port = port(container, notes);
      for (VpnSpec spec : config.vpns()) {
        if (port >= spec.firstPort() && port <= spec.lastPort()) {
          return spec.name();
        }
      }
    }
    String known = homes.getOrDefault(container.name(), "");
    return config.vpn(known).isPresent() && !container.reference().isEmpty() ? known : "";
  }

  private static int port(Container container, List<String> notes) {
    for (String key : List.of(Labels.HOST_HTTP_PORT, Labels.HTTP_PORT)) {
      String text = container.label(key);
      if (!text.isEmpty()) {
        int port = Ports.parse(text);
        if (port > 0) {
          return port;
        }
        notes.add(container.name() + ": label " + key + " takes a port 1-65535; it is ignored");
      }
    }
    return 0;
  }
}
