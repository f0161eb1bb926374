package io.evenkeel.activities;

import io.evenkeel.decide.AttachmentRule;
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
 * what the one before has left: rename aside, create, remove the old one, start.
 */
final class Attaching {
  private static final Logger log = LoggerFactory.getLogger(Attaching.class);
  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(5);
  private static final Duration OWN_GRACE = Duration.ofSeconds(10);

  /** Behind a name: the container that is being replaced. */
  static final String ASIDE = "-evenkeel-replaced";

  private final Containers containers;

  Attaching(Containers containers) {
    this.containers = containers;
  }

  /** See {@link io.evenkeel.workflow.FleetActivities#attach}. */
  String attach(String name, String vpnName, boolean ranBefore) {
    Container vpn =
        containers
            .inspect(vpnName, INSPECT_DEADLINE)
            .orElseThrow(() -> down("VPN " + vpnName + " is not there"));
    Optional<Container> aside = containers.inspect(name + ASIDE, INSPECT_DEADLINE);
    Optional<Container> found = containers.inspect(name, INSPECT_DEADLINE);
    if (aside.isPresent()) {
      return resume(name, vpn, found, aside.get());
    }
    if (found.isEmpty()) {
      return "gone";
    }
    Container dependent = found.get();
    String did =
        switch (AttachmentRule.of(dependent, vpn, ranBefore)) {
          case LEAVE -> dependent.label(Labels.IGNORE).equals("true") ? "ignored" : "left";
          case WAIT ->
              throw down(name + " is " + dependent.status() + ", " + vpnName + " " + vpn.status());
          case START -> start(dependent, vpn);
          case RESTART -> restart(dependent, vpn);
          case RECREATE -> {
            Container moved = moveAside(dependent);
            yield recreate(name, vpn, moved);
          }
        };
    log.info("{} behind {}: {}", name, vpnName, did);
    return did;
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

  /** Kill or stop, then start: a restart call would kill first and look at the VPN later. */
  private String restart(Container dependent, Container vpn) {
    Containers.Outcome _ =
        dependent.label(Labels.VPN).isEmpty()
            ? containers.stop(dependent.id(), OWN_GRACE)
            : containers.kill(dependent.id());
    String did = start(dependent, vpn);
    return did.equals("started") ? "restarted" : did;
  }

  private Container moveAside(Container old) {
    Containers.Outcome _ = containers.rename(old.id(), old.name() + ASIDE);
    return old;
  }

  private String resume(String name, Container vpn, Optional<Container> found, Container aside) {
    if (found.isPresent() && !found.get().refersTo(vpn.id(), vpn.name())) {
      throw new DockerFailure(
          DockerFailure.Kind.CONFLICT,
          name
              + " and "
              + name
              + ASIDE
              + " both exist and neither belongs to "
              + vpn.name()
              + ": remove the one that is not wanted",
          null);
    }
    String did = found.isPresent() ? finish(name, aside) : recreate(name, vpn, aside);
    log.info("{} behind {}: {} (resumed)", name, vpn.name(), did);
    return did;
  }

  private String recreate(String name, Container vpn, Container aside) {
    String created = containers.createLike(aside.id(), name, vpn.id());
    log.info("{} behind {}: created {} like {}", name, vpn.name(), created, aside.id());
    return finish(name, aside);
  }

  private String finish(String name, Container aside) {
    Containers.Outcome _ = containers.remove(aside.id(), true);
    Containers.Outcome _ = containers.start(name);
    return "recreated";
  }

  private static DockerFailure down(String line) {
    return new DockerFailure(DockerFailure.Kind.NAMESPACE_DOWN, line, null);
  }
}
