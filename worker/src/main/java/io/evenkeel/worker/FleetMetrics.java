package io.evenkeel.worker;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.OutageReport;
import io.grpc.StatusRuntimeException;
import io.micrometer.core.instrument.MeterRegistry;
import io.micrometer.core.instrument.MultiGauge;
import io.micrometer.core.instrument.MultiGauge.Row;
import io.micrometer.core.instrument.Tags;
import io.temporal.client.WorkflowException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import org.springframework.scheduling.annotation.Scheduled;
import org.springframework.stereotype.Component;

/**
 * The fleet in numbers, as its monitor knows it: asked for every few seconds, by queries, which
 * cost no history. While the monitor does not answer the last numbers stand.
 */
@Component
class FleetMetrics {
  private static final Logger log = LoggerFactory.getLogger(FleetMetrics.class);

  private final FleetService fleet;
  private final MeterRegistry metrics;
  private final MultiGauge engines;
  private final MultiGauge reachable;
  private final MultiGauge states;
  private final AtomicInteger open = new AtomicInteger();
  private final AtomicInteger docker = new AtomicInteger();
  private final AtomicInteger frozen = new AtomicInteger();
  private Instant countedUntil = Instant.now();

  FleetMetrics(FleetService fleet, MeterRegistry metrics) {
    this.fleet = fleet;
    this.metrics = metrics;
    this.engines = MultiGauge.builder("evenkeel.engines").description("by VPN").register(metrics);
    this.reachable =
        MultiGauge.builder("evenkeel.engines.reachable")
            .description("that consumers can use, by VPN")
            .register(metrics);
    this.states =
        MultiGauge.builder("evenkeel.vpn.state")
            .description("1 for the state that each VPN is in")
            .register(metrics);
    metrics.gauge("evenkeel.outages.open", open);
    metrics.gauge("evenkeel.docker.available", docker);
    metrics.gauge("evenkeel.frozen", frozen);
  }

  /** Takes the numbers of now. */
  @Scheduled(initialDelayString = "PT5S", fixedDelayString = "PT5S")
  void refresh() {
    if (!fleet.connected()) {
      return;
    }
    try {
      take(fleet.view());
      count(fleet.reader().outages());
    } catch (IllegalStateException | StatusRuntimeException | WorkflowException away) {
      log.debug("no numbers of the fleet now: {}", away.toString());
    }
  }

  private void take(FleetView view) {
    List<Row<?>> own = new ArrayList<>();
    List<Row<?>> usable = new ArrayList<>();
    List<Row<?>> in = new ArrayList<>();
    for (FleetView.Vpn vpn : view.vpns()) {
      own.add(Row.of(Tags.of("vpn", vpn.name()), vpn.engines()));
      usable.add(Row.of(Tags.of("vpn", vpn.name()), vpn.reachable()));
      in.add(Row.of(Tags.of("vpn", vpn.name(), "state", vpn.state()), 1));
    }
    engines.register(own, true);
    reachable.register(usable, true);
    states.register(in, true);
    open.set((int) view.vpns().stream().filter(vpn -> vpn.outage() != null).count());
    docker.set(view.docker().equals("available") ? 1 : 0);
    frozen.set(view.frozen().isEmpty() ? 0 : 1);
  }

  /** Outages that were closed since the last time, in this worker's life. */
  private void count(List<OutageReport> outages) {
    Instant newest = countedUntil;
    for (OutageReport outage : outages) {
      Instant closed = outage.closedAt();
      if (closed == null || !closed.isAfter(countedUntil)) {
        continue;
      }
      newest = closed.isAfter(newest) ? closed : newest;
      metrics.counter("evenkeel.outages", "vpn", outage.vpn(), "cause", outage.cause()).increment();
      for (OutageReport.PhaseTime phase : outage.phases()) {
        metrics
            .timer("evenkeel.outage.phase", "phase", phase.phase())
            .record(Duration.ofMillis(Math.round(phase.seconds() * 1000)));
      }
    }
    countedUntil = newest;
  }
}
