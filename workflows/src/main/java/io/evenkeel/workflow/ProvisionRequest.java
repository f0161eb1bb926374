package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import java.util.List;

/**
 * What a provisioning run begins with.
 *
 * @param closedVpns VPNs that get nothing and lose nothing: down, or their outage is open
 * @param busy ids of engines that serve somebody: never moved
 */
public record ProvisionRequest(FleetConfig config, List<String> closedVpns, List<String> busy) {}
