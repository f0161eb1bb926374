package io.evenkeel.workflow;

import io.evenkeel.decide.Ports;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Labels;
import io.evenkeel.workflow.FleetActivities.Attached;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.temporal.failure.ActivityFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.function.BooleanSupplier;

/** Attaches every dependent of a VPN that runs again, in parallel, and proves each. */
final class Reattachment {
  private final OutageRequest request;
  private final Steps steps;
  private final OutageLog log;
  private final BooleanSupplier vpnDiedAgain;

  Reattachment(OutageRequest request, Steps steps, OutageLog log, BooleanSupplier vpnDiedAgain) {
    this.request = request;
    this.steps = steps;
    this.log = log;
    this.vpnDiedAgain = vpnDiedAgain;
  }

  /** Returns when each one is shown, or its failure told. */
  void attachAll(List<Promise<String>> silenced, Promise<Settlement.Tunnel> tunnel) {
    settleQuietly(silenced);
    log.phase("reattach", request.dependents().size() + " engines");
    List<Container> forwardedFirst = new ArrayList<>(request.dependents());
    forwardedFirst.sort((a, b) -> Boolean.compare(forwarded(b), forwarded(a)));
    List<Promise<Void>> all = new ArrayList<>();
    for (Container dependent : forwardedFirst) {
      all.add(Async.procedure(() -> attach(dependent, tunnel)));
    }
    Promise.allOf(all).get();
    Settlement.Tunnel settled = tunnel.get();
    if (settled.port() > 0) {
      log.forwardedPort(settled.port());
    }
  }

  private void attach(Container dependent, Promise<Settlement.Tunnel> tunnel) {
    try {
      String did = renewedPort(dependent, tunnel) ? renew(dependent, tunnel) : byTheRule(dependent);
      log.deed(dependent.name(), did);
      if (did.equals("gone") || did.equals("ignored")) {
        return;
      }
      if (isEngine(dependent)) {
        steps
            .patient("does " + dependent.name() + " answer through " + request.vpn() + "?")
            .probe(dependent.name(), request.vpn());
      }
      if (tunnel.get().up() && !vpnDiedAgain.getAsBoolean()) {
        log.show(dependent.name());
      }
    } catch (ActivityFailure failure) {
      String why = OutageLog.rootMessage(failure);
      Workflow.getLogger(Reattachment.class)
          .warn("{} behind {}: {}; the monitor looks again", dependent.name(), request.vpn(), why);
      log.deed(dependent.name(), "failed: " + why);
    }
  }

  private String byTheRule(Container dependent) {
    boolean ranBefore =
        dependent.status() == ContainerStatus.RUNNING
            || dependent.status() == ContainerStatus.PAUSED;
    Attached attached =
        steps
            .docker("attach " + dependent.name() + " to " + request.vpn())
            .attach(dependent.name(), dependent.id(), request.vpn(), ranBefore);
    return attached.did();
  }

  /** The forwarded engine was made with a port that its VPN no longer has. */
  private boolean renewedPort(Container dependent, Promise<Settlement.Tunnel> tunnel) {
    String madeWith = dependent.label(Labels.P2P_PORT);
    return forwarded(dependent)
        && isEngine(dependent)
        && !madeWith.isEmpty()
        && tunnel.get().port() > 0
        && !madeWith.equals(Integer.toString(tunnel.get().port()));
  }

  private String renew(Container dependent, Promise<Settlement.Tunnel> tunnel) {
    int port = tunnel.get().port();
    steps
        .docker("remove " + dependent.name() + ": its forwarded port is now " + port)
        .removeEngine(dependent.id(), request.config().managerLabel());
    Container _ =
        steps
            .docker("create " + dependent.name() + " with forwarded port " + port)
            .createEngine(
                new EngineOrder(
                    request.config().fleet(),
                    request.config().managerLabel(),
                    dependent.name(),
                    request.vpn(),
                    Ports.parse(dependent.label(Labels.HTTP_PORT)),
                    Ports.parse(dependent.label(Labels.HTTPS_PORT)),
                    port,
                    true,
                    true));
    return "recreated with forwarded port " + port;
  }

  private boolean isEngine(Container dependent) {
    return request.config().scope().manages(dependent);
  }

  private static boolean forwarded(Container dependent) {
    return dependent.label(Labels.FORWARDED).equals("true");
  }

  private static void settleQuietly(List<Promise<String>> silenced) {
    for (Promise<String> one : silenced) {
      // One that could not be ended is judged by the rule: it is then restarted instead of started.
      one.handle((_, _) -> null).get();
    }
  }
}
