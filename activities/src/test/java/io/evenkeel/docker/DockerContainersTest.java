package io.evenkeel.docker;

import io.evenkeel.port.Containers;
import io.evenkeel.port.ContainersContract;
import java.io.IOException;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;

/** The contract on a real engine. */
@Tag("engine")
class DockerContainersTest extends ContainersContract {
  private static final DockerContainers CONTAINERS = EngineHost.containers("");

  @BeforeAll
  static void buildImage() {
    EngineHost.buildImage();
  }

  @AfterAll
  static void close() throws IOException {
    CONTAINERS.close();
  }

  @Override
  protected Containers containers() {
    return CONTAINERS;
  }

  @Override
  protected String runVpn(String name) {
    return EngineHost.run(CONTAINERS, name, EngineHost.body());
  }

  @Override
  protected String runBriefly(String name) {
    return EngineHost.run(CONTAINERS, name, EngineHost.script("exec /bin/busybox sleep 1"));
  }

  @Override
  protected String image() {
    return EngineHost.IMAGE;
  }

  @Override
  protected void discard(String id) {
    EngineHost.discard(CONTAINERS, id);
  }
}
