package io.evenkeel.watch;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.evenkeel.docker.DockerContainers;
import io.evenkeel.docker.DockerEvents;
import io.evenkeel.docker.EngineHost;
import io.evenkeel.docker.SocketProxy;
import io.evenkeel.fleet.Scope;
import io.evenkeel.fleet.Sign;
import io.evenkeel.fleet.Sign.Kind;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The watch on a real engine, through a socket that the test can cut. */
@Tag("engine")
abstract class WatchContract {
  static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final Path SOCKET = Path.of("/var/run/docker.sock");
  private static final String ONE_LINE_A_MOMENT =
      "while :; do echo a line that somebody may read; /bin/busybox usleep 2000; done";

  final DockerContainers direct = EngineHost.containers("");
  final String one = "evk-" + Long.toString(System.nanoTime(), 36) + "-vpn1";
  final String two = "evk-" + Long.toString(System.nanoTime(), 36) + "-vpn2";
  private final List<String> made = new ArrayList<>();
  final List<Sign> signs = new CopyOnWriteArrayList<>();
  final List<String> doubts = new CopyOnWriteArrayList<>();
  final SocketProxy proxy;
  private final DockerContainers containers;
  final Counting source;

  /**
   * Counts how often a stream was opened; everything else is the engine's.
   *
   * @param kernel whether the kernel's word on an end is heard, as on the engine's own host
   */
  record Counting(EventSource engine, AtomicInteger follows, boolean kernel)
      implements EventSource {
    @Override
    public void follow(Listener listener, Runnable connected) {
      engine.follow(listener, connected);
    }

    @Override
    public Followed followLog(String name, Duration deadline) {
      Followed followed = engine.followLog(name, deadline);
      follows.incrementAndGet();
      return followed;
    }

    @Override
    public Life life(String name, Duration deadline) {
      return kernel ? engine.life(name, deadline) : Life.unwitnessed(null);
    }

    @Override
    public boolean ping() {
      return engine.ping();
    }
  }

  WatchContract(boolean kernel) throws IOException {
    this.proxy = new SocketProxy(SOCKET);
    this.containers = EngineHost.containers(proxy.host());
    this.source =
        new Counting(
            new DockerEvents(containers, "ondemand.app=myservice"), new AtomicInteger(), kernel);
  }

  @BeforeAll
  static void buildImage() {
    EngineHost.buildImage();
  }

  @BeforeEach
  void twoVpns() {
    made.add(EngineHost.run(direct, one, EngineHost.script(ONE_LINE_A_MOMENT)));
    made.add(EngineHost.run(direct, two, EngineHost.body()));
  }

  @AfterEach
  void removeWhatWasMade() throws IOException {
    made.forEach(id -> EngineHost.discard(direct, id));
    containers.close();
    direct.close();
    proxy.close();
  }

  Watch watching(Consumer<List<Sign>> sink) {
    Watch watch =
        new Watch(
            source,
            new Scope("ondemand.app=myservice", List.of(one, two)),
            sink,
            (vpn, doubtful) -> doubts.add(vpn + " " + doubtful),
            Clock.systemUTC());
    watch.start();
    await().atMost(PATIENCE).until(() -> source.follows().get() >= 2);
    await().atMost(PATIENCE).until(() -> signs.stream().anyMatch(s -> s.kind() == Kind.GAP));
    // Each is held by then: an end is told from here on.
    await().atMost(PATIENCE).until(() -> starts(one) > 0 && starts(two) > 0);
    return watch;
  }

  static void pause(long millis) {
    try {
      Thread.sleep(millis);
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
    }
  }

  List<Sign> ended() {
    return signs.stream().filter(s -> s.kind() == Kind.VPN_PROCESS_ENDED).toList();
  }

  /** How often it was told to run: each time that its stream is held anew after an end. */
  long starts(String vpn) {
    return signs.stream().filter(s -> s.kind() == Kind.VPN_STARTED && s.vpn().equals(vpn)).count();
  }

