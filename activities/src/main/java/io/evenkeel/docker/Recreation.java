package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

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
      List.of("PortBindings", "PublishAllPorts", "Dns", "ExtraHosts", "Links");

  /** Other namespaces that may be another container's. */
  private static final List<String> JOINED = List.of("PidMode", "IpcMode");

  private static final String OF_CONTAINER = "container:";

  private final JsonNode inspect;
  private final String oldOwner;
  private final String newOwner;

  /**
   * Of one container.
   *
   * @param inspect its inspect answer
   * @param namespaceOwnerId the new one's
   */
  Recreation(JsonNode inspect, String namespaceOwnerId) {
    this.inspect = inspect;
    this.newOwner = namespaceOwnerId;
    this.oldOwner = joined(inspect.path("HostConfig").path("NetworkMode").asText());
  }

  /** Whether it is in no other container's network: then no other owner makes it the same. */
  boolean hasOwnNetwork() {
    return oldOwner.isEmpty();
  }

  /** Other containers whose namespaces it joins: without them it could be made, not started. */
  List<String> needs() {
    List<String> needs = new ArrayList<>();
    for (String field : JOINED) {
      String reference = joined(inspect.path("HostConfig").path(field).asText());
      if (!reference.isEmpty() && !reference.equals(oldOwner)) {
        needs.add(reference);
      }
    }
    return needs;
  }

  /**
   * Builds the request.
   *
   * @param image the image's name, or its id where the name means another one by now
   * @param isThere whether there is a container of that id or name
   */
  ObjectNode body(String image, Predicate<String> isThere) {
    ObjectNode body = inspect.path("Config").deepCopy();
    NOT_IN_A_SHARED_NAMESPACE.forEach(body::remove);
    body.put("Image", image);
    if (body.path("Entrypoint").isEmpty()) {
      // Without a word the engine takes the image's; an empty one means none, and is shown as none.
      body.putArray("Entrypoint").add("");
    }
    ObjectNode host = inspect.path("HostConfig").deepCopy();
    HOST_NOT_IN_A_SHARED_NAMESPACE.forEach(host::remove);
    host.put("NetworkMode", OF_CONTAINER + newOwner);
    for (String field : JOINED) {
      if (!oldOwner.isEmpty() && joined(host.path(field).asText()).equals(oldOwner)) {
        host.put(field, OF_CONTAINER + newOwner);
      }
    }
    keepVolumesFrom(host, isThere);
    keepMounts(host);
    body.set("HostConfig", host);
    return body;
  }

  private static String joined(String mode) {
    return mode.startsWith(OF_CONTAINER) ? mode.substring(OF_CONTAINER.length()) : "";
  }

  /** What it had from a container that is gone is kept by {@link #keepMounts}. */
  private static void keepVolumesFrom(ObjectNode host, Predicate<String> isThere) {
    if (host.path("VolumesFrom") instanceof ArrayNode sources) {
      ArrayNode kept = sources.arrayNode();
      for (JsonNode source : sources) {
        if (isThere.test(source.asText().split(":", 2)[0])) {
          kept.add(source);
        }
      }
      host.set("VolumesFrom", kept);
    }
  }

  /** The engine's Mounts have no slash at the end; a request may have one. */
  private static String plain(String path) {
    return path.length() > 1 && path.endsWith("/") ? path.substring(0, path.length() - 1) : path;
  }

  private Optional<String> volumeAt(String target) {
    for (JsonNode mount : inspect.path("Mounts")) {
      if (mount.path("Destination").asText().equals(target)) {
        return Optional.of(mount.path("Name").asText()).filter(name -> !name.isEmpty());
      }
    }
    return Optional.empty();
  }

  /**
   * An anonymous volume is named in no bind: without this the new one would get an empty one. Nor
   * is anything copied from the image into a volume that its owner has emptied.
   */
  private void keepMounts(ObjectNode host) {
    Set<String> asked = new HashSet<>();
    for (JsonNode bind : host.path("Binds")) {
      String[] parts = bind.asText().split(":", 3);
      asked.add(plain(parts.length > 1 ? parts[1] : parts[0]));
    }
    for (JsonNode mount : host.path("Mounts")) {
      String target = plain(mount.path("Target").asText());
      asked.add(target);
      if (mount instanceof ObjectNode unnamed
          && mount.path("Type").asText().equals("volume")
          && mount.path("Source").asText().isEmpty()) {
        volumeAt(target).ifPresent(name -> unnamed.put("Source", name));
      }
    }
    ArrayNode binds =
        host.path("Binds") instanceof ArrayNode there ? there : host.putArray("Binds");
    for (JsonNode mount : inspect.path("Mounts")) {
      if (asked.add(mount.path("Destination").asText())) {
        bind(mount).ifPresent(binds::add);
      }
    }
    if (binds.isEmpty()) {
      host.remove("Binds");
    }
  }

  /** One that no bind and no mount asks for: anonymous, or from another container. */
  private static Optional<String> bind(JsonNode mount) {
    String place = ":" + mount.path("Destination").asText() + ":";
    String mode = mount.path("RW").asBoolean(true) ? "" : "ro,";
    return switch (mount.path("Type").asText()) {
      case "volume" -> Optional.of(mount.path("Name").asText() + place + mode + "nocopy");
      case "bind" -> {
        String propagation = mount.path("Propagation").asText();
        yield Optional.of(
            mount.path("Source").asText()
                + place
                + mode
                + (propagation.isEmpty() ? "rprivate" : propagation));
      }
      default -> Optional.empty();
    };
  }
}
