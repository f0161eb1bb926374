package io.evenkeel.simulated;

import io.evenkeel.fleet.End;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Clock;
import java.time.Instant;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The containers of a simulated host and what the engine makes of them: a name is taken once, who
 * joins a dead namespace stays down, who was in it only looks healthy. Keeps the journal of what
 * was done to them. Not thread-safe: its fleet's lock guards it.
 */
final class SimulatedHost {
  private final Clock clock;
  private final Map<String, SimulatedContainer> byId = new LinkedHashMap<>();
  private final List<Deed> journal = new ArrayList<>();

  /** How containers have ended, by id, as long as their events are remembered. */
  private final Map<String, End> remembered = new LinkedHashMap<>();

  private int born;
  private int mostRunning;

  /** A host without a container. */
  SimulatedHost(Clock clock) {
    this.clock = clock;
  }

  Instant now() {
    return clock.instant();
  }

  // Who is there.

  /** Every container, in the order of their births. */
  List<SimulatedContainer> all() {
    return List.copyOf(byId.values());
  }

  Optional<SimulatedContainer> find(String idOrName) {
    SimulatedContainer byKey = byId.get(idOrName);
    return byKey != null
        ? Optional.of(byKey)
        : byId.values().stream().filter(c -> c.name.equals(idOrName)).findFirst();
  }

  /** The one that a test means: there must be one. */
  SimulatedContainer byName(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("no container " + name));
  }

  /**
   * The one that a call is for.
   *
   * @throws DockerFailure where there is none
   */
  SimulatedContainer required(String idOrName) {
    return find(idOrName)
        .orElseThrow(
            () -> new DockerFailure(Kind.NOT_FOUND, "No such container: " + idOrName, null));
  }

  /**
   * Nobody has this name.
   *
   * @throws DockerFailure where somebody has
   */
  void requireFree(String name) {
    if (byId.values().stream().anyMatch(c -> c.name.equals(name))) {
      throw new DockerFailure(Kind.CONFLICT, "the name " + name + " is taken", null);
    }
  }

  /** Running, in a namespace whose owner runs and has not been started since. */
  boolean alive(SimulatedContainer container) {
    if (!container.runs()) {
      return false;
    }
    Optional<SimulatedContainer> vpn = find(container.owner());
    Instant start = container.startedAt;
    return vpn.isPresent()
        && vpn.get().runs()
        && vpn.get().tornDownAt == null
        && !vpn.get().lost
        && start != null
        && !start.isBefore(vpn.get().startedAt);
  }

  /** The most engines that ever ran at one moment. */
  int mostRunning() {
    return mostRunning;
  }

  // What becomes of them.

  /** Another container; whether its name is free is the caller's to ask. */
  SimulatedContainer born(String name, String networkMode) {
    born++;
    SimulatedContainer container =
        new SimulatedContainer(String.format("%064x", 0xabc000 + born), name, networkMode);
    byId.put(container.id, container);
    return container;
  }

  void run(SimulatedContainer container) {
    container.run(now());
    int running = (int) byId.values().stream().filter(c -> c.isManaged() && c.runs()).count();
    mostRunning = Math.max(mostRunning, running);
  }

  /**
   * Its namespace can be joined, or is its own.
   *
   * @throws DockerFailure otherwise; the container keeps what Docker says then
   */
  void requireNamespace(SimulatedContainer container) {
    String owner = container.owner();
    if (owner.isEmpty()) {
      return;
    }
    Optional<SimulatedContainer> vpn = find(owner);
    if (vpn.isEmpty()) {
      container.error = "joining network namespace of container: No such container: " + owner;
      throw new DockerFailure(Kind.NAMESPACE_GONE, container.error, null);
    }
    if (!vpn.get().runs()) {
      container.error = "cannot join network of a non running container: " + owner;
      throw new DockerFailure(Kind.NAMESPACE_DOWN, container.error, null);
    }
  }

  /** It ends, and the engine's events tell how. */
  void end(SimulatedContainer container, End how) {
    remembered.put(container.id, how);
    end(container);
  }

  /** It ends, and no event is remembered. */
  void end(SimulatedContainer container) {
    if (container.removedAtEnd) {
      remove(container);
    }
    container.end(now());
  }

  void remove(SimulatedContainer container) {
    byId.remove(container.id);
  }

  /** What Docker has torn down by now has exited. */
  void tearDown() {
    for (SimulatedContainer container : all()) {
      Instant tornDown = container.tornDownAt;
      if (tornDown != null && !tornDown.isAfter(now())) {
        container.tornDownAt = null;
        end(container);
      }
    }
  }

  // What is remembered.

  /** How a container ended, by the engine's events. */
  End ending(String id) {
    return remembered.getOrDefault(id, End.UNKNOWN);
  }

  void forgetsItsEvents() {
    remembered.clear();
  }

  /** Writes a deed down, before it is done. */
  void done(String verb, SimulatedContainer container) {
    done(verb, container, "");
  }

  /**
   * The same.
   *
   * @param rest follows the name
   */
  void done(String verb, SimulatedContainer container, String rest) {
    journal.add(
        new Deed(
            now(),
            verb,
            container.name,
            container.vpn(),
            alive(container),
            verb + " " + container.name + rest));
  }

  /** Every deed, in order. */
  List<Deed> journal() {
    return List.copyOf(journal);
  }

  int deeds() {
    return journal.size();
  }
}
