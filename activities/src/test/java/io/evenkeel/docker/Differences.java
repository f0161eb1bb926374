package io.evenkeel.docker;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * What two inspect answers differ in, beside what the engine itself makes new; in their state only
 * while both run. An anonymous volume is named in its successor's binds, with a mode: that is how
 * it is kept.
 */
final class Differences {
  /** The engine makes these, or copies them from the owner of the namespace. */
  private static final Set<String> MADE_NEW =
      Set.of(
          "/Id",
          "/Name",
          "/Created",
          "/State/Pid",
          "/State/StartedAt",
          "/State/Health/Log",
          "/State/Health/FailingStreak",
          "/ResolvConfPath",
          "/HostnamePath",
          "/HostsPath",
          "/LogPath",
          "/GraphDriver/Data",
          "/Config/Hostname",
          "/Config/Domainname",
          "/HostConfig/NetworkMode");

  private Differences() {}

  /** One line for each value that is not the same, by its path. */
  static List<String> between(JsonNode before, JsonNode after) {
    sortMounts(before);
    sortMounts(after);
    forgetNamesOfAnonymousVolumes(before, after);
    forgetWhereImagesAreMounted(before);
    forgetWhereImagesAreMounted(after);
    if (!runs(before) || !runs(after)) {
      ((ObjectNode) before).remove("State");
      ((ObjectNode) after).remove("State");
    }
    List<String> found = new ArrayList<>();
    compare("", before, after, found);
    return found;
  }

  private static boolean runs(JsonNode inspect) {
    return inspect.path("State").path("Running").asBoolean();
  }

  /** The engine tells mounts at random. */
  private static void sortMounts(JsonNode inspect) {
    List<JsonNode> mounts = new ArrayList<>();
    inspect.path("Mounts").forEach(mounts::add);
    mounts.sort(Comparator.comparing(mount -> mount.path("Destination").asText()));
    ((ArrayNode) inspect.path("Mounts")).removeAll().addAll(mounts);
  }

  /** Each container has a view of an image's files of its own. */
  private static void forgetWhereImagesAreMounted(JsonNode inspect) {
    for (JsonNode mount : inspect.path("Mounts")) {
      if (mount instanceof ObjectNode image && mount.path("Type").asText().equals("image")) {
        image.put("Source", "");
      }
    }
  }

  private static void forgetNamesOfAnonymousVolumes(JsonNode before, JsonNode after) {
    List<JsonNode> left = new ArrayList<>();
    after.path("HostConfig").path("Binds").forEach(left::add);
    List<JsonNode> added = new ArrayList<>(left);
    before.path("HostConfig").path("Binds").forEach(added::remove);
    for (JsonNode bind : added) {
      String[] parts = bind.asText().split(":", 3);
      for (int i = 0; i < before.path("Mounts").size(); i++) {
        JsonNode mount = before.path("Mounts").path(i);
        if (mount.path("Name").asText().equals(parts[0])
            && mount.path("Destination").asText().equals(parts[1])) {
          ((ObjectNode) after.path("Mounts").path(i)).set("Mode", mount.path("Mode"));
          left.remove(bind);
        }
      }
    }
    ObjectNode host = (ObjectNode) after.path("HostConfig");
    if (left.isEmpty()) {
      host.set("Binds", before.path("HostConfig").path("Binds"));
    } else {
      host.putArray("Binds").addAll(left);
    }
  }

  private static void compare(String path, JsonNode before, JsonNode after, List<String> found) {
    if (MADE_NEW.contains(path) || before.equals(after)) {
      return;
    }
    if (before.isObject() && after.isObject()) {
      Set<String> fields = new TreeSet<>();
      before.fieldNames().forEachRemaining(fields::add);
      after.fieldNames().forEachRemaining(fields::add);
      fields.forEach(
          field -> compare(path + "/" + field, before.path(field), after.path(field), found));
    } else if (before.isArray() && after.isArray() && before.size() == after.size()) {
      for (int i = 0; i < before.size(); i++) {
        compare(path + "/" + i, before.path(i), after.path(i), found);
      }
    } else {
      found.add(path + ": " + before + " -> " + after);
    }
  }
}
