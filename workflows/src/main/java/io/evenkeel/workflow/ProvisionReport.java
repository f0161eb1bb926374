package io.evenkeel.workflow;

import java.util.List;

/**
 * What a provisioning run did.
 *
 * @param created names of engines that were created or started
 * @param removed names of engines that were removed
 * @param failed one line each: which engine, and why not
 */
public record ProvisionReport(List<String> created, List<String> removed, List<String> failed) {}
