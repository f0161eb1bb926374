package io.evenkeel.simulated;

import java.time.Instant;

/**
 * Something that was done through the port and changed a container.
 *
 * @param vpn the VPN of the container's label; empty where it has none
 * @param attached whether it was attached to its VPN until then
 * @param line the verb, the name, and the new name where it got one
 */
public record Deed(
    Instant at, String verb, String name, String vpn, boolean attached, String line) {}
