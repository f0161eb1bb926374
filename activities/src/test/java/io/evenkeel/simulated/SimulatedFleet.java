package io.evenkeel.simulated;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import io.evenkeel.port.EngineProbe;
import io.evenkeel.port.NewContainer;
import io.evenkeel.port.VpnControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import org.jspecify.annotations.Nullable;

/**
 * A Docker host in memory that behaves as the real one was seen to: a join error leaves an engine
 * dead, a stranded engine looks healthy, a name is taken once. Thread-safe. Its list comes in
 * another order each time.
 */
public final class SimulatedFleet implements Containers, VpnControl, EngineProbe {
  /** The manager label of every simulated engine. */
  public static final String MANAGER = "ondemand.app=myservice";

  private final Clock clock;
  private final Random order = new Random(7);
  private final Map<String, Simulated> byId = new LinkedHashMap<>();
  private final Map<String, TunnelReading> tunnels = new LinkedHashMap<>();
  private final List<String> deeds = new ArrayList<>();
  private int born;
  private int mostRunning;
  private @Nullable Kind failing;
  private @Nullable String failingCreate;
  private int deedsUntilGone;

  /** One container; a label's value may be changed by a test that needs a broken one. */
  private static final class Simulated {
    String id = "";
    String name = "";
    String image = "";
    String networkMode = "bridge";
    ContainerStatus status = ContainerStatus.CREATED;
    Health health = Health.NONE;
    final Map<String, String> labels = new LinkedHashMap<>();
    @Nullable Instant startedAt;
    @Nullable Instant finishedAt;
    String error = "";
    int starts;

    Container seen(boolean inspected) {
      return new Container(
          id,
          name,
          image,
          status,
          health,
          networkMode,
          labels,
          Map.of(),
          inspected ? startedAt : null,
          inspected ? finishedAt : null,
          status == ContainerStatus.EXITED ? 137 : 0,
          error,
          inspected);
    }
  }

  public SimulatedFleet(Clock clock) {
    this.clock = clock;
  }

  // What a test does to the world.

  /** A running VPN with its tunnel up and this forwarded port; 0: none. */
  public synchronized SimulatedFleet vpn(String name, int forwardedPort) {
    Simulated vpn = born(name, "bridge");
    run(vpn);
    tunnels.put(
        name, new TunnelReading(name, TunnelReading.Tunnel.UP, "203.0.113.1", forwardedPort));
    return this;
  }

  /** A running engine with the original's labels. */
  public synchronized SimulatedFleet engine(String name, String vpn, int port, boolean forwarded) {
    Simulated engine = born(name, "container:" + byName(vpn).id);
    engine.labels.putAll(
        Map.of(
            "ondemand.app",
            "myservice",
            Labels.VPN,
            vpn,
            Labels.HTTP_PORT,
            Integer.toString(port),
            Labels.HOST_HTTP_PORT,
            Integer.toString(port)));
    if (forwarded) {
      engine.labels.put(Labels.FORWARDED, "true");
    }
    run(engine);
    return this;
  }

  public synchronized void guest(String name, String vpn) {
    run(born(name, "container:" + byName(vpn).id));
  }

  public synchronized void dies(String name) {
    end(byName(name));
  }

  public synchronized void isPaused(String name) {
    byName(name).status = ContainerStatus.PAUSED;
  }

  /** Its owner has started it again; its dependents are stranded. */
  public synchronized void restarts(String name) {
    end(byName(name));
    run(byName(name));
  }

  /** Another container under the same name, as compose makes it. */
  public synchronized void isRecreated(String name) {
    Simulated old = byName(name);
    byId.remove(old.id);
    run(born(name, old.networkMode));
  }

  public synchronized void vanishes(String name) {
    byId.remove(byName(name).id);
  }

  public synchronized void label(String name, String key, String value) {
    byName(name).labels.put(key, value);
  }

  public synchronized void unlabel(String name, String key) {
    byName(name).labels.remove(key);
  }

  public synchronized void health(String name, Health health) {
    byName(name).health = health;
  }

  public synchronized void tunnel(String vpn, TunnelReading.Tunnel tunnel, int port) {
    tunnels.put(vpn, new TunnelReading(vpn, tunnel, "", port));
  }

  /** Every call fails like that until {@link #answersAgain}. */
  public synchronized void fails(Kind kind) {
    failing = kind;
  }

