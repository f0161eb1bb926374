package io.evenkeel.simulated;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
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
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Predicate;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * A Docker host in memory that behaves as the real one was seen to: a join error leaves an engine
 * dead, a stranded engine looks healthy, a name is taken once. Thread-safe. Its list comes in
 * another order each time.
 */
public final class SimulatedFleet implements Containers, VpnControl, EngineProbe {
  /** The manager label of every simulated engine. */
  public static final String MANAGER = "ondemand.app=myservice";

  /** The longest that a call without a deadline of its own is waited for. */
  private static final Duration CALL_DEADLINE = Duration.ofSeconds(25);

  private final Clock clock;
  private final Consumer<Instant> waiting;
  private final Random order = new Random(7);
  private final Map<String, Simulated> byId = new LinkedHashMap<>();
  private final Map<String, TunnelReading> tunnels = new LinkedHashMap<>();
  private final List<Deed> journal = new ArrayList<>();

  /** By what is asked: "verb name", "verb", or nothing for everything. */
  private final Map<String, Kind> failing = new LinkedHashMap<>();

  private final Set<String> losing = new HashSet<>();

  /** How containers have ended, by id, as long as their events are remembered. */
  private final Map<String, End> remembered = new LinkedHashMap<>();

  private Instant silentUntil = Instant.MIN;
  private Predicate<String> unlisted = _ -> false;
  private int shortLists;
  private int deedsUntilGone;
  private String vanishing = "";
  private int callsUntilVanished;
  private int born;
  private int mostRunning;
  private Duration boot = Duration.ZERO;

  /**
   * Something that was done through the port and changed a container.
   *
   * @param vpn the VPN of the container's label; empty where it has none
   * @param attached whether it was attached to its VPN until then
   * @param line the verb, the name, and the new name where it got one
   */
  public record Deed(
      Instant at, String verb, String name, String vpn, boolean attached, String line) {}

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

    /** Its process has ended, and until then Docker tears it down, and lists it as running. */
    @Nullable Instant tornDownAt;

