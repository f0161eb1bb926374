package io.evenkeel.bench;

import java.time.Instant;

/** Ends a VPN the hard way and tells when. */
final class Exit {
  private Exit() {}

  /**
   * kill -9 of the VPN's process, so that nothing but its end itself tells; where that process
   * cannot be seen from here, {@code docker kill}.
   *
   * @return the moment of the kill
   */
  static Instant kill(StandinFleet fleet, int vpn) {
    Long pid = fleet.inspect(fleet.vpn(vpn)).getState().getPidLong();
    ProcessHandle process =
        pid == null || pid <= 1 ? null : ProcessHandle.of(pid).filter(Exit::isVpn).orElse(null);
    Instant now = Instant.now();
    if (process == null || !process.destroyForcibly()) {
      now = Instant.now();
      fleet.docker().killContainerCmd(fleet.vpn(vpn)).exec();
    }
    return now;
  }

  private static boolean isVpn(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains("serve-vpn");
  }
}
