package io.evenkeel.workflow;

import io.evenkeel.decide.DeedOutcome;
import io.evenkeel.decide.Ports;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Attaches every dependent of a VPN that runs again, in parallel, and proves each. */
final class Reattachment {
  private static final Set<String> NOTHING_CHANGES_BY_ITSELF =
      Set.of("NOT_KEPT", "BAD_REQUEST", "DENIED", "CONFLICT");

  private final OutageRequest request;
  private final Steps steps;
  private final OutageLog log;
  private final WhileItRuns whileItRuns;
  private final String forwarded;
  private final List<String> unproven = new ArrayList<>();
  private int attaching;
  private boolean nobodyAnswered;
  private boolean somebodyAnswered;

  Reattachment(OutageRequest request, Steps steps, OutageLog log, WhileItRuns whileItRuns) {
    this.request = request;
    this.steps = steps;
    this.log = log;
    this.whileItRuns = whileItRuns;
    // As the index chooses it: where several claim the port, the first one has it.
    this.forwarded =
        request.dependents().stream()
            .filter(c -> isEngine(c) && c.label(Labels.FORWARDED).equals("true"))
            .map(Container::name)
            .findFirst()
            .orElse("");
  }

  /** Returns when each one is shown, or its failure told, or the VPN has ended again. */
  void attachAll(List<Promise<List<EngineDeed>>> silenced, Promise<Settlement.Tunnel> tunnel) {
    settleQuietly(silenced);
    log.phase("reattach", request.dependents().size() + " engines");
    log.publish();
    List<Container> forwardedFirst = new ArrayList<>(request.dependents());
    forwardedFirst.sort((a, b) -> Boolean.compare(forwarded(b), forwarded(a)));
    attaching = forwardedFirst.size();
    List<Promise<Void>> all = new ArrayList<>();
    for (Container dependent : forwardedFirst) {
      all.add(Async.procedure(() -> attach(dependent, tunnel)));
    }
    while (attaching > 0 || !unproven.isEmpty()) {
      Workflow.await(() -> attaching == 0 || !unproven.isEmpty());
      if (!unproven.isEmpty()) {
        // Those that were attached together are asked together; later ones do not wait for them.
        List<String> together = List.copyOf(unproven);
        unproven.clear();
        all.add(Async.procedure(() -> prove(together, tunnel)));
      }
    }
    Promise.allOf(all).get();
    Settlement.Tunnel settled = tunnel.get();
    if (settled.port() > 0) {
      log.forwardedPort(settled.port());
    }
  }

  /** Whether engines were asked through the VPN, and not one has answered in its time. */
  boolean isNobodyReached() {
    return nobodyAnswered && !somebodyAnswered;
  }

  private void attach(Container dependent, Promise<Settlement.Tunnel> tunnel) {
    String name = Aside.original(dependent.name());
    try {
      String did = renewedPort(dependent, tunnel) ? renew(dependent, tunnel) : byTheRule(dependent);
      log.deed(name, did);
      if (!did.equals("left") && !did.equals("ignored")) {
        log.hide(name);
      }
      if (did.equals(OutageLog.GONE) || did.equals("ignored")) {
        return;
      }
      if (isEngine(dependent)) {
        unproven.add(name);
      } else if (usable(tunnel)) {
        log.show(name);
      }
    } catch (ActivityFailure failure) {
      if (isRefused(failure)) {
        refused(name, OutageLog.rootMessage(failure));
      } else {
        failed(name, OutageLog.rootMessage(failure));
      }
    } finally {
      attaching--;
    }
  }

