package io.evenkeel.worker.engine;

import org.junit.jupiter.api.Tag;

/** With Temporal in the worker's memory. */
@Tag("engine")
class VpnExitOnEmbeddedTest extends VpnExitScenarios {
  VpnExitOnEmbeddedTest() {
    super(new RealFleet(21_100, "embedded"));
  }
}