  public synchronized void answersAgain() {
    failing = null;
    deedsUntilGone = 0;
  }

  /**
   * After so many more deeds the daemon is gone, before it has answered the last of them, until
   * {@link #answersAgain}.
   */
  public synchronized void goesAfter(int deedsMore) {
    deedsUntilGone = deedsMore;
  }

  /** Creating a container of that name fails for good. */
  public synchronized void refusesToCreate(@Nullable String name) {
    failingCreate = name;
  }

  // What a test looks at.

  /** Every container's name, in order. */
  public synchronized List<String> names() {
    return byId.values().stream().map(c -> c.name).sorted().toList();
  }

  /** A container's id; empty where there is none. */
  public synchronized String id(String name) {
    return find(name).map(c -> c.id).orElse("");
  }

  public synchronized int starts(String name) {
    return byName(name).starts;
  }

  public synchronized ContainerStatus status(String name) {
    return byName(name).status;
  }

  /** How many running engines of a VPN are really attached to it. */
  public synchronized long attached(String vpn) {
    return byId.values().stream()
        .filter(c -> c.labels.getOrDefault(Labels.VPN, "").equals(vpn) && alive(c))
        .count();
  }

  public synchronized boolean isAlive(String name) {
    return alive(byName(name));
  }

  public synchronized long engines() {
    return byId.values().stream().filter(c -> c.labels.containsKey("ondemand.app")).count();
  }

  /** The most engines that ever ran at one moment. */
  public synchronized int mostRunning() {
    return mostRunning;
  }

  /** Everything that was done through the port and changed something, in order. */
  public synchronized List<String> deeds() {
    return List.copyOf(deeds);
  }

  public synchronized Map<String, String> labels(String name) {
    return Map.copyOf(byName(name).labels);
  }

  // The port.

  @Override
  public synchronized List<Container> list() {
    check("list");
    List<Container> all = new ArrayList<>();
    byId.values().forEach(c -> all.add(c.seen(false)));
    Collections.shuffle(all, order);
    return all;
  }

  @Override
  public synchronized Optional<Container> inspect(String idOrName, Duration deadline) {
    check("inspect " + idOrName);
    return find(idOrName).map(c -> c.seen(true));
  }

  @Override
  public synchronized Outcome start(String idOrName) {
    check("start " + idOrName);
    Simulated container = required(idOrName);
    if (container.status == ContainerStatus.RUNNING) {
      return Outcome.ALREADY_SO;
    }
    String owner = reference(container);
    if (!owner.isEmpty()) {
      Optional<Simulated> vpn = find(owner);
      if (vpn.isEmpty()) {
        container.error = "joining network namespace of container: No such container: " + owner;
        throw new DockerFailure(Kind.NAMESPACE_GONE, container.error, null);
      }
      if (vpn.get().status != ContainerStatus.RUNNING) {
        container.error = "cannot join network of a non running container: " + owner;
        throw new DockerFailure(Kind.NAMESPACE_DOWN, container.error, null);
      }
    }
    run(container);
    did("start " + container.name);
    return Outcome.DONE;
  }

  @Override
  public synchronized Outcome stop(String idOrName, Duration grace) {
    return ends("stop", idOrName);
  }

  @Override
  public synchronized Outcome kill(String idOrName) {
    return ends("kill", idOrName);
  }

  private Outcome ends(String verb, String idOrName) {
    check(verb + " " + idOrName);
    Simulated container = required(idOrName);
    if (container.status != ContainerStatus.RUNNING && container.status != ContainerStatus.PAUSED) {
      return Outcome.ALREADY_SO;
    }
    end(container);
    did(verb + " " + container.name);
    return Outcome.DONE;
  }

  @Override
  public synchronized Outcome unpause(String idOrName) {
    check("unpause " + idOrName);
    Simulated container = required(idOrName);
    if (container.status != ContainerStatus.PAUSED) {
      return Outcome.ALREADY_SO;
    }
    container.status = ContainerStatus.RUNNING;
    did("unpause " + container.name);
    return Outcome.DONE;
  }

  @Override
  public synchronized Outcome rename(String id, String newName) {
    check("rename " + id);
    Simulated container = required(id);
    if (container.name.equals(newName)) {
      return Outcome.ALREADY_SO;
    }
    taken(newName);
    String before = container.name;
    container.name = newName;
    did("rename " + before + " " + newName);
    return Outcome.DONE;
  }

