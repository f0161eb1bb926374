package io.evenkeel.fleet;

import java.util.List;
import java.util.Optional;

/**
 * What a fleet's monitor is started with.
 *
 * @param fleet its name, part of every workflow id
 * @param managerLabel {@code key=value} of its engines
 * @param vpns in the fixed order that breaks ties
 * @param target how many engines are wanted; {@link #NO_TARGET}: none are made or started
 * @param most no target above it is taken
 * @param policy the rules of its care
 */
public record FleetConfig(
    String fleet, String managerLabel, List<VpnSpec> vpns, int target, int most, Policy policy) {
  /** The fleet is kept alive as it is found. */
  public static final int NO_TARGET = -1;

  /** No fleet of one host is larger. */
  public static final int MOST_ENGINES = 10_000;

  public FleetConfig {
    vpns = List.copyOf(vpns);
  }

  public Scope scope() {
    return new Scope(managerLabel, vpns.stream().map(VpnSpec::name).toList());
  }

  /** The VPN of that name, where the fleet has it. */
  public Optional<VpnSpec> vpn(String name) {
    return vpns.stream().filter(vpn -> vpn.name().equals(name)).findFirst();
  }

  /** How many engines the VPNs have a port for; it is all that the fleet can have. */
  public int room() {
    return vpns.stream().mapToInt(VpnSpec::ports).sum();
  }

  public FleetConfig withTarget(int newTarget) {
    return new FleetConfig(fleet, managerLabel, vpns, newTarget, most, policy);
  }

  /** The same, with other rules of its care. */
  public FleetConfig withPolicy(Policy other) {
    return new FleetConfig(fleet, managerLabel, vpns, target, most, other);
  }
}
