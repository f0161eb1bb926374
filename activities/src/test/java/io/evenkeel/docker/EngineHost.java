package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.github.dockerjava.api.DockerClient;
import com.github.dockerjava.core.DefaultDockerClientConfig;
import com.github.dockerjava.core.DockerClientImpl;
import com.github.dockerjava.httpclient5.ApacheDockerHttpClient;
import io.micrometer.core.instrument.simple.SimpleMeterRegistry;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Set;

/** The real engine that the tests run on, and one tiny image on it, made from a static busybox. */
public final class EngineHost {
  /** Runs until SIGTERM, which it obeys at once. */
  public static final String IMAGE = "evenkeel/test-process";

  private static final Duration TIMEOUT = Duration.ofSeconds(25);
  private static final String DOCKERFILE =
      """
      FROM scratch
      COPY busybox /bin/busybox
      VOLUME /state
      ENTRYPOINT ["/bin/busybox", "sh", "-c", \
      "trap 'exit 0' TERM; while :; do /bin/busybox sleep 1 & wait; done"]
      """;

  private EngineHost() {}

  /** The adapter on that engine; a socket of its own where the test stands in between. */
  public static DockerContainers containers(String host) {
    return new DockerContainers(
        new DockerSettings(host, TIMEOUT, "ondemand.app"), new SimpleMeterRegistry());
  }

  /** Builds the image where the engine has none. */
  public static void buildImage() {
    buildImage(IMAGE, DOCKERFILE);
  }

  /** How that image is built; more may follow. */
  static String dockerfile() {
    return DOCKERFILE;
  }

  /** Builds an image that copies the static busybox. */
  static void buildImage(String tag, String dockerfile) {
    DefaultDockerClientConfig config =
        DefaultDockerClientConfig.createDefaultConfigBuilder().build();
    try (ApacheDockerHttpClient transport =
            new ApacheDockerHttpClient.Builder().dockerHost(config.getDockerHost()).build();
        DockerClient client = DockerClientImpl.getInstance(config, transport)) {
      Path folder = Files.createTempDirectory("evenkeel-image");
      String busybox = System.getenv().getOrDefault("BUSYBOX", "/bin/busybox");
      Files.copy(Path.of(busybox), folder.resolve("busybox"));
      Files.writeString(folder.resolve("Dockerfile"), dockerfile);
      client.buildImageCmd(folder.toFile()).withTags(Set.of(tag)).start().awaitImageId();
      Files.delete(folder.resolve("busybox"));
      Files.delete(folder.resolve("Dockerfile"));
      Files.delete(folder);
    } catch (IOException broken) {
      throw new UncheckedIOException(broken);
    }
  }

  /** Creates and starts a container in the engine's own JSON; its id. */
  public static String run(DockerContainers containers, String name, ObjectNode body) {
    String id = create(containers, name, body);
    containers.start(id);
    return id;
  }

  /** Creates a container in the engine's own JSON, of the test's image where it names none. */
  public static String create(DockerContainers containers, String name, ObjectNode body) {
    if (!body.has("Image")) {
      body.put("Image", IMAGE);
    }
    JsonNode answer =
        containers.wire().post("create", "/containers/create?name=" + name, body, TIMEOUT).json();
    if (!answer.has("Id")) {
      throw new IllegalStateException(name + " was not created: " + answer);
    }
    return answer.path("Id").asText();
  }

  /** Removes what a test made, its anonymous volumes too. */
  public static void discard(DockerContainers containers, String id) {
    containers.wire().delete("remove", "/containers/" + id + "?v=1&force=1", TIMEOUT);
  }

  /** The engine's own inspect answer. */
  static JsonNode inspect(DockerContainers containers, String id) {
    return containers.wire().get("inspect", "/containers/" + id + "/json", TIMEOUT).json();
  }

  /** A request body without anything in it. */
  public static ObjectNode body() {
    return DockerWire.JSON.createObjectNode();
  }

  /** A body whose process is this shell script. */
  public static ObjectNode script(String script) {
    ObjectNode body = body();
    var entrypoint = body.putArray("Entrypoint");
    List.of("/bin/busybox", "sh", "-c", script).forEach(entrypoint::add);
    return body;
  }
}
