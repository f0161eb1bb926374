package io.evenkeel.simulated;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import io.evenkeel.port.NewContainer;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.Random;
import java.util.function.Consumer;

/**
 * The port to a simulated host: each call is a deed in its journal, or an answer. Its list comes in
 * another order each time. Thread-safe.
 */
abstract class SimulatedDocker extends DockerTrouble implements Containers {
  /** The longest that a call without a deadline of its own is waited for. */
  private static final Duration CALL_DEADLINE = Duration.ofSeconds(25);

  private final Random order = new Random(7);

  SimulatedDocker(Clock clock, Consumer<Instant> waiting) {
    super(clock, waiting);
  }

  @Override
  public List<Container> list() {
    return call(
        "list",
        "",
        CALL_DEADLINE,
        () -> {
          var lacking = lacking();
          List<Container> all = new ArrayList<>();
          host.all().stream()
              .filter(c -> !lacking.test(c.name))
              .forEach(c -> all.add(c.seen(false)));
          Collections.shuffle(all, order);
          return all;
        });
  }

  @Override
  public Optional<Container> inspect(String idOrName, Duration deadline) {
    return call("inspect", idOrName, deadline, () -> host.find(idOrName).map(c -> c.seen(true)));
  }

  @Override
  public End end(String id) {
    return call("events", id, CALL_DEADLINE, () -> host.ending(id));
  }

  @Override
  public Outcome start(String idOrName) {
    return call("start", idOrName, CALL_DEADLINE, () -> started(host.required(idOrName)));
  }

  private Outcome started(SimulatedContainer container) {
    if (container.runs()) {
      return Outcome.ALREADY_SO;
    }
    host.requireNamespace(container);
    host.done("start", container);
    host.run(container);
    return Outcome.DONE;
  }

  @Override
  public Outcome stop(String idOrName, Duration grace) {
    return call("stop", idOrName, CALL_DEADLINE, () -> ended("stop", host.required(idOrName)));
  }

  @Override
  public Outcome restart(String idOrName, Duration grace) {
    return call(
        "restart",
        idOrName,
        CALL_DEADLINE,
        () -> {
          SimulatedContainer container = host.required(idOrName);
          host.done("restart", container);
          container.status = ContainerStatus.EXITED;
          return started(container);
        });
  }

  @Override
  public Outcome kill(String idOrName) {
    return call("kill", idOrName, CALL_DEADLINE, () -> ended("kill", host.required(idOrName)));
  }

  private Outcome ended(String verb, SimulatedContainer container) {
    if (!container.runs() && container.status != ContainerStatus.PAUSED) {
      return Outcome.ALREADY_SO;
    }
    host.done(verb, container);
    host.end(container, End.ASKED);
    return Outcome.DONE;
  }

  @Override
  public Outcome unpause(String idOrName) {
    return call(
        "unpause",
        idOrName,
        CALL_DEADLINE,
        () -> {
          SimulatedContainer container = host.required(idOrName);
          if (container.status != ContainerStatus.PAUSED) {
            return Outcome.ALREADY_SO;
          }
          host.done("unpause", container);
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
          SimulatedContainer container = host.required(id);
          if (container.name.equals(newName)) {
            return Outcome.ALREADY_SO;
          }
          host.requireFree(newName);
          host.done("rename", container, " " + newName);
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
          host.requireFree(wanted.name());
          SimulatedContainer container =
              host.born(wanted.name(), "container:" + wanted.namespaceOwnerId());
          container.image = wanted.image();
          container.labels.putAll(wanted.labels());
          host.done("create", container);
          return container.id;
        });
  }

  @Override
  public void requireKept(String id) {
    String _ = call("keep", id, CALL_DEADLINE, () -> host.required(id).id);
  }

  @Override
  public String createLike(String oldId, String name, String namespaceOwnerId) {
    return call(
        "create",
        name,
        CALL_DEADLINE,
        () -> {
          SimulatedContainer old = host.required(oldId);
          host.requireFree(name);
          SimulatedContainer container = host.born(name, "container:" + namespaceOwnerId);
          container.labels.putAll(old.labels);
          container.image = old.image;
          host.done("create", container);
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
          Optional<SimulatedContainer> found = host.find(idOrName);
          if (found.isEmpty()) {
            return Outcome.ALREADY_SO;
          }
          if (!force && found.get().runs()) {
            throw new DockerFailure(Kind.CONFLICT, idOrName + " is running", null);
          }
          host.done("remove", found.get());
          host.remove(found.get());
          return Outcome.DONE;
        });
  }
}