    String error = "";
    boolean removedAtEnd;
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
          inspected,
          removedAtEnd);
    }
  }

  /** One that is never waited for: it answers at once, or fails at once. */
  public SimulatedFleet(Clock clock) {
    this(
        clock,
        _ -> {
          throw new IllegalStateException("time does not pass here");
        });
  }

  /**
   * One whose calls may hang.
   *
   * @param waiting lets time pass until a moment of the clock, for a call that is not answered
   */
  public SimulatedFleet(Clock clock, Consumer<Instant> waiting) {
    this.clock = clock;
    this.waiting = waiting;
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
    remembered.put(byName(name).id, End.CRASHED);
    end(byName(name));
  }

  /** Somebody stops it through Docker. */
  public synchronized void stops(String name) {
    remembered.put(byName(name).id, End.ASKED);
    end(byName(name));
  }

  /** Docker's events are of the past: it has been started anew, or much has happened since. */
  public synchronized void forgetsItsEvents() {
    remembered.clear();
  }

  /**
   * Its process ends, and for so long Docker tears its published ports down: the list says that it
   * runs, and no call for it is answered.
   */
  public synchronized void dies(String name, Duration teardown) {
    byName(name).tornDownAt = clock.instant().plus(teardown);
  }

  public synchronized void isPaused(String name) {
    byName(name).status = ContainerStatus.PAUSED;
  }

  /** Its owner has started it again; its dependents are stranded. */
  public synchronized void restarts(String name) {
    end(byName(name));
    run(byName(name));
  }

  /** The host's clock was another one when it started last. */
  public synchronized void saysItStartedAt(String name, Instant moment) {
    byName(name).startedAt = moment;
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

  /**
   * Somebody removes the container that has this name just before the call that comes so many calls
   * from now, the next one being the first. Nobody has it then: nothing is removed.
   */
  public synchronized void vanishesBeforeCall(int call, String name) {
    callsUntilVanished = call;
    vanishing = name;
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

  /** So long from an engine's start until it answers HTTP. */
  public synchronized void enginesNeed(Duration untilTheyAnswer) {
    boot = untilTheyAnswer;
  }

  /** Every call fails like that until {@link #answersAgain}. */
  public synchronized void fails(Kind kind) {
    failing.put("", kind);
  }

  /**
   * Some calls fail like that until {@link #answersAgain}.
   *
   * @param what "verb", or "verb name"
   */
  public synchronized void fails(String what, Kind kind) {
    failing.put(what, kind);
  }

  /** Creating a container of that name fails for good. */
  public synchronized void refusesToCreate(String name) {
    failing.put("create " + name, Kind.BAD_REQUEST);
  }

  /** No call is answered for so long; one that is waited for until then is answered late. */
  public synchronized void hangs(Duration time) {
    silentUntil = clock.instant().plus(time);
  }

  /** The next "verb name" is carried out, and its answer is lost. */
  public synchronized void losesTheAnswerTo(String what) {
    losing.add(what);
  }

  /** The next listings lack these containers, which are there all the same. */
  public synchronized void listsLack(int times, Predicate<String> names) {
    shortLists = times;
    unlisted = names;
  }

  /**
   * After so many more deeds the daemon is gone, before it has answered the last of them, until
   * {@link #answersAgain}.
   */
  public synchronized void goesAfter(int deedsMore) {
    deedsUntilGone = deedsMore;
  }

  public synchronized void answersAgain() {
    deedsUntilGone = 0;
    failing.clear();
    silentUntil = Instant.MIN;
  }

  /** A container that has nothing to do with any VPN. */
  public synchronized void bystander(String name) {
    run(born(name, "bridge"));
  }

  /** Its engine removes it when it ends. */
  public synchronized void isRemovedAtItsEnd(String name) {
    byName(name).removedAtEnd = true;
  }

  // What a test looks at.

  /** A container's id; empty where there is none. */
  public synchronized String id(String name) {
    return find(name).map(c -> c.id).orElse("");
  }

  /** How many calls there are to come before {@link #vanishesBeforeCall} comes true; 0: it has. */
  public synchronized int callsUntilVanished() {
    return callsUntilVanished;
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

  /** Every container's name, in order. */
  public synchronized List<String> names() {
    return byId.values().stream().map(c -> c.name).sorted().toList();
  }

  /** The most engines that ever ran at one moment. */
  public synchronized int mostRunning() {
    return mostRunning;
  }

  /** Everything that was done through the port and changed something, in order. */
  public synchronized List<String> deeds() {
    return journal.stream().map(Deed::line).toList();
  }

  /** The same, with when and to whom. */
  public synchronized List<Deed> journal() {
    return List.copyOf(journal);
  }

  public synchronized Map<String, String> labels(String name) {
    return Map.copyOf(byName(name).labels);
  }

  // The port.

  @Override
  public List<Container> list() {
    return call(
        "list",
        "",
        CALL_DEADLINE,
        () -> {
          Predicate<String> lacking = shortLists-- > 0 ? unlisted : _ -> false;
          List<Container> all = new ArrayList<>();
          byId.values().stream()
              .filter(c -> !lacking.test(c.name))
              .forEach(c -> all.add(c.seen(false)));
          Collections.shuffle(all, order);
          return all;
        });
  }

  @Override
  public Optional<Container> inspect(String idOrName, Duration deadline) {
    return call(
        "inspect", idOrName, deadline, () -> find(idOrName).map(container -> container.seen(true)));
  }

  @Override
  public End end(String id) {
    return call("events", id, CALL_DEADLINE, () -> remembered.getOrDefault(id, End.UNKNOWN));
  }

  @Override
  public Outcome start(String idOrName) {
    return call("start", idOrName, CALL_DEADLINE, () -> started(required(idOrName)));
  }

  private Outcome started(Simulated container) {
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
    done("start", container);
    run(container);
    return Outcome.DONE;
  }

  @Override
  public Outcome stop(String idOrName, Duration grace) {
    return call("stop", idOrName, CALL_DEADLINE, () -> ended("stop", required(idOrName)));
  }

  @Override
  public Outcome restart(String idOrName, Duration grace) {
    return call(
        "restart",
        idOrName,
        CALL_DEADLINE,
        () -> {
          Simulated container = required(idOrName);
          done("restart", container);
          container.status = ContainerStatus.EXITED;
          return started(container);
        });
  }

  @Override
  public Outcome kill(String idOrName) {
    return call("kill", idOrName, CALL_DEADLINE, () -> ended("kill", required(idOrName)));
  }

  private Outcome ended(String verb, Simulated container) {
    if (container.status != ContainerStatus.RUNNING && container.status != ContainerStatus.PAUSED) {
      return Outcome.ALREADY_SO;
    }
    done(verb, container);
    remembered.put(container.id, End.ASKED);
    end(container);
    return Outcome.DONE;
  }

  @Override
  public Outcome unpause(String idOrName) {
    return call(
        "unpause",
        idOrName,
        CALL_DEADLINE,
        () -> {
          Simulated container = required(idOrName);
          if (container.status != ContainerStatus.PAUSED) {
            return Outcome.ALREADY_SO;
          }
          done("unpause", container);
          container.status = ContainerStatus.RUNNING;
          return Outcome.DONE;
        });
  }

  @Override
  public Outcome rename(String id, String newName) {
    return call(
        "rename",
        id,
        CALL_DEADLINE,
        () -> {
          Simulated container = required(id);
          if (container.name.equals(newName)) {
            return Outcome.ALREADY_SO;
          }
          taken(newName);
          done("rename", container, " " + newName);
          container.name = newName;
          return Outcome.DONE;
        });
  }

  @Override
  public String create(NewContainer wanted) {
    return call(
        "create",
        wanted.name(),
        CALL_DEADLINE,
        () -> {
          taken(wanted.name());
          Simulated container = born(wanted.name(), "container:" + wanted.namespaceOwnerId());
          container.image = wanted.image();
          container.labels.putAll(wanted.labels());
          done("create", container);
          return container.id;
        });
  }

  @Override
  public void requireKept(String id) {
    String _ = call("keep", id, CALL_DEADLINE, () -> required(id).id);
  }

  @Override
  public String createLike(String oldId, String name, String namespaceOwnerId) {
    return call(
        "create",
        name,
        CALL_DEADLINE,
        () -> {
          Simulated old = required(oldId);
          taken(name);
          Simulated container = born(name, "container:" + namespaceOwnerId);
          container.labels.putAll(old.labels);
          container.image = old.image;
          done("create", container);
          return container.id;
        });
  }

  @Override
  public Outcome remove(String idOrName, boolean force) {
    return call(
        "remove",
        idOrName,
        CALL_DEADLINE,
        () -> {
          Optional<Simulated> found = find(idOrName);
          if (found.isEmpty()) {
            return Outcome.ALREADY_SO;
          }
          if (!force && found.get().status == ContainerStatus.RUNNING) {
            throw new DockerFailure(Kind.CONFLICT, idOrName + " is running", null);
          }
          done("remove", found.get());
          byId.remove(found.get().id);
          return Outcome.DONE;
        });
  }

  @Override
  public synchronized boolean ping() {
    return !failing.containsKey("") && !silentUntil.isAfter(clock.instant());
  }

  @Override
  public synchronized TunnelReading read(Container vpn) {
    return tunnels.getOrDefault(vpn.name(), TunnelReading.unknown(vpn.name()));
  }

  @Override
  public synchronized boolean answers(Container engine, Container vpn) {
    return find(engine.id())
        .filter(this::alive)
        .map(c -> c.startedAt)
        .map(start -> !start.plus(boot).isAfter(clock.instant()))
        .orElse(false);
  }

  // How it works inside.

  private <T> T call(String verb, String target, Duration deadline, Supplier<T> act) {
    awaitAnswer(verb + " " + target, target, deadline);
    synchronized (this) {
      tearDown();
      if (callsUntilVanished > 0 && --callsUntilVanished == 0) {
        find(vanishing).ifPresent(c -> byId.remove(c.id));
      }
      String name = find(target).map(c -> c.name).orElse(target);
      for (String what : List.of("", verb, verb + " " + name)) {
        Kind kind = failing.get(what);
        if (kind != null) {
          throw new DockerFailure(kind, verb + " " + name + ": no such image, or worse", null);
        }
      }
      int before = journal.size();
      T answer = act.get();
      if (journal.size() > before && deedsUntilGone > 0 && --deedsUntilGone == 0) {
        failing.put("", Kind.UNAVAILABLE);
        throw new DockerFailure(Kind.UNAVAILABLE, verb + " " + name + ": it went away", null);
      }
      if (losing.remove(verb + " " + name)) {
        throw new DockerFailure(Kind.TIMEOUT, verb + " " + name + ": the answer is lost", null);
      }
      return answer;
    }
  }

  private void awaitAnswer(String what, String target, Duration deadline) {
    Instant answered = answered(target);
    Instant now = clock.instant();
    if (answered.isAfter(now)) {
      Instant givenUp = now.plus(deadline);
      waiting.accept(answered.isBefore(givenUp) ? answered : givenUp);
      if (answered.isAfter(clock.instant())) {
        throw new DockerFailure(Kind.TIMEOUT, what + ": not answered within " + deadline, null);
      }
    }
  }

  private synchronized Instant answered(String target) {
    Instant tornDown = find(target).map(c -> c.tornDownAt).orElse(Instant.MIN);
    return tornDown.isAfter(silentUntil) ? tornDown : silentUntil;
  }

  /** What Docker has torn down by now has exited. */
  private void tearDown() {
    for (Simulated container : List.copyOf(byId.values())) {
      Instant tornDown = container.tornDownAt;
      if (tornDown != null && !tornDown.isAfter(clock.instant())) {
        container.tornDownAt = null;
        end(container);
      }
    }
  }

  private void done(String verb, Simulated container) {
    done(verb, container, "");
  }

  private void done(String verb, Simulated container, String rest) {
    journal.add(
        new Deed(
            clock.instant(),
            verb,
            container.name,
            container.labels.getOrDefault(Labels.VPN, ""),
            alive(container),
            verb + " " + container.name + rest));
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
    container.tornDownAt = null;
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
    if (container.removedAtEnd) {
      byId.remove(container.id);
    }
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
        && vpn.get().tornDownAt == null
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
