package io.evenkeel.fleet;

import java.time.Instant;
import java.util.List;

/**
 * The answer of one look at a fleet: what changed since the look that the caller names, or the
 * whole where that one is no longer known.
 *
 * @param at when the look ended
 * @param fingerprint names what was seen; equal fingerprints saw the same
 * @param whole true: {@code changed} is the whole fleet, whatever was known before
 * @param changed containers that are new or differ, sorted by name
 * @param vanished ids that are no longer in the list, sorted
 * @param tunnels readings that differ from the last look's (all when whole), sorted by VPN
 */
public record Observation(
    Instant at,
    String fingerprint,
    boolean whole,
    List<Container> changed,
    List<String> vanished,
    List<TunnelReading> tunnels) {
  public Observation {
    changed = List.copyOf(changed);
    vanished = List.copyOf(vanished);
    tunnels = List.copyOf(tunnels);
  }
}
