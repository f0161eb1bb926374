package io.evenkeel.starter;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.OutageReport.EngineDeed;
import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.workflow.FleetActivities;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Two VPNs with an engine each that can be looked at and never touched. */
final class PaperFleet implements FleetActivities {
  private static final Instant THEN = Instant.parse("2026-01-01T00:00:00Z");

  @Override
  public Observation look(Scope scope, String since, List<String> quiet) {
    List<Container> all =
        List.of(
            engine("acestream-1", "vpn1", 19_000, "true"),
            engine("acestream-2", "vpn2", 19_500, "false"),
            container("vpn1", "", Map.of(), THEN),
            container("vpn2", "", Map.of(), THEN));
    return new Observation(
        Instant.now(),
        "paper",
        since.isEmpty(),
        since.isEmpty() ? all : List.of(),
        List.of(),
        since.isEmpty()
            ? List.of(
                new TunnelReading("vpn1", Tunnel.UP, "203.0.113.1", 4001),
                new TunnelReading("vpn2", Tunnel.UP, "203.0.113.2", 4002))
            : List.of());
  }

  private static Container engine(String name, String vpn, int port, String forwarded) {
    return container(
        name,
        "container:" + vpn,
        Map.of(
            "ondemand.app",
            "myservice",
            Labels.VPN,
            vpn,
            Labels.HTTP_PORT,
            Integer.toString(port),
            Labels.FORWARDED,
            forwarded),
        THEN.plusSeconds(5));
  }

  private static Container container(
      String name, String network, Map<String, String> labels, Instant start) {
    return new Container(
        name + "-id",
        name,
        "image",
        ContainerStatus.RUNNING,
        Health.NONE,
        network,
        labels,
        Map.of(),
        start,
        null,
        0,
        "",
        true);
  }

  private static IllegalStateException onPaper() {
    return new IllegalStateException("a fleet on paper cannot be touched");
  }

  @Override
  public @Nullable Container vpn(String name) {
    throw onPaper();
  }

  @Override
  public Container startVpn(String name, @Nullable Instant newerThan) {
    throw onPaper();
  }

  @Override
  public void stopVpn(String name) {
    throw onPaper();
  }

  @Override
  public void unpauseVpn(String name) {
    throw onPaper();
  }

  @Override
  public TunnelReading readTunnel(String vpn) {
    throw onPaper();
  }

  @Override
  public List<EngineDeed> silence(String vpn, Instant deadSince, List<Stranded> stranded) {
    throw onPaper();
  }

  @Override
  public String attach(String name, String id, String vpn, boolean ranBefore) {
    throw onPaper();
  }

  @Override
  public List<String> answering(String vpn, List<String> engines) {
    throw onPaper();
  }

  @Override
  public Container createEngine(EngineOrder order) {
    throw onPaper();
  }

  @Override
  public void announce(OutageReport report) {
    throw onPaper();
  }

  @Override
  public void removeEngine(String id, String managerLabel) {
    throw onPaper();
  }
}
