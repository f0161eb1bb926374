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
 * @param policy the rules of its care
 */
public record FleetConfig(
    String fleet, String managerLabel, List<VpnSpec> vpns, int target, Policy policy) {
  /** The fleet is kept alive as it is found. */
  public static final int NO_TARGET = -1;

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

  public FleetConfig withTarget(int newTarget) {
    return new FleetConfig(fleet, managerLabel, vpns, newTarget, policy);
  }

  /** The same, with the search attributes used or not. */
  public FleetConfig withSearchAttributes(boolean registered) {
    Policy p = policy;
    return new FleetConfig(
        fleet,
        managerLabel,
        vpns,
        target,
        new Policy(
            p.monitorInterval(),
            p.unhealthyTimeout(),
            p.revive(),
            p.startupTimeout(),
            p.portTimeout(),
            p.dockerTimeout(),
            p.dockerRetries(),
            p.dockerRetryDelay(),
            p.engineNamePrefix(),
            registered,
            p.rebalance()));
  }
}
