package io.evenkeel.activities;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Scope;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Creates an engine, in the place of another where one goes. The one that goes is ended, renamed
 * aside, and removed when the new one has been started: its removal is on nobody's way. Each step
 * finds what the ones before have left.
 */
final class Creating {
  private static final Logger log = LoggerFactory.getLogger(Creating.class);
  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(5);

  private final Containers containers;
  private final EngineTemplate template;
  private final Attaching attaching;
  private final Parallel parallel;

  Creating(Containers containers, EngineTemplate template, Attaching attaching, Parallel parallel) {
    this.containers = containers;
    this.template = template;
    this.attaching = attaching;
    this.parallel = parallel;
  }

  /** See {@link io.evenkeel.workflow.FleetActivities#createEngine}. */
  Container create(EngineOrder order) {
    var vpnAsked = parallel.begin(() -> required(order.vpn()));
    var asideAsked = parallel.begin(() -> find(Aside.of(order.name())));
    var holderAsked = parallel.begin(() -> find(order.name()));
    Container vpn = vpnAsked.get();
    Optional<Container> holder = holderAsked.get();
    Optional<Container> aside = asideAsked.get();
    aside.ifPresent(replaced -> requireOurs(replaced, order));
    if (!order.replaces().isEmpty() && holder.isEmpty() && aside.isEmpty()) {
      // Somebody has removed it: by now another one may have its place.
      throw new DockerFailure(
          DockerFailure.Kind.NOT_FOUND, "there is no " + order.name() + " to be made anew", null);
    }
    if (isToBeStarted(order)
        && (aside.isPresent() || holder.filter(h -> isLeftBehind(h, order, vpn)).isPresent())) {
      String _ = attaching.attach(order.name(), order.vpn(), true);
      return required(order.name());
    }
    if (holder.isPresent() && goes(holder.get(), order, vpn)) {
      aside.ifPresent(leftover -> remove(leftover));
      aside = moveAside(holder.get(), order);
      holder = Optional.empty();
    }
    aside.ifPresent(this::end);
    String id = engine(order, vpn, holder, aside);
    Optional<Container> replaced = aside;
    var removal = parallel.begin(() -> replaced.map(this::remove));
    Container engine = required(id);
    Optional<Containers.Outcome> _ = removal.get();
    return engine;
  }

  /** The one that is to be replaced, or its successor in a namespace that is gone by now. */
  private static boolean goes(Container holder, EngineOrder order, Container vpn) {
    if (holder.id().equals(order.replaces())) {
      return true;
    }
    Instant start = holder.startedAt();
    Instant vpnStart = vpn.startedAt();
    boolean ofAnEarlierStart = start != null && vpnStart != null && start.isBefore(vpnStart);
    return !order.replaces().isEmpty()
        && isOurs(holder, order)
        && holder.label(Labels.VPN).equals(order.vpn())
        && (ofAnEarlierStart || !holder.refersTo(vpn.id(), vpn.name()));
  }

  /** One that is there, with all it has; what was put aside for it was cut off on that way. */
  private static boolean isToBeStarted(EngineOrder order) {
    return order.start() && order.replaces().isEmpty();
  }

  /**
   * It ended, or was never started, and then its VPN was made anew: it is made anew with all it
   * has, as it would have been after an outage.
   */
  private static boolean isLeftBehind(Container holder, EngineOrder order, Container vpn) {
    boolean stopped =
        holder.status() == ContainerStatus.EXITED || holder.status() == ContainerStatus.CREATED;
    return stopped
        && isOurs(holder, order)
        && !holder.reference().isEmpty()
        && !holder.refersTo(vpn.id(), vpn.name());
  }

  /** The one that is there, or a new one, started where that is asked. */
  private String engine(
      EngineOrder order, Container vpn, Optional<Container> holder, Optional<Container> aside) {
    if (holder.isPresent()) {
      Container there = wanted(holder.get(), order, vpn);
      if (order.start() && !there.running()) {
        start(there.id(), isOurMaking(there) && there.status() == ContainerStatus.CREATED);
      }
      return there.id();
    }
    String id = make(order, vpn, aside);
    if (order.start()) {
      start(id, true);
    }
    return id;
  }

  /** Another one's image and settings are not ours to make again. */
  private static boolean isOurMaking(Container engine) {
    return !engine.label(Labels.P2P_PORT).isEmpty();
  }

  private String make(EngineOrder order, Container vpn, Optional<Container> aside) {
    try {
      String id = containers.create(template.fill(order, vpn.id()));
      log.info("created {} on {} port {}: {}", order.name(), order.vpn(), order.httpPort(), id);
      return id;
    } catch (DockerFailure failure) {
      if (failure.kind() == DockerFailure.Kind.CONFLICT) {
        Optional<Container> taken = find(order.name());
        if (Attaching.madeBefore(taken, order.name(), vpn, failure)
            && taken.filter(there -> isOurs(there, order)).isPresent()) {
          return taken.get().id();
        }
      }
      if (aside.isPresent() && !failure.kind().passing()) {
        // Nothing takes its place: it gets its name back.
        Containers.Outcome _ = containers.rename(aside.get().id(), order.name());
      }
      throw failure;
    }
  }

  /** One that cannot be started is removed again, so that it holds neither name nor port. */
  private void start(String id, boolean neverRan) {
    try {
      Containers.Outcome _ = containers.start(id);
    } catch (DockerFailure failure) {
      if (neverRan && !failure.kind().passing()) {
        Containers.Outcome _ = containers.remove(id, true);
      }
      throw failure;
    }
  }

  /** Empty where it is gone by now. */
  private Optional<Container> moveAside(Container old, EngineOrder order) {
    requireOurs(old, order);
    try {
      end(old);
      Containers.Outcome _ = containers.rename(old.id(), Aside.of(order.name()));
      return Optional.of(old);
    } catch (DockerFailure failure) {
      if (failure.kind() == DockerFailure.Kind.NOT_FOUND) {
        return Optional.empty();
      }
      throw failure;
    }
  }

  /** Never two of one name run. */
  private void end(Container old) {
    switch (old.status()) {
      case RUNNING, PAUSED, RESTARTING -> {
        Containers.Outcome _ = containers.kill(old.id());
      }
      case CREATED, EXITED, DEAD, REMOVING, UNKNOWN -> {}
    }
  }

  private Containers.Outcome remove(Container old) {
    Containers.Outcome outcome = containers.remove(old.id(), true);
    log.info("removal of {}, which was replaced: {}", old.id(), outcome);
    return outcome;
  }

  /** The name is taken: ours, and what was wanted, or nobody's to touch. */
  private static Container wanted(Container there, EngineOrder order, Container vpn) {
    if (isOurs(there, order) && there.refersTo(vpn.id(), vpn.name())) {
      return there;
    }
    throw new DockerFailure(
        DockerFailure.Kind.CONFLICT,
        "the name " + order.name() + " is taken by a container that is not this engine",
        null);
  }

  private static void requireOurs(Container old, EngineOrder order) {
    if (!isOurs(old, order)) {
      throw new DockerFailure(
          DockerFailure.Kind.DENIED,
          old.name() + " is no engine of this fleet, or is to be ignored",
          null);
    }
  }

  private static boolean isOurs(Container container, EngineOrder order) {
    return new Scope(order.managerLabel(), List.of()).manages(container) && !container.ignored();
  }

  private Optional<Container> find(String name) {
    return containers.inspect(name, INSPECT_DEADLINE);
  }

  private Container required(String name) {
    return find(name)
        .orElseThrow(() ->
            new DockerFailure(DockerFailure.Kind.NOT_FOUND, "there is no container " + name, null));
  }
}
