package io.evenkeel.simulated;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.EngineProbe;
import io.evenkeel.port.VpnControl;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Consumer;

/**
 * A Docker host in memory that behaves as the real one was seen to: a join error leaves an engine
 * dead, a stranded engine looks healthy, a name is taken once. Here is what a test does to its
 * containers and what it looks at; the port and its troubles are inherited. Thread-safe.
 */
public final class SimulatedFleet extends SimulatedDocker implements VpnControl, EngineProbe {
  /** The manager label of every simulated engine. */
  public static final String MANAGER = "ondemand.app=myservice";

  /** Every simulated container has it, and nobody is to be told. */
  public static final String SECRET = "s3cr3tWireGuardKey";

  private final Map<String, TunnelReading> tunnels = new LinkedHashMap<>();
  private Duration boot = Duration.ZERO;

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
    super(clock, waiting);
  }

  // What a test does to the world.

  /** A running VPN with its tunnel up and this forwarded port; 0: none. */
  public synchronized SimulatedFleet vpn(String name, int forwardedPort) {
    host.run(host.born(name, "bridge"));
    tunnels.put(
        name, new TunnelReading(name, TunnelReading.Tunnel.UP, "203.0.113.1", forwardedPort));
    return this;
  }

  /** A running engine with the original's labels. */
  public synchronized SimulatedFleet engine(String name, String vpn, int port, boolean forwarded) {
    SimulatedContainer engine = host.born(name, host.byName(vpn).joined());
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
    host.run(engine);
    return this;
  }

  public synchronized void guest(String name, String vpn) {
    host.run(host.born(name, host.byName(vpn).joined()));
  }

  /** A container that has nothing to do with any VPN. */
  public synchronized void bystander(String name) {
    host.run(host.born(name, "bridge"));
  }

  public synchronized void dies(String name) {
    host.end(host.byName(name), End.CRASHED);
  }

  /** Somebody stops it through Docker. */
  public synchronized void stops(String name) {
    host.end(host.byName(name), End.ASKED);
  }

  /** Docker's events are of the past: it has been started anew, or much has happened since. */
  public synchronized void forgetsItsEvents() {
    host.forgetsItsEvents();
  }

  /**
   * Its process ends, and for so long Docker tears its published ports down: the list says that it
   * runs, and no call for it is answered.
   */
  public synchronized void dies(String name, Duration teardown) {
    host.byName(name).tornDownAt = host.now().plus(teardown);
  }

  /**
   * Its process has ended with everybody behind it, and Docker, killed when it was starting it,
   * says ever since that it runs as before. Until it is stopped nobody behind it is reached.
   */
  public synchronized void isLost(String name) {
    SimulatedContainer vpn = host.byName(name);
    host.all().stream().filter(c -> c.owner().equals(vpn.id)).forEach(host::end);
    vpn.lost = true;
  }

  public synchronized void isPaused(String name) {
    host.byName(name).status = ContainerStatus.PAUSED;
  }

  /** Its owner has started it again; its dependents are stranded. */
  public synchronized void restarts(String name) {
    host.end(host.byName(name));
    host.run(host.byName(name));
  }

  /** The host's clock was another one when it started last. */
  public synchronized void saysItStartedAt(String name, Instant moment) {
    host.byName(name).startedAt = moment;
  }

  /** Another container under the same name, as compose makes it. */
  public synchronized void isRecreated(String name) {
    SimulatedContainer old = host.byName(name);
    host.remove(old);
    host.run(host.born(name, old.networkMode));
  }

  public synchronized void vanishes(String name) {
    host.remove(host.byName(name));
  }

  /** Its engine removes it when it ends. */
  public synchronized void isRemovedAtItsEnd(String name) {
    host.byName(name).removedAtEnd = true;
  }

  public synchronized void label(String name, String key, String value) {
    host.byName(name).labels.put(key, value);
  }

  public synchronized void unlabel(String name, String key) {
    host.byName(name).labels.remove(key);
  }

  public synchronized void health(String name, Health health) {
    host.byName(name).health = health;
  }

  public synchronized void tunnel(String vpn, TunnelReading.Tunnel tunnel, int port) {
    tunnels.put(vpn, new TunnelReading(vpn, tunnel, "", port));
  }

  /** So long from an engine's start until it answers HTTP. */
  public synchronized void enginesNeed(Duration untilTheyAnswer) {
    boot = untilTheyAnswer;
  }

  // What a test looks at.

  /** A container's id; empty where there is none. */
  public synchronized String id(String name) {
    return host.find(name).map(c -> c.id).orElse("");
  }

  public synchronized int starts(String name) {
    return host.byName(name).starts;
  }

  public synchronized ContainerStatus status(String name) {
    return host.byName(name).status;
  }

  public synchronized Map<String, String> labels(String name) {
    return Map.copyOf(host.byName(name).labels);
  }

  /** How many running engines of a VPN are really attached to it. */
  public synchronized long attached(String vpn) {
    return host.all().stream().filter(c -> c.vpn().equals(vpn) && host.alive(c)).count();
  }

  public synchronized boolean isAlive(String name) {
    return host.alive(host.byName(name));
  }

  public synchronized long engines() {
    return host.all().stream().filter(SimulatedContainer::isManaged).count();
  }

  /** Every container's name, in order. */
  public synchronized List<String> names() {
    return host.all().stream().map(c -> c.name).sorted().toList();
  }

  /** The most engines that ever ran at one moment. */
  public synchronized int mostRunning() {
    return host.mostRunning();
  }

  /** Everything that was done through the port and changed something, in order. */
  public synchronized List<String> deeds() {
    return host.journal().stream().map(Deed::line).toList();
  }

  /** The same, with when and to whom. */
  public synchronized List<Deed> journal() {
    return host.journal();
  }

  // The other ports.

  @Override
  public synchronized TunnelReading read(Container vpn) {
    return tunnels.getOrDefault(vpn.name(), TunnelReading.unknown(vpn.name()));
  }

  @Override
  public synchronized boolean answers(Container engine, Container vpn) {
    return host.find(engine.id())
        .filter(host::alive)
        .map(c -> c.startedAt)
        .map(start -> !start.plus(boot).isAfter(host.now()))
        .orElse(false);
  }
}