  @Override
  public synchronized String create(NewContainer wanted) {
    check("create " + wanted.name());
    if (wanted.name().equals(failingCreate)) {
      throw new DockerFailure(Kind.BAD_REQUEST, "no such image: " + wanted.image(), null);
    }
    taken(wanted.name());
    Simulated container = born(wanted.name(), "container:" + wanted.namespaceOwnerId());
    container.image = wanted.image();
    container.labels.putAll(wanted.labels());
    did("create " + wanted.name());
    return container.id;
  }

  @Override
  public synchronized String createLike(String oldId, String name, String namespaceOwnerId) {
    check("create " + name);
    Simulated old = required(oldId);
    taken(name);
    Simulated container = born(name, "container:" + namespaceOwnerId);
    container.labels.putAll(old.labels);
    container.image = old.image;
    did("create " + name);
    return container.id;
  }

  @Override
  public synchronized Outcome remove(String idOrName, boolean force) {
    check("remove " + idOrName);
    Optional<Simulated> found = find(idOrName);
    if (found.isEmpty()) {
      return Outcome.ALREADY_SO;
    }
    if (!force && found.get().status == ContainerStatus.RUNNING) {
      throw new DockerFailure(Kind.CONFLICT, idOrName + " is running", null);
    }
    byId.remove(found.get().id);
    did("remove " + found.get().name);
    return Outcome.DONE;
  }

  @Override
  public synchronized boolean ping() {
    return failing == null;
  }

  @Override
  public synchronized TunnelReading read(Container vpn) {
    return tunnels.getOrDefault(vpn.name(), TunnelReading.unknown(vpn.name()));
  }

  @Override
  public synchronized boolean answers(Container engine, Container vpn) {
    return find(engine.id()).map(this::alive).orElse(false);
  }

  // How it works inside.

  private void check(String what) {
    Kind kind = failing;
    if (kind != null) {
      throw new DockerFailure(kind, what + ": the simulated daemon does not answer", null);
    }
  }

  private void did(String deed) {
    deeds.add(deed);
    if (deedsUntilGone > 0 && --deedsUntilGone == 0) {
      failing = Kind.UNAVAILABLE;
      check(deed);
    }
  }

  private Simulated born(String name, String networkMode) {
    Simulated container = new Simulated();
    born++;
    container.id = String.format("%064x", 0xabc000 + born);
    container.name = name;
    container.image = "engine:1";
    container.networkMode = networkMode;
    byId.put(container.id, container);
    return container;
  }

  private void run(Simulated container) {
    container.status = ContainerStatus.RUNNING;
    container.startedAt = clock.instant();
    container.error = "";
    container.starts++;
    int running =
        (int)
            byId.values().stream()
                .filter(c -> c.labels.containsKey("ondemand.app"))
                .filter(c -> c.status == ContainerStatus.RUNNING)
                .count();
    mostRunning = Math.max(mostRunning, running);
  }

  private void end(Simulated container) {
    container.status = ContainerStatus.EXITED;
    container.finishedAt = clock.instant();
  }

  /** Running, in a namespace whose owner runs and has not been started since. */
  private boolean alive(Simulated container) {
    if (container.status != ContainerStatus.RUNNING) {
      return false;
    }
    Optional<Simulated> vpn = find(reference(container));
    Instant start = container.startedAt;
    return vpn.isPresent()
        && vpn.get().status == ContainerStatus.RUNNING
        && start != null
        && !start.isBefore(vpn.get().startedAt);
  }

  private static String reference(Simulated container) {
    return container.networkMode.startsWith("container:")
        ? container.networkMode.substring("container:".length())
        : "";
  }

  private void taken(String name) {
    if (byId.values().stream().anyMatch(c -> c.name.equals(name))) {
      throw new DockerFailure(Kind.CONFLICT, "the name " + name + " is taken", null);
    }
  }

  private Optional<Simulated> find(String idOrName) {
    Simulated byKey = byId.get(idOrName);
    return byKey != null
        ? Optional.of(byKey)
        : byId.values().stream().filter(c -> c.name.equals(idOrName)).findFirst();
  }

  private Simulated byName(String name) {
    return find(name).orElseThrow(() -> new IllegalArgumentException("no container " + name));
  }

  private Simulated required(String idOrName) {
    return find(idOrName)
        .orElseThrow(
            () -> new DockerFailure(Kind.NOT_FOUND, "No such container: " + idOrName, null));
  }
}
