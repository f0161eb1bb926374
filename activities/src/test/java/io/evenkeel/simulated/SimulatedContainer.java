package io.evenkeel.simulated;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One container of a simulated host. A label's value may be changed by a test that needs a broken
 * one. Not thread-safe: its fleet's lock guards it.
 */
final class SimulatedContainer {
  private static final String JOINED = "container:";

  final String id;
  final String networkMode;
  final Map<String, String> labels = new LinkedHashMap<>();
  String name;
  String image = "engine:1";
  ContainerStatus status = ContainerStatus.CREATED;
  Health health = Health.NONE;
  @Nullable Instant startedAt;
  @Nullable Instant finishedAt;

  /** Its process has ended, and until then Docker tears it down, and lists it as running. */
  @Nullable Instant tornDownAt;

  /** Docker has lost track of it: says that it runs, and nobody behind it is reached. */
  boolean lost;

  String error = "";
  boolean removedAtEnd;
  int starts;

  /** One that was created and never started. */
  SimulatedContainer(String id, String name, String networkMode) {
    this.id = id;
    this.name = name;
    this.networkMode = networkMode;
    labels.put("vpn.private_key", SimulatedFleet.SECRET);
  }

  /** The network mode of one that joins this one's namespace. */
  String joined() {
    return JOINED + id;
  }

  /** The id of the container whose namespace it joins; empty: it has one of its own. */
  String owner() {
    return networkMode.startsWith(JOINED) ? networkMode.substring(JOINED.length()) : "";
  }

  /** The VPN of its label; empty where it has none. */
  String vpn() {
    return labels.getOrDefault(Labels.VPN, "");
  }

  boolean isManaged() {
    return labels.containsKey("ondemand.app");
  }

  boolean runs() {
    return status == ContainerStatus.RUNNING;
  }

  void run(Instant now) {
    status = ContainerStatus.RUNNING;
    tornDownAt = null;
    lost = false;
    startedAt = now;
    error = "";
    starts++;
  }

  void end(Instant now) {
    status = ContainerStatus.EXITED;
    finishedAt = now;
  }

  /** As the list shows it, or as an inspect does. */
  Container seen(boolean inspected) {
    return new Container(
        id,
        name,
        image,
        status,
        health,
        networkMode,
        toldLabels(),
        Map.of(),
        inspected ? startedAt : null,
        inspected ? finishedAt : null,
        status == ContainerStatus.EXITED ? 137 : 0,
        error,
        inspected,
        removedAtEnd);
  }

  /** As a real engine's are read: others can carry secrets. */
  private Map<String, String> toldLabels() {
    Map<String, String> told = new LinkedHashMap<>(labels);
    told.keySet().removeIf(key -> !Labels.ALL.contains(key) && !key.equals("ondemand.app"));
    return told;
  }
}
