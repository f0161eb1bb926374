package io.evenkeel.decide;

import io.evenkeel.fleet.VpnSpec;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** The ports that new engines get: on one VPN no two engines have the same. */
final class FreePorts {
  /** AceStream's own peer-to-peer port; engines of one VPN need one each. */
  private static final int FIRST_P2P_PORT = 8621;

  private static final int HTTPS_OFFSET = 26_000;
  private static final int HTTPS_OFFSET_BACK = 10_000;
  private static final int HIGHEST = 65_535;

  private final Map<String, Set<Integer>> used = new TreeMap<>();

  /** All but those that the index reserves. */
  FreePorts(FleetIndex index) {
    index.reserved().forEach((vpn, ports) -> used.put(vpn, new TreeSet<>(ports)));
  }

  /** Whether an HTTP port of the VPN's range is free. */
  boolean hasHttp(VpnSpec vpn) {
    return firstHttp(vpn) > 0;
  }

  /**
   * The first HTTP port of the VPN's range that is free; it is not any more.
   *
   * @throws IllegalStateException where there is none
   */
  int takeHttp(VpnSpec vpn) {
    int port = firstHttp(vpn);
    if (port == 0) {
      throw new IllegalStateException("every port of " + vpn + " is taken");
    }
    boolean _ = used.computeIfAbsent(vpn.name(), _ -> new TreeSet<>()).add(port);
    return port;
  }

  private int firstHttp(VpnSpec vpn) {
    Set<Integer> there = used.getOrDefault(vpn.name(), Set.of());
    for (int port = vpn.firstPort(); port <= vpn.lastPort(); port++) {
      if (!there.contains(port)) {
        return port;
      }
    }
    return 0;
  }

  /** The HTTPS port that belongs to an HTTP port. */
  static int https(int http) {
    int https = http + HTTPS_OFFSET;
    return https <= HIGHEST ? https : http - HTTPS_OFFSET_BACK;
  }

  /** The peer-to-peer port that belongs to an HTTP port of the VPN, where none is forwarded. */
  static int p2p(VpnSpec vpn, int http) {
    return FIRST_P2P_PORT + (http - vpn.firstPort());
  }
}
