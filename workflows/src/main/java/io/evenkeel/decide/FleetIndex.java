package io.evenkeel.decide;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * A fleet's containers, each with its place.
 *
 * @param assignments by container name, sorted
 * @param reserved HTTP ports in use or spoken for, by VPN
 * @param notes what was restored, chosen or ignored, one line each
 */
public record FleetIndex(
    Map<String, Assignment> assignments, Map<String, List<Integer>> reserved, List<String> notes) {

  /**
   * Where one container belongs.
   *
   * @param vpn the VPN's name; empty where nothing tells
   * @param port the HTTP port on the VPN; 0: none
   * @param managed an engine, not a guest
   * @param left counted, and in no plan: it is to be ignored, or is elsewhere, or in a network of
   *     its own
   * @param elsewhere in the network of another VPN of the fleet: no outage of its own touches it
   */
  public record Assignment(
      Container container,
      String vpn,
      int port,
      boolean managed,
      boolean forwarded,
      boolean left,
      boolean elsewhere) {}

  /**
   * Whether there is an old one that was put aside for that container; one to be ignored is none.
   *
   * @param names of all containers that a look has told of
   */
  public boolean hasAside(String name, Collection<String> names) {
    Assignment aside = assignments.get(Aside.of(name));
    return aside == null ? names.contains(Aside.of(name)) : !aside.container().ignored();
  }

  /** How many engines each VPN has, for a line that a person reads. */
  public String spread() {
    return assignments.values().stream()
        .filter(Assignment::managed)
        .collect(Collectors.groupingBy(Assignment::vpn, TreeMap::new, Collectors.counting()))
        .toString();
  }
}
