package io.evenkeel.workflow;

import io.evenkeel.decide.BalancePlan;
import io.evenkeel.decide.BalancePlan.Place;
import io.evenkeel.decide.BalancePlan.Step;
import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetIndex;
import io.evenkeel.decide.FleetIndexer;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Observation;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import io.temporal.failure.ActivityFailure;
import io.temporal.failure.ApplicationFailure;
import io.temporal.workflow.Async;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

/** Looks, plans, acts: one idempotent activity an engine, in parallel; what fails is undone. */
public final class ProvisionBalancedWorkflowImpl implements ProvisionBalancedWorkflow {
  private static final int MOST_NAMES_PASSED_OVER = 20;
  private static final Set<String> NOTHING_DONE = Set.of("left", "ignored", "gone");

  private final List<String> created = new ArrayList<>();
  private final List<String> removed = new ArrayList<>();
  private final List<String> failed = new ArrayList<>();
  private final List<String> missed = new ArrayList<>();
  private final Set<String> names = new TreeSet<>();
  private List<String> resting = List.of();

  @Override
  public ProvisionReport provision(ProvisionRequest request) {
    FleetConfig config = request.config();
    Steps steps = new Steps(config.policy());
    Observation seen =
        steps.docker("look at " + config.fleet()).look(config.scope(), "", request.closedVpns());
    Plan plan = Workflow.sideEffect(Plan.class, () -> plan(request, seen));
    seen.changed().forEach(container -> names.add(container.name()));
    request.known().forEach(engine -> names.add(engine.name()));
    resting = request.resting();
    plan.steps().stream()
        .map(Step::place)
        .filter(Objects::nonNull)
        .forEach(place -> names.add(place.name()));
    steps.tell(
        config.fleet(), "", "rebalance", plan.steps().size() + " steps; " + plan.spreadBefore());
    List<Promise<Void>> all = new ArrayList<>();
    for (Step step : plan.steps()) {
      all.add(Async.procedure(() -> carryOut(step, config, steps)));
    }
    Promise.allOf(all).get();
    return new ProvisionReport(
        List.copyOf(created), List.copyOf(removed), List.copyOf(failed), List.copyOf(missed));
  }

  private void carryOut(Step step, FleetConfig config, Steps steps) {
    try {
      switch (step.verb()) {
        case START -> {
          make(steps, config, step, place(step), true, "", "");
          missed.add(place(step).name());
        }
        case FINISH -> finish(steps, step);
        case CREATE -> missed.add(makeUnderAFreeName(steps, config, step, true, "").name());
        case REMOVE -> remove(steps, config, step);
        case REPLACE -> {
          if (place(step).name().equals(step.oldName())) {
            make(steps, config, step, place(step), true, step.oldId(), "");
          } else {
            Place made = makeUnderAFreeName(steps, config, step, false, step.oldId());
            remove(steps, config, step);
            make(steps, config, step, made, true, "", step.oldId());
          }
        }
      }
    } catch (ActivityFailure failure) {
      failed.add(step + ": " + OutageLog.rootMessage(failure));
    }
  }

  /** The one that was put aside has everything that its successor is to have. */
  private void finish(Steps steps, Step step) {
    Place place = place(step);
    String did =
        steps
            .docker("finish " + place.name() + " on " + place.vpn() + ": " + step.because())
            .attach(place.name(), "", place.vpn(), true);
    if (NOTHING_DONE.contains(did)) {
      // Said again by the next plan: not at once.
      failed.add(step + ": it is " + did);
    } else {
      created.add(place.name());
      missed.add(place.name());
    }
  }

  private static Place place(Step step) {
    return Objects.requireNonNull(step.place(), () -> step + " has no place");
  }

  /**
   * A name that somebody else's container has, which no look at the fleet shows, is passed over.
   */
  private Place makeUnderAFreeName(
      Steps steps, FleetConfig config, Step step, boolean start, String succeeds) {
    Place place = place(step);
    for (int passedOver = 0; ; passedOver++) {
      try {
        make(steps, config, step, place, start, "", succeeds);
        return place;
      } catch (ActivityFailure failure) {
        if (!isTaken(failure) || passedOver == MOST_NAMES_PASSED_OVER) {
          throw failure;
        }
        String next = BalancePlan.freeName(config, names);
        if (resting.contains(next)) {
          throw failure;
        }
        Workflow.getLogger(ProvisionBalancedWorkflowImpl.class)
            .warn("{}: trying {}", OutageLog.rootMessage(failure), next);
        place =
            new Place(
                next,
                place.vpn(),
                place.httpPort(),
                place.httpsPort(),
                place.p2pPort(),
                place.forwarded());
      }
    }
  }

  private static boolean isTaken(ActivityFailure failure) {
    return failure.getCause() instanceof ApplicationFailure cause
        && cause.getType().equals("CONFLICT");
  }

  private void make(
      Steps steps,
      FleetConfig config,
      Step step,
      Place place,
      boolean start,
      String replaces,
      String succeeds) {
    Container engine =
        steps
            .docker(
                (start ? "start " : "create ")
                    + place.name()
                    + " on "
                    + place.vpn()
                    + ": "
                    + step.because())
            .createEngine(
                new EngineOrder(
                    config.fleet(),
                    config.managerLabel(),
                    place.name(),
                    place.vpn(),
                    place.httpPort(),
                    place.httpsPort(),
                    place.p2pPort(),
                    place.forwarded(),
                    start,
                    replaces,
                    succeeds));
    if (start) {
      created.add(engine.name());
    }
  }

  private void remove(Steps steps, FleetConfig config, Step step) {
    steps
        .docker("remove " + step.oldName() + ": " + step.because())
        .removeEngine(step.oldId(), config.managerLabel());
    removed.add(step.oldName());
  }

  /** Recorded: what was decided, and from what. */
  record Plan(List<Step> steps, String spreadBefore) {}

  private static Plan plan(ProvisionRequest request, Observation seen) {
    FleetKnowledge knowledge = FleetKnowledge.nothing().after(seen, request.config());
    List<Container> unlisted = unlisted(request, knowledge.names());
    List<Container> all = new ArrayList<>(knowledge.known());
    all.addAll(unlisted);
    FleetIndex index = FleetIndexer.index(request.config(), all, knowledge.homes());
    Set<String> names = knowledge.names();
    TreeSet<String> busy = new TreeSet<>(request.busy());
    unlisted.forEach(engine -> {
      names.add(engine.name());
      busy.add(engine.id());
    });
    boolean whole = unlisted.isEmpty();
    TreeSet<String> closed = new TreeSet<>(request.closedVpns());
    closed.addAll(FleetDecision.closedVpns(request.config(), knowledge));
    Map<String, Integer> ports = new TreeMap<>(request.ports());
    ports.putAll(FleetDecision.ports(knowledge));
    List<Step> steps =
        BalancePlan.plan(
            request.config(),
            index,
            names,
            new BalancePlan.Circumstances(
                closed,
                ports,
                whole && request.mayRemove(),
                whole && request.mayMove(),
                busy,
                request.resting()));
    return new Plan(steps, index.spread());
  }

  /**
   * Known engines that this one list lacks: they count as there. Nothing is removed or moved by
   * such a list.
   */
  private static List<Container> unlisted(ProvisionRequest request, Set<String> listed) {
    return request.known().stream()
        .filter(k -> !listed.contains(k.name()) && !listed.contains(Aside.of(k.name())))
        .filter(k -> !listed.contains(Aside.original(k.name())))
        .map(k -> k.standIn(request.config().managerLabel()))
        .toList();
  }
}
