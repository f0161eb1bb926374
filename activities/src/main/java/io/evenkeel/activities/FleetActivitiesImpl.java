package io.evenkeel.activities;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.Announcer;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.EngineProbe;
import io.evenkeel.port.VpnControl;
import io.evenkeel.workflow.FleetActivities;
import io.temporal.failure.ApplicationFailure;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The activities over the ports; each may be repeated, none sleeps. */
public final class FleetActivitiesImpl implements FleetActivities {
  private static final Logger log = LoggerFactory.getLogger(FleetActivitiesImpl.class);
  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(5);
  private static final Duration GRACE = Duration.ofSeconds(10);

  private final Containers containers;
  private final VpnControl control;
  private final EngineProbe probe;
  private final Announcer announcer;
  private final Looking looking;
  private final Attaching attaching;
  private final Creating creating;
  private final Parallel parallel = new Parallel(32);
  private final Silencing silencing;

  public FleetActivitiesImpl(
      Containers containers,
      VpnControl control,
      EngineProbe probe,
      Announcer announcer,
      EngineTemplate template,
      Clock clock) {
    this.announcer = announcer;
    this.containers = containers;
    this.control = control;
    this.probe = probe;
    this.looking = new Looking(containers, control, clock);
    this.attaching = new Attaching(containers, parallel);
    this.creating = new Creating(containers, template, attaching, parallel);
    this.silencing = new Silencing(containers, parallel);
  }

  @Override
  public Observation look(Scope scope, String since, List<String> quiet) {
    return Failures.translate(() -> looking.look(scope, since, quiet));
  }

  @Override
  public @Nullable Container vpn(String name) {
    return Failures.translate(
            () -> containers.inspect(name, INSPECT_DEADLINE).map(this::withItsEnd))
        .orElse(null);
  }

  /** What it says itself is not asked for. */
  private Container withItsEnd(Container found) {
    boolean untold = found.status() == ContainerStatus.EXITED && found.end() == End.UNKNOWN;
    return untold ? found.withEnd(containers.end(found.id())) : found;
  }

  @Override
  public Container startVpn(String name, @Nullable Instant newerThan) {
    return Failures.translate(() -> {
      Containers.Outcome outcome = containers.start(name);
      Container vpn = required(name);
      log.info("start of VPN {}: {}, running since {}", name, outcome, vpn.startedAt());
      return vpn;
    });
  }

  @Override
  public void stopVpn(String name) {
    log.info("stop of VPN {}: {}", name, Failures.translate(() -> containers.stop(name, GRACE)));
  }

  @Override
  public void unpauseVpn(String name) {
    log.info("unpause of VPN {}: {}", name, Failures.translate(() -> containers.unpause(name)));
  }

  @Override
  public TunnelReading readTunnel(String vpn) {
    return Failures.translate(() -> control.read(required(vpn)));
  }

  @Override
  public List<EngineDeed> silence(String vpn, Instant deadSince, List<Stranded> stranded) {
    List<EngineDeed> deeds = Failures.translate(() -> silencing.silence(vpn, deadSince, stranded));
    log.info("{} has ended; its engines: {}", vpn, deeds);
    return deeds;
  }

  @Override
  public String attach(String name, String id, String vpn, boolean ranBefore) {
    return Failures.translate(() -> attaching.attach(name, vpn, ranBefore));
  }

  @Override
  public List<String> answering(String vpn, List<String> engines) {
    List<String> answering =
        Failures.translate(() -> {
          Map<String, Container> byName = new TreeMap<>();
          containers.list().forEach(c -> byName.put(c.name(), c));
          Container owner = byName.get(vpn);
          List<Container> asked =
              owner == null
                  ? List.of()
                  : engines.stream().map(byName::get).filter(Objects::nonNull).toList();
          if (asked.isEmpty()) {
            throw ApplicationFailure.newFailure(
                "Docker lists neither " + vpn + " with " + engines, "NOT_LISTED");
          }
          List<String> names = new ArrayList<>();
          List<Boolean> answers =
              parallel.each(asked, engine -> probe.answers(engine, Objects.requireNonNull(owner)));
          for (int i = 0; i < asked.size(); i++) {
            if (answers.get(i)) {
              names.add(asked.get(i).name());
            }
          }
          return names;
        });
    if (answering.isEmpty()) {
      throw ApplicationFailure.newFailure(
          engines + " do not answer HTTP through " + vpn + " yet", "NOT_ANSWERING");
    }
    return answering;
  }

  @Override
  public Container createEngine(EngineOrder order) {
    return Failures.translate(() -> creating.create(order));
  }

  @Override
  public void removeEngine(String id, String managerLabel) {
    Containers.Outcome outcome =
        Failures.translate(() -> {
          Optional<Container> found = containers.inspect(id, INSPECT_DEADLINE);
          if (found.isPresent() && !new Scope(managerLabel, List.of()).manages(found.get())) {
            throw new DockerFailure(
                DockerFailure.Kind.DENIED, id + " is not an engine of this fleet", null);
          }
          return containers.remove(id, true);
        });
    log.info("removal of engine {}: {}", id, outcome);
  }

  @Override
  public void announce(OutageReport report) {
    try {
      announcer.announce(report);
    } catch (Announcer.NotTold failure) {
      throw ApplicationFailure.newFailure(String.valueOf(failure.getMessage()), "NOT_TOLD");
    }
  }

  private Container required(String name) {
    return containers
        .inspect(name, INSPECT_DEADLINE)
        .orElseThrow(() ->
            new DockerFailure(DockerFailure.Kind.NOT_FOUND, "there is no container " + name, null));
  }
}
