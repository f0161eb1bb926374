package io.evenkeel.workflow;

import java.time.Instant;
import java.util.List;

/**
 * Where an outage stands.
 *
 * @param shown names of the engines that consumers can use again
 */
public record OutageProgress(
    String vpn, String workflowId, String phase, Instant since, List<String> shown) {}
