package io.evenkeel.activities;

import io.evenkeel.decide.AttachmentRule;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import java.time.Duration;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Attaches one dependent to its VPN by the rule. A recreate goes in four steps, each of which finds
 * what the ones before have left: rename aside, create, remove the old one, start.
 */
final class Attaching {
  private static final Logger log = LoggerFactory.getLogger(Attaching.class);
  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(5);
  private static final Duration OWN_GRACE = Duration.ofSeconds(10);

  private final Containers containers;
  private final Parallel parallel;

  Attaching(Containers containers, Parallel parallel) {
    this.containers = containers;
    this.parallel = parallel;
  }

  /** See {@link io.evenkeel.workflow.FleetActivities#attach}. */
  String attach(String name, String vpnName, boolean ranBefore) {
    var vpnAsked = parallel.begin(() -> containers.inspect(vpnName, INSPECT_DEADLINE));
    var asideAsked = parallel.begin(() -> containers.inspect(Aside.of(name), INSPECT_DEADLINE));
    var foundAsked = parallel.begin(() -> containers.inspect(name, INSPECT_DEADLINE));
    Container vpn = vpnAsked.get().orElseThrow(() -> down("VPN " + vpnName + " is not there"));
    // A container that only has such a name is somebody else's, and so is one that is to be
    // ignored.
    Optional<Container> aside = asideAsked.get().filter(a -> isBehind(a, vpn) && !a.ignored());
    Optional<Container> found = foundAsked.get();
    if (aside.isPresent()) {
      return resume(name, vpn, found, aside.get());
    }
    if (found.isEmpty()) {
      return "gone";
    }
    String did = byTheRule(found.get(), vpn, ranBefore);
    log.info("{} behind {}: {}", name, vpnName, did);
    return did;
  }

  private String byTheRule(Container dependent, Container vpn, boolean ranBefore) {
    return switch (AttachmentRule.of(dependent, vpn, ranBefore)) {
      case LEAVE -> dependent.ignored() ? "ignored" : "left";
      case WAIT ->
          throw down(
              dependent.name()
                  + " is "
                  + dependent.status()
                  + ", "
                  + vpn.name()
                  + " "
                  + vpn.status());
      case START -> start(dependent, vpn);
      case RESTART -> restart(dependent, vpn);
      case RECREATE -> {
        requireStranded(dependent);
        yield recreate(dependent.name(), vpn, moveAside(dependent));
      }
    };
  }

  /** In the namespace of another container that runs, it is somebody's, whatever its labels say. */
  private void requireStranded(Container dependent) {
    containers
        .inspect(dependent.reference(), INSPECT_DEADLINE)
        .filter(Container::running)
        .ifPresent(owner -> {
          throw new DockerFailure(
              DockerFailure.Kind.NOT_KEPT,
              dependent.name() + " shares the network of " + owner.name() + ", and is left",
              null);
        });
  }

  private String start(Container dependent, Container vpn) {
    try {
      Containers.Outcome _ = containers.start(dependent.id());
      return "started";
    } catch (DockerFailure failure) {
      if (failure.kind() != DockerFailure.Kind.NAMESPACE_GONE) {
        throw failure;
      }
      return recreate(dependent.name(), vpn, moveAside(dependent));
    }
  }

  /**
   * Kill or stop, then start: a restart call would kill first and look at the VPN later. But one
   * that is removed at its end survives nothing else.
   */
  private String restart(Container dependent, Container vpn) {
    if (dependent.removedAtEnd()) {
      Containers.Outcome _ = containers.restart(dependent.id(), OWN_GRACE);
      return "restarted";
    }
    Containers.Outcome _ =
        dependent.label(Labels.VPN).isEmpty()
            ? containers.stop(dependent.id(), OWN_GRACE)
            : containers.kill(dependent.id());
    String did = start(dependent, vpn);
    return did.equals("started") ? "restarted" : did;
  }

  /** One that cannot be made again as it is is refused before anything is touched. */
  private Container moveAside(Container old) {
    containers.requireKept(old.id());
    Containers.Outcome _ = containers.rename(old.id(), Aside.of(old.name()));
    return old;
  }

