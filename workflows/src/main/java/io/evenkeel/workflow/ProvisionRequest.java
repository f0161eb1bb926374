package io.evenkeel.workflow;

import io.evenkeel.decide.Known;
import io.evenkeel.fleet.FleetConfig;
import java.util.List;
import java.util.Map;

/**
 * What a provisioning run begins with.
 *
 * @param closedVpns VPNs that get nothing and lose nothing: down, or their outage is open
 * @param ports each VPN's forwarded port; absent or 0: none
 * @param mayRemove whether engines above the target are removed: only when a person has scaled
 * @param mayMove whether idle engines are moved to even the VPNs out, or take up a forwarded port:
 *     only where it is known which are busy
 * @param busy ids of engines that serve somebody: never moved
 * @param known engines that are not gone by the monitor's rule: they count, listed or not
 * @param resting names of engines that do not stay up: where one does not run it is neither started
 *     nor made now
 */
public record ProvisionRequest(
    FleetConfig config,
    List<String> closedVpns,
    Map<String, Integer> ports,
    boolean mayRemove,
    boolean mayMove,
    List<String> busy,
    List<Known> known,
    List<String> resting) {}
