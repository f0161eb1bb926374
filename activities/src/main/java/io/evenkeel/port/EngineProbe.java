package io.evenkeel.port;

import io.evenkeel.fleet.Container;

/** Asks an engine over HTTP, through its VPN. Never throws. Bounded to 2 s and 64 KB. */
public interface EngineProbe {
  /** Whether an HTTP answer came: it proves the namespace, never the tunnel. */
  boolean answers(Container engine, Container vpn);
}
