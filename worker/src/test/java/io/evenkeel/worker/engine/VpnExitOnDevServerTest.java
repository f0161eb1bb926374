package io.evenkeel.worker.engine;

import org.junit.jupiter.api.Tag;

/** With the dev server that the worker starts. */
@Tag("engine")
@Tag("dev")
class VpnExitOnDevServerTest extends VpnExitScenarios {
  VpnExitOnDevServerTest() {
    super(new RealFleet(21_400, "dev"));
  }
}
