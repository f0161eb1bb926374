package io.evenkeel.fleet;

/**
 * A VPN as the configuration names it.
 *
 * @param name its container's name
 * @param firstPort of the range that its engines' HTTP ports come from, 1-65535
 * @param lastPort of that range, not below the first
 */
public record VpnSpec(String name, int firstPort, int lastPort) {
  public VpnSpec {
    if (firstPort < 1 || lastPort > 65535 || lastPort < firstPort) {
      throw new IllegalArgumentException(
          "ports of VPN " + name + ": got " + firstPort + "-" + lastPort + ", takes FIRST-LAST");
    }
  }

  /** How many ports its range has. */
  public int ports() {
    return lastPort - firstPort + 1;
  }
}
