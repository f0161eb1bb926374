package io.evenkeel.port;

import io.evenkeel.simulated.SimulatedFleet;
import java.time.Clock;

/** The contract on the fleet in memory that the scenarios run on. */
class SimulatedContainersTest extends ContainersContract {
  private final SimulatedFleet fleet = new SimulatedFleet(Clock.systemUTC());

  @Override
  protected Containers containers() {
    return fleet;
  }

  @Override
  protected String runVpn(String name) {
    return fleet.vpn(name, 0).id(name);
  }

  @Override
  protected String runBriefly(String name) {
    String id = runVpn(name);
    fleet.dies(name);
    return id;
  }

  @Override
  protected String image() {
    return "engine:1";
  }
}
