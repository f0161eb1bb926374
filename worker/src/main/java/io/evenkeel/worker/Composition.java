package io.evenkeel.worker;

import io.evenkeel.activities.EngineTemplate;
import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.docker.DockerContainers;
import io.evenkeel.docker.DockerSettings;
import io.evenkeel.gluetun.GluetunControl;
import io.evenkeel.probe.HttpEngineProbe;
import io.evenkeel.probe.Reach;
import io.micrometer.core.instrument.MeterRegistry;
import java.time.Clock;
import java.time.Duration;
import org.springframework.boot.health.contributor.Health;
import org.springframework.boot.health.contributor.HealthIndicator;
import org.springframework.context.annotation.Bean;
import org.springframework.context.annotation.Configuration;

/** What the worker is put together from. */
@Configuration(proxyBeanMethods = false)
class Composition {
  /** A client gives up just before Temporal does. */
  private static final Duration MARGIN = Duration.ofSeconds(1);

  @Bean
  DockerContainers containers(Settings settings, MeterRegistry metrics) {
    String label = settings.config().managerLabel();
    return new DockerContainers(
        new DockerSettings(
            settings.dockerHost(),
            settings.config().policy().dockerTimeout().minus(MARGIN),
            label.contains("=") ? label.substring(0, label.indexOf('=')) : label),
        metrics);
  }

  @Bean
  FleetActivitiesImpl activities(Settings settings, DockerContainers containers) {
    Reach reach =
        switch (settings.reach()) {
          case "host" -> Reach.HOST;
          case "network" -> Reach.NETWORK;
          default -> Reach.auto(settings.config().scope().vpns());
        };
    return new FleetActivitiesImpl(
        containers,
        new GluetunControl(
            reach,
            vpn ->
                new GluetunControl.Access(
                    settings.controlUrls().getOrDefault(vpn, ""),
                    settings.controlPort(),
                    settings.apiKeys().getOrDefault(vpn, ""))),
        new HttpEngineProbe(reach, settings.probePath()),
        EngineTemplate.aceStream(settings.engineImage()),
        Clock.systemUTC());
  }

  @Bean
  HealthIndicator docker(DockerContainers containers) {
    return () ->
        containers.ping()
            ? Health.up().build()
            : Health.down().withDetail("docker", "does not answer within a second").build();
  }

  @Bean
  HealthIndicator temporal(FleetService fleet) {
    return () ->
        fleet.connected()
            ? Health.up().build()
            : Health.down().withDetail("temporal", "does not answer; trying again").build();
  }
}
