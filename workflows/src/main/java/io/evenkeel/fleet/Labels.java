package io.evenkeel.fleet;

import java.util.Set;

/** The labels that carry the assignment; the original orchestrator's, and three of ours. */
public final class Labels {
  /** The VPN container's name: the source of truth of the assignment. */
  public static final String VPN = "acestream.vpn_container";

  public static final String HTTP_PORT = "acestream.http_port";
  public static final String HTTPS_PORT = "acestream.https_port";
  public static final String HOST_HTTP_PORT = "host.http_port";
  public static final String HOST_HTTPS_PORT = "host.https_port";

  /** {@code true} on the one engine of a VPN that has the forwarded port. */
  public static final String FORWARDED = "acestream.forwarded";

  /** {@code true}: Evenkeel leaves this container alone. */
  public static final String IGNORE = "evenkeel.ignore";

  /** The peer-to-peer port that an engine was made with. */
  public static final String P2P_PORT = "evenkeel.p2p_port";

  /** The id of the engine that one was made for, to take over from it on another VPN. */
  public static final String SUCCEEDS = "evenkeel.succeeds";

  /** Every label that Evenkeel reads, but the manager's, which is configured. */
  public static final Set<String> ALL =
      Set.of(
          VPN,
          HTTP_PORT,
          HTTPS_PORT,
          HOST_HTTP_PORT,
          HOST_HTTPS_PORT,
          FORWARDED,
          IGNORE,
          P2P_PORT,
          SUCCEEDS);

  private Labels() {}
}