  /** Who has the name is the one that stays; the one aside was replaced by it. */
  private String resume(String name, Container vpn, Optional<Container> found, Container aside) {
    String did;
    if (found.isEmpty()) {
      did = recreate(name, vpn, aside);
    } else {
      requireOfThisVpn(found.get(), vpn);
      // One that is made anew once more needs the name.
      boolean first = !isDown(aside) || !found.get().refersTo(vpn.id(), vpn.name());
      if (first) {
        Containers.Outcome _ = containers.remove(aside.id(), true);
      }
      String then = byTheRule(found.get(), vpn, true);
      if (!first) {
        Containers.Outcome _ = containers.remove(aside.id(), true);
      }
      did = then.equals("left") || then.equals("started") ? "recreated" : then;
    }
    log.info("{} behind {}: {} (resumed)", name, vpn.name(), did);
    return did;
  }

  /** Whether it refers to this VPN, or to a container of the past: then no other VPN has it. */
  private boolean isBehind(Container container, Container vpn) {
    String reference = container.reference();
    return container.refersTo(vpn.id(), vpn.name())
        || (!reference.isEmpty() && containers.inspect(reference, INSPECT_DEADLINE).isEmpty());
  }

  /** Nothing is removed for the sake of one that has the name and is another's. */
  private void requireOfThisVpn(Container found, Container vpn) {
    if (!isBehind(found, vpn)) {
      throw new DockerFailure(
          DockerFailure.Kind.CONFLICT,
          found.name()
              + " and "
              + Aside.of(found.name())
              + " both exist and neither belongs to "
              + vpn.name()
              + ": remove the one that is not wanted",
          null);
    }
  }

  private String recreate(String name, Container vpn, Container aside) {
    try {
      String created = containers.createLike(aside.id(), name, vpn.id());
      log.info("{} behind {}: created {} like {}", name, vpn.name(), created, aside.id());
    } catch (DockerFailure failure) {
      if (failure.kind() == DockerFailure.Kind.CONFLICT
          && madeBefore(containers.inspect(name, INSPECT_DEADLINE), name, vpn, failure)) {
        return finish(name, aside);
      }
      if (refused(failure)) {
        // Nothing takes its place: it gets its name back.
        Containers.Outcome _ = containers.rename(aside.id(), name);
      }
      throw failure;
    }
    return finish(name, aside);
  }

  /**
   * Whether who has the name is what an attempt before has asked for and was not waited for.
   *
   * @param taken by whom; nobody who is seen: that creation is not over, and is waited for
   */
  static boolean madeBefore(
      Optional<Container> taken, String name, Container vpn, DockerFailure conflict) {
    if (taken.isEmpty()) {
      throw new DockerFailure(
          DockerFailure.Kind.SERVER_ERROR,
          "the name " + name + " is taken by a creation that is under way",
          conflict);
    }
    return taken.get().refersTo(vpn.id(), vpn.name());
  }

  /** The engine does not make it: not now, and not when it is asked again. */
  private static boolean refused(DockerFailure failure) {
    return switch (failure.kind()) {
      case BAD_REQUEST, DENIED, NOT_KEPT -> true;
      // A name that somebody took meanwhile, or a container that is gone, is for the next look.
      case CONFLICT, NOT_FOUND, NAMESPACE_DOWN, NAMESPACE_GONE -> false;
      case UNAVAILABLE, TIMEOUT, SERVER_ERROR -> false;
    };
  }

  /**
   * Of one that was down nothing would tell, once it is removed, that its successor is to run: it
   * stays until that does.
   */
  private String finish(String name, Container aside) {
    if (isDown(aside)) {
      Containers.Outcome _ = containers.start(name);
      Containers.Outcome _ = containers.remove(aside.id(), true);
    } else {
      Containers.Outcome _ = containers.remove(aside.id(), true);
      Containers.Outcome _ = containers.start(name);
    }
    return "recreated";
  }

  /** And stays so: Docker starts one that is restarting by itself. */
  private static boolean isDown(Container aside) {
    return switch (aside.status()) {
      case CREATED, EXITED, DEAD -> true;
      case RUNNING, PAUSED, RESTARTING, REMOVING, UNKNOWN -> false;
    };
  }

  private static DockerFailure down(String line) {
    return new DockerFailure(DockerFailure.Kind.NAMESPACE_DOWN, line, null);
  }
}
