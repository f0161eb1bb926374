package io.evenkeel.worker;

import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.client.FleetReader;
import io.evenkeel.docker.DockerContainers;
import io.evenkeel.docker.DockerEvents;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Sign;
import io.evenkeel.watch.Watch;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.context.SmartLifecycle;
import org.springframework.stereotype.Service;

/**
 * The worker's life: waits for Temporal and Docker, however long, then runs the fleet's workflows
 * and the watch. It never ends because one of the two is away.
 */
@Service
class FleetService implements SmartLifecycle {
  private static final Logger log = LoggerFactory.getLogger(FleetService.class);
  private static final Duration SUPERVISION = Duration.ofMillis(250);

  private final Settings settings;
  private final DockerContainers containers;
  private final TemporalLink temporal;
  private final MonitorCaller monitor;
  private final SignQueue signs = new SignQueue();
  private final SignOverlay overlay = new SignOverlay();
  private final List<Thread> threads = new ArrayList<>();
  private volatile boolean running;
  private volatile @Nullable Watch watch;

  FleetService(
      Settings settings,
      FleetActivitiesImpl activities,
      DockerContainers containers,
      MeterRegistry metrics) {
    this.settings = settings;
    this.containers = containers;
    this.temporal =
        new TemporalLink(settings, new WorkerSetup(settings.config().fleet(), activities, metrics));
    this.monitor = new MonitorCaller(temporal, settings.config());
  }

  boolean connected() {
    return temporal.connected();
  }

  /** What keeps Temporal from its work, in a few words; empty where nothing does. */
  String troubleWithTemporal() {
    return temporal.trouble();
  }

  /** Asks or tells the fleet through Temporal. */
  FleetReader reader() {
    return monitor.reader();
  }

  /** The fleet as its monitor knows it, with what the watch has just seen. */
  FleetView view() {
    return overlay.over(reader().fleet());
  }

  @Override
  public void start() {
    running = true;
    threads.add(Thread.ofPlatform().name("temporal-host").start(this::live));
  }

  private void live() {
    String fleet = settings.config().fleet();
    log.info("fleet {}: Temporal {}, VPNs {}", fleet, temporal, settings.config().scope().vpns());
    while (running && !temporal.connect()) {
      pause(Duration.ofSeconds(1));
    }
    while (running && !containers.ping()) {
      log.warn("Docker does not answer; the fleet's monitor waits for it");
      pause(Duration.ofSeconds(2));
    }
    while (running && !monitor.start()) {
      pause(Duration.ofSeconds(1));
    }
    if (!running) {
      return;
    }
    Watch starting =
        new Watch(
            new DockerEvents(containers, settings.config().managerLabel()),
            settings.config().scope(),
            this::take,
            overlay::doubt,
            Clock.systemUTC());
    watch = starting;
    starting.start();
    threads.add(Thread.ofPlatform().name("signs").start(this::deliver));
    log.info("fleet {}: watching", fleet);
    while (running) {
      temporal.supervise();
      pause(SUPERVISION);
    }
  }

  /** The watch's hand: never blocks it. */
  private void take(List<Sign> seen) {
    overlay.take(seen);
    signs.offer(seen);
  }

  private void deliver() {
    try {
      while (running) {
        send(signs.take());
      }
    } catch (InterruptedException interrupted) {
      log.debug("no more signs are delivered");
    }
  }

  private void send(List<Sign> batch) throws InterruptedException {
    while (running && !monitor.tell(batch)) {
      Thread.sleep(500);
    }
  }

  private void pause(Duration time) {
    try {
      Thread.sleep(time);
    } catch (InterruptedException interrupted) {
      running = false;
    }
  }

  @Override
  public void stop() {
    running = false;
    Watch watching = watch;
    if (watching != null) {
      watching.close();
    }
    temporal.close();
    threads.forEach(Thread::interrupt);
  }

  @Override
  public boolean isRunning() {
    return running;
  }
}
