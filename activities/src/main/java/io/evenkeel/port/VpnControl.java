package io.evenkeel.port;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.TunnelReading;

/**
 * A VPN's control server. Never throws: what cannot be asked is UNKNOWN. Bounded to 2 s and 64 KB.
 */
public interface VpnControl {
  /** Reads status, public IP and forwarded port of a running VPN. */
  TunnelReading read(Container vpn);
}
