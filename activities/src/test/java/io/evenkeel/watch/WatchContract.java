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
import io.evenkeel.port.Containers.Outcome;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Clock;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
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
   * Counts how often a stream was opened, and held; everything else is the engine's.
   *
   * @param holds by VPN
   * @param kernel whether the kernel's word on an end is heard, as on the engine's own host
   */
  record Counting(
      EventSource engine, AtomicInteger follows, Map<String, AtomicInteger> holds, boolean kernel)
      implements EventSource {
    /** How often somebody began to wait for the end of a stream of that VPN. */
    int holds(String vpn) {
      return holds.getOrDefault(vpn, new AtomicInteger()).get();
    }

    @Override
    public void follow(Listener listener, Runnable connected) {
      engine.follow(listener, connected);
    }

    @Override
    public Followed followLog(String name, Duration deadline) {
      Followed followed = engine.followLog(name, deadline);
      follows.incrementAndGet();
      return new Held(followed, holds.computeIfAbsent(name, _ -> new AtomicInteger()));
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

  /** From the moment on in which somebody waits for its end, that is told. */
  private record Held(EventSource.Followed stream, AtomicInteger holds)
      implements EventSource.Followed {
    @Override
    public void awaitEnd() {
      holds.incrementAndGet();
      stream.awaitEnd();
    }

    @Override
    public boolean staysOpen(Duration time) {
      return stream.staysOpen(time);
    }

    @Override
    public void close() {
      stream.close();
    }
  }

  WatchContract(boolean kernel) throws IOException {
    this.proxy = new SocketProxy(SOCKET);
    this.containers = EngineHost.containers(proxy.host());
    this.source =
        new Counting(
            new DockerEvents(containers, "ondemand.app=myservice"),
            new AtomicInteger(),
            new ConcurrentHashMap<>(),
            kernel);
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
    await().atMost(PATIENCE).until(() -> starts(one) > 0 && starts(two) > 0);
    // An end is told from here on.
    awaitHeldAnew(Map.of(one, 0, two, 0));
    return watch;
  }

  /** How often each of the two is held until now. */
  Map<String, Integer> holds() {
    return Map.of(one, source.holds(one), two, source.holds(two));
  }

  /** Each of these is held once more than it was. */
  void awaitHeldAnew(Map<String, Integer> before) {
    await()
        .atMost(PATIENCE)
        .until(() ->
            before.entrySet().stream()
                .allMatch(vpn -> source.holds(vpn.getKey()) > vpn.getValue()));
  }

  /** After its end: the engine may not have noticed that yet, and says that it runs. */
  private void startsAgain(String vpn) {
    int before = source.holds(vpn);
    await().atMost(PATIENCE).until(() -> direct.start(vpn) == Outcome.DONE);
    awaitHeldAnew(Map.of(vpn, before));
  }

  /** Whatever was to be told before is told. */
  private void nothingElseIsToldUntilTheOtherOneEnds() {
    int before = ended().size();
    direct.kill(two);
    awaitEnded(before + 1);
    assertThat(ended()).hasSize(before + 1);
    assertThat(ended().getLast().vpn()).isEqualTo(two);
  }

  /** Only to see that nothing is told meanwhile. */
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
        direct.kill(one);
        awaitEnded(round);
        startsAgain(one);
      }
      assertThat(ended()).hasSize(5).allMatch(sign -> sign.vpn().equals(one));
      assertThat(signs).anyMatch(s -> s.kind() == Kind.VPN_STARTED && s.vpn().equals(one));
      assertThat(signs).anyMatch(s -> s.kind() == Kind.VPN_STOP_ASKED && s.vpn().equals(one));
      assertThat(signs)
          .noneMatch(
              s -> s.vpn().equals(two) && s.kind() != Kind.VPN_STARTED && s.kind() != Kind.CHANGED);
      nothingElseIsToldUntilTheOtherOneEnds();
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
        Map<String, Integer> before = holds();
        proxy.cut();
        awaitHeldAnew(before);
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
      Map<String, Integer> before = holds();
      proxy.refuse();
      pause(1500);
      assertThat(signs).isEmpty();
      proxy.listen();
      await().atMost(PATIENCE).until(() -> signs.stream().anyMatch(s -> s.kind() == Kind.GAP));
      assertThat(ended()).isEmpty();
      awaitHeldAnew(before);
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
      startsAgain(one);
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
