package io.evenkeel.workflow;

import java.util.List;

/**
 * What a provisioning run did.
 *
 * @param created names of engines that were created or started
 * @param removed names of engines that were removed
 * @param failed one line each: which engine, and why not
 * @param missed names of those of the created that were missing or did not run, and took nobody's
 *     place
 */
public record ProvisionReport(
    List<String> created, List<String> removed, List<String> failed, List<String> missed) {}