  void awaitEnded(int count) {
    await()
        .pollInterval(Duration.ofMillis(2))
        .atMost(PATIENCE)
        .until(() -> ended().size() >= count);
  }

  @Test
  void aKilledVpnIsToldOnceAKillAndTheOtherOneIsNot() {
    try (Watch _ = watching(signs::addAll)) {
      for (int round = 1; round <= 5; round++) {
        int follows = source.follows().get();
        direct.kill(one);
        awaitEnded(round);
        direct.start(one);
        await().atMost(PATIENCE).until(() -> source.follows().get() > follows);
        pause(300);
      }
      assertThat(ended()).hasSize(5).allMatch(sign -> sign.vpn().equals(one));
      assertThat(signs).anyMatch(s -> s.kind() == Kind.VPN_STARTED && s.vpn().equals(one));
      assertThat(signs).anyMatch(s -> s.kind() == Kind.VPN_STOP_ASKED && s.vpn().equals(one));
      assertThat(signs)
          .noneMatch(
              s -> s.vpn().equals(two) && s.kind() != Kind.VPN_STARTED && s.kind() != Kind.CHANGED);
    }
  }

  @Test
  void aVpnThatLogsMuchIsFollowedOnce() {
    try (Watch _ = watching(signs::addAll)) {
      pause(3000);
      assertThat(source.follows()).hasValue(2);
      assertThat(ended()).isEmpty();
    }
  }

  @Test
  void aStreamThatIsCutIsFollowedAgain() {
    try (Watch _ = watching(signs::addAll)) {
      for (int cut = 1; cut <= 3; cut++) {
        int follows = source.follows().get();
        proxy.cut();
        await().atMost(PATIENCE).until(() -> source.follows().get() >= follows + 2);
        pause(300);
      }
      signs.clear();
      direct.kill(two);
      awaitEnded(1);
      assertThat(ended().getFirst().vpn()).isEqualTo(two);
    }
  }

  @Test
  void anEngineThatGoesAwaySaysNothingAndAGapWhenItIsBack() throws IOException {
    try (Watch _ = watching(signs::addAll)) {
      signs.clear();
      proxy.refuse();
      pause(1500);
      assertThat(signs).isEmpty();
      proxy.listen();
      await().atMost(PATIENCE).until(() -> signs.stream().anyMatch(s -> s.kind() == Kind.GAP));
      assertThat(ended()).isEmpty();
      int follows = source.follows().get();
      await().atMost(PATIENCE).until(() -> source.follows().get() >= Math.max(4, follows));
      pause(300);
      direct.kill(one);
      awaitEnded(1);
    }
  }

  @Test
  void aSinkThatThrowsOnceIsToldTheNextTime() {
    AtomicInteger thrown = new AtomicInteger();
    try (Watch _ =
        watching(seen -> {
          signs.addAll(seen);
          if (seen.stream().anyMatch(s -> s.kind() == Kind.VPN_PROCESS_ENDED)
              && thrown.getAndIncrement() == 0) {
            throw new IllegalStateException("Temporal is away");
          }
        })) {
      direct.kill(one);
      awaitEnded(1);
      int follows = source.follows().get();
      direct.start(one);
      await().atMost(PATIENCE).until(() -> source.follows().get() > follows);
      pause(300);
      direct.kill(one);
      awaitEnded(2);
    }
  }

  @Test
  void aVpnWhoseLogCannotBeReadIsWatchedToo() {
    var body = EngineHost.body();
    body.putObject("HostConfig").putObject("LogConfig").put("Type", "none");
    direct.remove(two, true);
    made.add(EngineHost.run(direct, two, body));
    try (Watch _ = watching(signs::addAll)) {
      direct.kill(two);
      awaitEnded(1);
      assertThat(ended().getFirst().vpn()).isEqualTo(two);
    }
  }

  @Test
  void itEnds() {
    Watch watch = watching(signs::addAll);
    List<Thread> threads = watch.threads();
    watch.close();
    await().atMost(PATIENCE).until(() -> threads.stream().noneMatch(Thread::isAlive));
  }
}
