package io.evenkeel.worker;

import io.evenkeel.activities.FleetActivitiesImpl;
import io.evenkeel.announce.Webhook;
import io.evenkeel.docker.DockerContainers;
import io.evenkeel.docker.DockerSettings;
import io.evenkeel.gluetun.GluetunControl;
import io.evenkeel.port.Announcer;
import io.evenkeel.probe.FoundReach;
import io.evenkeel.probe.HttpEngineProbe;
import io.evenkeel.probe.Reach;
import io.micrometer.core.instrument.MeterRegistry;
import java.net.URI;
import java.time.Clock;
import java.time.Duration;
import java.util.Objects;
import java.util.function.Supplier;
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
    Supplier<Reach> reach =
        switch (settings.reach()) {
          case "host" -> () -> Reach.HOST;
          case "network" -> () -> Reach.NETWORK;
          default -> FoundReach.of(settings.config().scope().vpns());
        };
    return new FleetActivitiesImpl(
        containers,
        new GluetunControl(
            reach,
            vpn ->
                new GluetunControl.Access(
                    control(settings, vpn).url(),
                    control(settings, vpn).port(),
                    control(settings, vpn).apiKey())),
        new HttpEngineProbe(reach, settings.probePath()),
        settings.webhook().isEmpty()
            ? Announcer.none()
            : new Webhook(URI.create(settings.webhook())),
        settings.engine(),
        Clock.systemUTC());
  }

  private static Settings.Control control(Settings settings, String vpn) {
    return Objects.requireNonNull(settings.controls().get(vpn));
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
    return () -> {
      String trouble = fleet.troubleWithTemporal();
      return trouble.isEmpty()
          ? Health.up().build()
          : Health.down().withDetail("temporal", trouble).build();
    };
  }
}
