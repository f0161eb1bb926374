package io.evenkeel.fleet;

/**
 * What a VPN's control server says.
 *
 * @param vpn the VPN container's name
 * @param tunnel whether the tunnel is up; UNKNOWN where it does not answer or answers 401
 * @param publicIp empty while not known
 * @param forwardedPort 0: none yet, or none to be had
 */
public record TunnelReading(String vpn, Tunnel tunnel, String publicIp, int forwardedPort) {

  /** The state of a VPN's tunnel, by the best evidence. */
  public enum Tunnel {
    UP,
    DOWN,
    UNKNOWN
  }

  /** Nothing is known of this VPN's tunnel. */
  public static TunnelReading unknown(String vpn) {
    return new TunnelReading(vpn, Tunnel.UNKNOWN, "", 0);
  }
}
