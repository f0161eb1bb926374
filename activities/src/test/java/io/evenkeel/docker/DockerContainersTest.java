package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.port.Containers;
import io.evenkeel.port.ContainersContract;
import java.io.IOException;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The contract on a real engine, and what only a real one has. */
@Tag("engine")
class DockerContainersTest extends ContainersContract {
  private static final DockerContainers CONTAINERS = EngineHost.containers("");
  private static final Duration TIMEOUT = Duration.ofSeconds(25);

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
  protected String image() {
    return EngineHost.IMAGE;
  }

  @Test
  void recreatedItKeepsEverythingButWhatASharedNamespaceForbids() {
    String mark = Long.toString(System.nanoTime(), 36);
    String vpn = runVpn("evk-" + mark + "-vpn");
    String old = "";
    String again = "";
    try {
      old = EngineHost.run(CONTAINERS, "evk-" + mark + "-old", rich(vpn));
      again = CONTAINERS.createLike(old, "evk-" + mark + "-new", vpn);
      JsonNode before = EngineHost.inspect(CONTAINERS, old);
      JsonNode after = EngineHost.inspect(CONTAINERS, again);
      assertThat(CONTAINERS.start(again)).isEqualTo(Containers.Outcome.DONE);
      for (String key : new String[] {"Env", "Labels", "User", "WorkingDir", "Entrypoint"}) {
        assertThat(after.path("Config").path(key))
            .as(key)
            .isEqualTo(before.path("Config").get(key));
      }
      before
          .path("HostConfig")
          .properties()
          .forEach(field -> {
            if (!field.getKey().equals("Binds") && !field.getKey().equals("Mounts")) {
              assertThat(after.path("HostConfig").path(field.getKey()))
                  .as(field.getKey())
                  .isEqualTo(field.getValue());
            }
          });
      assertThat(volumes(after)).hasSize(4).isEqualTo(volumes(before));
    } finally {
      EngineHost.discard(CONTAINERS, again);
      CONTAINERS.wire().delete("remove", "/containers/" + old + "?v=1&force=1", TIMEOUT);
      EngineHost.discard(CONTAINERS, vpn);
    }
  }

  /** An engine with one of most things; its volumes: declared by the image, -v, --mount, a bind. */
  private static ObjectNode rich(String vpn) {
    ObjectNode body = EngineHost.body();
    body.putArray("Env").add("SECRET=s3cr3t").add("CONF=--http-port=6878\n--bind-all");
    body.putObject("Labels")
        .put("com.docker.compose.project", "p")
        .put("acestream.forwarded", "true");
    body.put("WorkingDir", "/tmp");
    body.putObject("Volumes").putObject("/anonymous");
    ObjectNode host = body.putObject("HostConfig");
    host.put("NetworkMode", "container:" + vpn);
    host.putArray("Binds").add("/tmp:/host/:ro");
    host.putArray("Mounts").addObject().put("Type", "volume").put("Target", "/mounted");
    host.putArray("CapAdd").add("NET_RAW");
    host.putArray("SecurityOpt").add("no-new-privileges");
    host.putObject("Tmpfs").put("/scratch", "size=1m");
    host.putObject("RestartPolicy").put("Name", "unless-stopped").put("MaximumRetryCount", 0);
    host.put("Memory", 64 * 1024 * 1024).put("OomScoreAdj", 100).put("Init", false);
    host.putObject("LogConfig").put("Type", "json-file").putObject("Config").put("max-size", "1m");
    host.putArray("Ulimits").addObject().put("Name", "nofile").put("Soft", 512).put("Hard", 1024);
    return body;
  }

  private static Map<String, String> volumes(JsonNode inspect) {
    Map<String, String> volumes = new HashMap<>();
    for (JsonNode mount : inspect.path("Mounts")) {
      String where = mount.path("Name").asText() + mount.path("Source").asText();
      volumes.put(mount.path("Destination").asText(), where + " " + mount.path("RW"));
    }
    return volumes;
  }

  @Override
  protected void discard(String id) {
    EngineHost.discard(CONTAINERS, id);
  }
}
