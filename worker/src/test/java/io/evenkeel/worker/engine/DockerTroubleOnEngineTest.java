package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.github.dockerjava.api.command.InspectContainerResponse.ContainerState;
import io.evenkeel.client.FleetReader;
import io.evenkeel.docker.SocketProxy;
import io.evenkeel.fleet.FleetView;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Scenarios 1 and 2 on the real engine, Temporal embedded: its socket hangs or is not there, or one
 * VPN's teardown holds back what is asked about that VPN. The fleet is looked at past the socket.
 */
@Tag("engine")
@Timeout(600)
class DockerTroubleOnEngineTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Duration A_WHILE = Duration.ofSeconds(7);

  /** Each costs the engine 50-100 ms at the VPN's end. */
  private static final int HUNDREDS = 200;

  private final RealFleet fleet = new RealFleet(21_900, "embedded");

  @AfterEach
  void end() {
    fleet.close();
  }

  private SocketProxy socket() throws IOException {
    SocketProxy proxy = new SocketProxy(Path.of("/var/run/docker.sock"));
    var _ = fleet.with("DOCKER_HOST", proxy.host()).with("DOCKER_TIMEOUT_S", "5");
    return proxy;
  }

  private FleetReader tenEngines() {
    var _ = fleet.startWorker(10);
    await().atMost(LONG).until(fleet::isFiveAndFive);
    return new FleetReader(fleet.connect(), fleet.label());
  }

  @Test
  void whileDockerHangsAndIsThenAwayForAMinuteNoEngineIsForgottenOrTouched() throws Exception {
    try (SocketProxy docker = socket()) {
      FleetReader reader = fleetOfTwo();
      Now before = now();
      long minute = System.nanoTime() + Duration.ofMinutes(1).toNanos();
      docker.hang();
      await()
          .atMost(LONG)
          .failFast(() -> isKnownAndUntouched(view(reader), before))
          .until(() -> view(reader).docker().equals("unavailable"));
      docker.refuse();
      docker.resume();
      await()
          .atMost(LONG)
          .failFast(() -> isKnownAndUntouched(view(reader), before))
          .until(() -> System.nanoTime() > minute);

      assertThat(view(reader).docker()).isEqualTo("unavailable");
      docker.listen();
      await()
          .atMost(LONG)
          .failFast(() -> isKnownAndUntouched(view(reader), before))
          .until(() -> view(reader).docker().equals("available"));
      staysLike(before);
      isKnownAndUntouched(view(reader), before);
      assertThat(reader.outages()).isEmpty();
    }
  }

  @Test
  void aVpnThatEndsWhileDockerHangsIsRepairedWhenDockerAnswers() throws Exception {
    try (SocketProxy docker = socket()) {
      FleetReader reader = fleetOfTwo();
      Now before = now();
      docker.hang();
      await()
          .atMost(LONG)
          .failFast(() -> isKnownAndUntouched(view(reader), before))
          .until(() -> view(reader).docker().equals("unavailable"));
      fleet.crash(fleet.vpn(2));
      await()
          .atMost(LONG)
          .failFast(() -> areKnownAndNotStarted(view(reader), before))
          .until(() -> vpn(view(reader), 2).outage() != null);
      await()
          .during(A_WHILE)
          .atMost(LONG)
          .failFast(() -> areKnownAndNotStarted(view(reader), before))
          .until(() -> vpn(view(reader), 2).reachable() == 0);

      docker.resume();
      theSecondVpnComesBackAlone(reader, before);
    }
  }

  @Test
  void aVpnWhoseRepairMeetsAHangIsRepairedWhenDockerAnswers() throws Exception {
    try (SocketProxy docker = socket()) {
      FleetReader reader = fleetOfTwo();
      Now before = now();
      fleet.crash(fleet.vpn(2));
      await()
          .pollInterval(Duration.ofMillis(20))
          .atMost(LONG)
          .ignoreExceptions()
          .until(() -> !reader.outages().isEmpty());
      docker.hang();
      await()
          .atMost(LONG)
          .failFast(() -> theFirstVpnIsUntouchedAndNoneIsForgotten(view(reader), before))
          .until(() -> view(reader).docker().equals("unavailable"));

      docker.resume();
      theSecondVpnComesBackAlone(reader, before);
    }
  }

  @Test
  @Timeout(1200)
  void theTeardownOfAVpnWithHundredsOfPortsHoldsUpNobodyElse() throws Exception {
    var _ = fleet.withVpn(1).withVpn(2, HUNDREDS);
    FleetReader reader = tenEngines();
    Now before = now();
    int answers = 0;
    try (ExecutorService aside = Executors.newVirtualThreadPerTaskExecutor()) {
      ContainerState run = fleet.inspect(fleet.vpn(2)).getState();
      fleet.crash(fleet.vpn(2));
      Future<?> teardown =
          aside.submit(() -> await().atMost(LONG.multipliedBy(2)).until(() -> isOver(run)));
      await()
          .pollInterval(Duration.ofMillis(50))
          .atMost(LONG)
          .until(() -> vpn(view(reader), 2).outage() != null || teardown.isDone());
      assertThat(teardown.isDone()).as("known before Docker tells of that VPN").isFalse();
      while (!teardown.isDone()) {
        String api =
            await()
                .pollDelay(Duration.ZERO)
                .atMost(LONG)
                .ignoreExceptions()
                .until(fleet::fleet, answer -> answer.contains("\"docker\":\"available\""));
        FleetView view = view(reader);
        boolean others = fleet.answeringHoweverSlowly(1) == 5;
        int listed = fleet.all().size();
        if (!teardown.isDone()) {
          answers++;
          assertThat(api).contains(before.names());
          assertThat(view.docker()).isEqualTo("available");
          assertThat(view.frozen()).isEmpty();
          assertThat(names(view)).isEqualTo(before.names());
          assertThat(vpn(view, 1).reachable()).isEqualTo(5);
          assertThat(vpn(view, 2).reachable()).isZero();
          assertThat(vpn(view, 2).outage()).as("known all the while").isNotNull();
          assertThat(others).isTrue();
          assertThat(listed).isEqualTo(10);
        }
      }
      var _ = teardown.get();
    }
    // Had anyone of them waited for that VPN, it would have answered once at most.
    assertThat(answers).isPositive();
    // Its start opens all the ports again.
    theSecondVpnComesBackAlone(reader, before, LONG.multipliedBy(2));
  }

  private FleetReader fleetOfTwo() {
    var _ = fleet.withVpn(1).withVpn(2);
    return tenEngines();
  }

  /** Another run has begun, or this one is over as Docker says. */
  private boolean isOver(ContainerState run) {
    ContainerState now = fleet.inspect(fleet.vpn(2)).getState();
    return !Boolean.TRUE.equals(now.getRunning())
        || !String.valueOf(now.getStartedAt()).equals(run.getStartedAt());
  }

  /**
   * The engines as the real engine tells: their last starts by VPN, and their ids, by name; and the
   * name of the second VPN's forwarded one.
   */
  private record Now(
      Map<String, String> first,
      Map<String, String> second,
      Map<String, String> ids,
      String forwarded) {
    Set<String> names() {
      return ids.keySet();
    }
  }

  private Now now() {
    Map<String, String> ids = new TreeMap<>();
    fleet.all().forEach(c -> ids.put(c.getNames()[0].substring(1), c.getId()));
    return new Now(fleet.engines(1), fleet.engines(2), ids, fleet.forwardedEngine(2).substring(1));
  }

  private static Set<String> names(FleetView view) {
    return new TreeSet<>(view.engines().stream().map(FleetView.Engine::name).toList());
  }

  private FleetView.Vpn vpn(FleetView view, int number) {
    List<FleetView.Vpn> found =
        view.vpns().stream().filter(v -> v.name().equals(fleet.vpn(number))).toList();
    assertThat(found).as("%s is known", fleet.vpn(number)).hasSize(1);
    return found.getFirst();
  }

  /** The fleet as its monitor knows it; a busy machine may need to ask again. */
  private static FleetView view(FleetReader reader) {
    return await()
        .pollDelay(Duration.ZERO)
        .atMost(LONG)
        .ignoreExceptions()
        .until(reader::fleet, Objects::nonNull);
  }

  /** Five and five as ever, in the fleet's word and in the world. */
  private void isKnownAndUntouched(FleetView view, Now before) {
    theFirstVpnIsUntouchedAndNoneIsForgotten(view, before);
    assertThat(names(view)).isEqualTo(before.names());
    assertThat(vpn(view, 2).engines()).isEqualTo(5);
    assertThat(vpn(view, 2).reachable()).isEqualTo(5);
    assertThat(vpn(view, 2).outage()).isNull();
    assertThat(now()).isEqualTo(before);
    assertThat(fleet.running()).isEqualTo(10);
  }

  private void areKnownAndNotStarted(FleetView view, Now before) {
    theFirstVpnIsUntouchedAndNoneIsForgotten(view, before);
    assertThat(names(view)).isEqualTo(before.names());
    assertThat(vpn(view, 2).engines()).isEqualTo(5);
    assertThat(now()).isEqualTo(before);
  }

  /** Of the second VPN's, the forwarded one may be in the middle of its replacement. */
  private void theFirstVpnIsUntouchedAndNoneIsForgotten(FleetView view, Now before) {
    Set<String> kept = new TreeSet<>(before.names());
    kept.remove(before.forwarded());
    assertThat(names(view)).containsAll(kept);
    assertThat(vpn(view, 1).engines()).isEqualTo(5);
    assertThat(vpn(view, 1).reachable()).isEqualTo(5);
    assertThat(vpn(view, 1).outage()).isNull();
    assertThat(fleet.engines(1)).isEqualTo(before.first());
    // Twice: a list is no photograph.
    int running = fleet.running();
    assertThat(Math.min(running, fleet.running())).isLessThanOrEqualTo(10);
  }

  private void theSecondVpnComesBackAlone(FleetReader reader, Now before) throws Exception {
    theSecondVpnComesBackAlone(reader, before, LONG);
  }

  private void theSecondVpnComesBackAlone(FleetReader reader, Now before, Duration longest)
      throws Exception {
    await()
        .atMost(longest)
        .failFast(() -> {
          theFirstVpnIsUntouchedAndNoneIsForgotten(view(reader), before);
          assertThat(fleet.answeringHoweverSlowly(1)).isEqualTo(5);
        })
        .until(() ->
            startedAnew(before)
                && fleet.answering(2) == 5
                && !fleet.outageIsOpen()
                && fleet.allTenAreShown());
    await().atMost(LONG).until(() -> fleet.isFiveAndFive() && !fleet.outageIsOpen());
    Now after = now();
    staysLike(after);
    assertThat(after.names()).isEqualTo(before.names());
    assertThat(after.first()).isEqualTo(before.first());
    assertThat(fleet.running()).isEqualTo(10);
    assertThat(view(reader).vpns())
        .hasSize(2)
        .allSatisfy(v -> {
          assertThat(v.engines()).isEqualTo(5);
          assertThat(v.reachable()).isEqualTo(5);
        });
  }

  /** Each engine of the second VPN, by its name, has another start than then. */
  private boolean startedAnew(Now before) {
    Map<String, String> now = fleet.engines(2);
    return now.keySet().equals(before.second().keySet())
        && now.values().stream().noneMatch(before.second()::containsValue);
  }

  private void staysLike(Now then) {
    await().during(A_WHILE).atMost(LONG).ignoreExceptions().until(() -> now().equals(then));
  }
}
