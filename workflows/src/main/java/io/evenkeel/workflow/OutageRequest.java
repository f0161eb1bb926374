package io.evenkeel.workflow;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What an outage begins with.
 *
 * @param cause as the monitor read it; the confirm phase has the last word
 * @param because what it rests on
 * @param seenAt when the evidence was seen
 * @param ended whether the evidence is the end of the VPN's process
 * @param askedFor whether somebody stopped the VPN through Docker
 * @param vpnBefore the VPN as last seen; null where it never was
 * @param dependents engines and guests of it, as last seen, sorted by name
 * @param lastForwardedPort the last one known; 0: none
 */
public record OutageRequest(
    FleetConfig config,
    String vpn,
    String cause,
    String because,
    Instant seenAt,
    boolean ended,
    boolean askedFor,
    @Nullable Container vpnBefore,
    List<Container> dependents,
    int lastForwardedPort) {
  public OutageRequest {
    dependents = List.copyOf(dependents);
  }
}