  /** Asks until each has answered, or has had its time to start. */
  private void prove(List<String> engines, Promise<Settlement.Tunnel> tunnel) {
    List<String> silent = new ArrayList<>(engines);
    long until =
        Workflow.currentTimeMillis() + request.config().policy().startupTimeout().toMillis();
    while (!silent.isEmpty()) {
      Duration left = Duration.ofMillis(Math.max(1, until - Workflow.currentTimeMillis()));
      try {
        FleetActivities edge =
            steps.patient("do " + silent + " answer through " + request.vpn() + "?", left);
        Promise<List<String>> asked =
            Async.function(edge::answering, request.vpn(), List.copyOf(silent));
        if (!whileItRuns.isAnswered(asked)) {
          return;
        }
        List<String> answer = asked.get();
        silent.removeAll(answer);
        somebodyAnswered |= !answer.isEmpty();
        if (usable(tunnel)) {
          answer.forEach(log::show);
        }
      } catch (ActivityFailure failure) {
        nobodyAnswered |= isSilence(failure);
        silent.forEach(engine -> failed(engine, OutageLog.rootMessage(failure)));
        return;
      }
    }
  }

  /** The engines' own, not one of Docker, which is asked for them. */
  private static boolean isSilence(Throwable failure) {
    Throwable cause = failure;
    while (cause != null) {
      if (cause instanceof ApplicationFailure own && own.getType().equals("NOT_ANSWERING")) {
        return true;
      }
      cause = cause.getCause();
    }
    return false;
  }

  private boolean usable(Promise<Settlement.Tunnel> tunnel) {
    return tunnel.get().up() && !whileItRuns.hasEnded();
  }

  private void failed(String name, String why) {
    Workflow.getLogger(Reattachment.class)
        .warn("{} behind {}: {}; the monitor looks again", name, request.vpn(), why);
    log.hide(name);
    log.deed(name, DeedOutcome.FAILED.because(why));
  }

  private void refused(String name, String why) {
    Workflow.getLogger(Reattachment.class)
        .error("{} behind {}: {}; it needs a person", name, request.vpn(), why);
    log.hide(name);
    log.deed(name, DeedOutcome.REFUSED.because(why));
  }

  /** Asked again, Docker would answer the same. */
  private static boolean isRefused(ActivityFailure failure) {
    return failure.getCause() instanceof ApplicationFailure cause
        && NOTHING_CHANGES_BY_ITSELF.contains(cause.getType());
  }

  private String byTheRule(Container dependent) {
    boolean ranBefore =
        dependent.alive() || request.owed().contains(Aside.original(dependent.name()));
    return steps
        .docker("attach " + Aside.original(dependent.name()) + " to " + request.vpn())
        .attach(Aside.original(dependent.name()), dependent.id(), request.vpn(), ranBefore);
  }

  /** The forwarded engine was made with a port that its VPN no longer has. */
  private boolean renewedPort(Container dependent, Promise<Settlement.Tunnel> tunnel) {
    String madeWith = dependent.label(Labels.P2P_PORT);
    return forwarded(dependent)
        && !madeWith.isEmpty()
        && tunnel.get().port() > 0
        && !madeWith.equals(Integer.toString(tunnel.get().port()));
  }

  private String renew(Container dependent, Promise<Settlement.Tunnel> tunnel) {
    int port = tunnel.get().port();
    Container _ =
        steps
            .docker(
                "make "
                    + Aside.original(dependent.name())
                    + " anew: its forwarded port is now "
                    + port)
            .createEngine(
                new EngineOrder(
                    request.config().fleet(),
                    request.config().managerLabel(),
                    Aside.original(dependent.name()),
                    request.vpn(),
                    Ports.parse(dependent.label(Labels.HTTP_PORT)),
                    Ports.parse(dependent.label(Labels.HTTPS_PORT)),
                    port,
                    true,
                    true,
                    dependent.id(),
                    ""));
    return "recreated with forwarded port " + port;
  }

  private boolean isEngine(Container dependent) {
    return request.config().scope().manages(dependent);
  }

  private boolean forwarded(Container dependent) {
    return dependent.name().equals(forwarded);
  }

  private static void settleQuietly(List<Promise<List<EngineDeed>>> silenced) {
    for (Promise<List<EngineDeed>> some : silenced) {
      // One that could not be ended is judged by the rule: it is then restarted instead of started.
      List<EngineDeed> _ =
          some.handle((deeds, _) -> deeds == null ? List.<EngineDeed>of() : deeds).get();
    }
  }
}
