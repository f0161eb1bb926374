package io.evenkeel.activities;

import com.github.benmanes.caffeine.cache.Cache;
import com.github.benmanes.caffeine.cache.Caffeine;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.VpnControl;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashSet;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * One look at a fleet: one list, an inspect of each container in its scope, a question to each VPN.
 * Answers what differs from the look that the caller knows, while this worker remembers that one.
 */
final class Looking {
  /** An inspect that takes longer is one of a container in teardown: its list entry stands. */
  private static final Duration INSPECT_DEADLINE = Duration.ofSeconds(1);

  private static final Duration PATIENT_DEADLINE = Duration.ofSeconds(5);

  private static final int AT_ONCE = 8;

  private final Containers containers;
  private final VpnControl control;
  private final Clock clock;
  private final Cache<String, Seen> remembered = Caffeine.newBuilder().maximumSize(8).build();
  private final Parallel parallel = new Parallel(AT_ONCE);

  private record Seen(Map<String, Container> containers, Map<String, TunnelReading> tunnels) {}

  Looking(Containers containers, VpnControl control, Clock clock) {
    this.containers = containers;
    this.control = control;
    this.clock = clock;
  }

  /** See {@link io.evenkeel.workflow.FleetActivities#look}. */
  Observation look(Scope scope, String since, List<String> quiet) {
    Map<String, Container> now = new TreeMap<>();
    List<Container> listed = inScope(scope, containers.list());
    List<Container> asked = listed.stream().filter(c -> !quiet.contains(c.name())).toList();
    List<Optional<Container>> inspected = inspectAll(asked);
    listed.stream().filter(c -> quiet.contains(c.name())).forEach(c -> now.put(c.id(), c));
    inspected.forEach(found -> found.ifPresent(c -> now.put(c.id(), c)));
    Map<String, TunnelReading> tunnels = tunnels(scope, now, quiet);
    Seen seen = new Seen(now, tunnels);
    String fingerprint = fingerprint(seen);
    Seen before = since.isEmpty() ? null : remembered.getIfPresent(since);
    remembered.put(fingerprint, seen);
    return difference(fingerprint, before, seen);
  }

  /** Engines, VPNs, and what shares a VPN's namespace or one that is no longer there. */
  private static List<Container> inScope(Scope scope, List<Container> all) {
    Set<String> ids = new HashSet<>();
    all.forEach(c -> ids.add(c.id()));
    List<Container> vpns = all.stream().filter(c -> scope.vpns().contains(c.name())).toList();
    return all.stream()
        .filter(c ->
            scope.vpns().contains(c.name())
                || scope.manages(c)
                || vpns.stream().anyMatch(v -> c.refersTo(v.id(), v.name()))
                || (c.reference().length() == 64 && !ids.contains(c.reference())))
        .sorted(Comparator.comparing(Container::name))
        .toList();
  }

  private Optional<Container> inspect(Container entry, Duration deadline) {
    try {
      return containers.inspect(entry.id(), deadline);
    } catch (DockerFailure failure) {
      if (failure.kind() == DockerFailure.Kind.TIMEOUT) {
        return Optional.of(entry);
      }
      throw failure;
    }
  }

  /**
   * One teardown blocks one container. Where not one of several is answered for in time, Docker is
   * slow to all, and gets more of it; or it hangs, and that is no look.
   *
   * @throws DockerFailure then
   */
  private List<Optional<Container>> inspectAll(List<Container> listed) {
    List<Optional<Container>> quick = parallel.each(listed, c -> inspect(c, INSPECT_DEADLINE));
    if (quick.size() < 2 || !quick.stream().allMatch(Looking::isSilent)) {
      return quick;
    }
    if (isSilent(inspect(listed.getFirst(), PATIENT_DEADLINE))) {
      throw new DockerFailure(
          DockerFailure.Kind.TIMEOUT,
          "inspect: not one of "
              + quick.size()
              + " containers is answered for within "
              + PATIENT_DEADLINE,
          null);
    }
    return parallel.each(listed, c -> inspect(c, PATIENT_DEADLINE));
  }

  private static boolean isSilent(Optional<Container> answer) {
    return answer.filter(c -> !c.inspected()).isPresent();
  }

  private Map<String, TunnelReading> tunnels(
      Scope scope, Map<String, Container> now, List<String> quiet) {
    Map<String, Parallel.Begun<TunnelReading>> asked = new TreeMap<>();
    for (Container vpn : now.values()) {
      // Never through the address of a VPN that is down: the host's ARP entry would wait a second.
      if (scope.vpns().contains(vpn.name())
          && !quiet.contains(vpn.name())
          && vpn.inspected()
          && vpn.status() == ContainerStatus.RUNNING) {
        asked.put(vpn.name(), parallel.begin(() -> control.read(vpn)));
      }
    }
    Map<String, TunnelReading> readings = new TreeMap<>();
    asked.forEach((name, reading) -> readings.put(name, reading.get()));
    return readings;
  }

  private Observation difference(String fingerprint, @Nullable Seen before, Seen seen) {
    List<Container> changed = new ArrayList<>();
    List<String> vanished = new ArrayList<>();
    List<TunnelReading> tunnels = new ArrayList<>();
    seen.containers()
        .forEach((id, container) -> {
          if (before == null || !container.equals(before.containers().get(id))) {
            changed.add(container);
          }
        });
    seen.tunnels()
        .forEach((vpn, reading) -> {
          if (before == null || !reading.equals(before.tunnels().get(vpn))) {
            tunnels.add(reading);
          }
        });
    if (before != null) {
      before.containers().keySet().stream()
          .filter(id -> !seen.containers().containsKey(id))
          .forEach(vanished::add);
    }
    changed.sort(Comparator.comparing(Container::name));
    return new Observation(
        clock.instant(), fingerprint, before == null, changed, vanished, tunnels);
  }

  private static String fingerprint(Seen seen) {
    StringBuilder text = new StringBuilder();
    for (Container c : seen.containers().values()) {
      text.append(c.id()).append(c.name()).append(c.image()).append(c.status()).append(c.health());
      text.append(c.networkMode())
          .append(new TreeMap<>(c.labels()))
          .append(new TreeMap<>(c.ports()));
      text.append(c.startedAt()).append(c.finishedAt()).append(c.exitCode()).append(c.error());
      text.append(c.inspected()).append('\n');
    }
    text.append(seen.tunnels());
    try {
      byte[] digest =
          MessageDigest.getInstance("SHA-256")
              .digest(text.toString().getBytes(StandardCharsets.UTF_8));
      return HexFormat.of().formatHex(Objects.requireNonNull(digest), 0, 8);
    } catch (NoSuchAlgorithmException impossible) {
      throw new IllegalStateException("every JVM has SHA-256", impossible);
    }
  }
}
