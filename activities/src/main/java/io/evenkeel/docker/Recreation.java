package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;

/**
 * The create request that makes the same container again, in another namespace, from the engine's
 * own JSON: a field that this version does not know is carried over.
 */
final class Recreation {
  /**
   * What the engine rejects in {@code container:} mode; inspect shows the old VPN's values there.
   */
  private static final List<String> NOT_IN_A_SHARED_NAMESPACE =
      List.of("Hostname", "Domainname", "ExposedPorts", "MacAddress");

  private static final List<String> HOST_NOT_IN_A_SHARED_NAMESPACE =
      List.of(
          "PortBindings",
          "PublishAllPorts",
          "Dns",
          "DnsOptions",
          "DnsSearch",
          "ExtraHosts",
          "Links");

  private Recreation() {}

  /**
   * Builds the request.
   *
   * @param inspect the old one's inspect answer
   */
  static ObjectNode body(JsonNode inspect, String namespaceOwnerId) {
    ObjectNode body = inspect.path("Config").deepCopy();
    NOT_IN_A_SHARED_NAMESPACE.forEach(body::remove);
    ObjectNode host = inspect.path("HostConfig").deepCopy();
    HOST_NOT_IN_A_SHARED_NAMESPACE.forEach(host::remove);
    host.put("NetworkMode", "container:" + namespaceOwnerId);
    keepAnonymousVolumes(inspect, host);
    body.set("HostConfig", host);
    return body;
  }

  /** The engine's Mounts have no slash at the end; a request may have one. */
  private static String plain(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private static Optional<String> volumeAt(JsonNode inspect, String target) {
    for (JsonNode mount : inspect.path("Mounts")) {
      if (mount.path("Destination").asText().equals(target)) {
        return Optional.of(mount.path("Name").asText()).filter(name -> !name.isEmpty());
      }
    }
    return Optional.empty();
  }

  /** An anonymous volume is named in no bind: without this the new one would get an empty one. */
  private static void keepAnonymousVolumes(JsonNode inspect, ObjectNode host) {
    Set<String> bound = new HashSet<>();
    for (JsonNode bind : host.path("Binds")) {
      String[] parts = bind.asText().split(":", 3);
      bound.add(plain(parts.length > 1 ? parts[1] : parts[0]));
    }
    for (JsonNode mount : host.path("Mounts")) {
      String target = plain(mount.path("Target").asText());
      bound.add(target);
      if (mount instanceof ObjectNode unnamed
          && mount.path("Type").asText().equals("volume")
          && mount.path("Source").asText().isEmpty()) {
        volumeAt(inspect, target).ifPresent(name -> unnamed.put("Source", name));
      }
    }
    ArrayNode binds =
        host.path("Binds") instanceof ArrayNode there ? there : host.putArray("Binds");
    for (JsonNode mount : inspect.path("Mounts")) {
      String destination = mount.path("Destination").asText();
      if (mount.path("Type").asText().equals("volume") && bound.add(destination)) {
        String mode = mount.path("RW").asBoolean(true) ? "" : ":ro";
        binds.add(mount.path("Name").asText() + ":" + destination + mode);
      }
    }
    if (binds.isEmpty()) {
      host.remove("Binds");
    }
  }
}
