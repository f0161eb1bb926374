package io.evenkeel.probe;

import io.evenkeel.fleet.Container;
import java.net.URI;
import java.util.Optional;

/** How a VPN's ports are reached from where Evenkeel runs. */
public enum Reach {
  /** On the host: through the ports that the VPN publishes. */
  HOST,
  /** In a container on the VPN's network: through the VPN's name. */
  NETWORK;

  /** Where a port of the VPN's namespace answers; empty: it is not published. */
  public Optional<URI> base(Container vpn, int port) {
    return switch (this) {
      case HOST ->
          Optional.ofNullable(vpn.ports().get(port))
              .map(published -> URI.create("http://127.0.0.1:" + published));
      case NETWORK -> Optional.of(URI.create("http://" + vpn.name() + ":" + port));
    };
  }
}
