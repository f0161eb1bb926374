package io.evenkeel.bench;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import java.io.IOException;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.time.Duration;
import java.time.Instant;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;

/**
 * Looks on while a VPN is repaired, whoever repairs it: the same for the product and for the floor.
 * An engine behind the ended VPN is first asked when Docker says that it was started: asking
 * through the address of a VPN that is down would delay its first answer by a second (the host's
 * ARP entry).
 */
final class Observer implements AutoCloseable {
  private static final Duration PAUSE = Duration.ofMillis(10);
  private static final Duration SAMPLE = Duration.ofMillis(100);
  private static final Duration ANSWER_WITHIN = Duration.ofMillis(400);

  private final StandinFleet fleet;
  private final int ended;
  private final int expected;
  private final Instant since;
  private final HttpClient http =
      HttpClient.newBuilder()
          .version(HttpClient.Version.HTTP_1_1)
          .connectTimeout(ANSWER_WITHIN)
          .build();
  private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
  private final Map<Integer, Instant> answered = new ConcurrentHashMap<>();
  private final Map<Integer, Boolean> asked = new ConcurrentHashMap<>();
  private final CountDownLatch all;
  private final AtomicInteger mostRunning = new AtomicInteger();
  private final AtomicInteger fewestOfTheOther = new AtomicInteger(Integer.MAX_VALUE);
  private final AtomicInteger fewestReachable = new AtomicInteger(Integer.MAX_VALUE);
  private final AtomicInteger samples = new AtomicInteger();
  private final ResultCallback.Adapter<Event> events;
  private volatile boolean closed;
  private volatile Instant vpnStarted = Instant.MAX;

  /**
   * Begins to look on.
   *
   * @param ended the number of the VPN that is about to end
   * @param engines behind each VPN
   */
  Observer(StandinFleet fleet, int ended, int engines) {
    this.fleet = fleet;
    this.ended = ended;
    this.expected = engines;
    this.all = new CountDownLatch(engines);
    this.since = Instant.now();
    this.events =
        fleet
            .docker()
            .eventsCmd()
            .withLabelFilter(Map.of(StandinFleet.LABEL, fleet.name()))
            .exec(
                new ResultCallback.Adapter<>() {
                  @Override
                  public void onNext(Event event) {
                    heard(event);
                  }
                });
    begin(this::sample);
    begin(this::count);
  }

  /** Work that ends when this observer is closed. */
  private interface Work {
    void run() throws InterruptedException;
  }

  private void begin(Work work) {
    var _ =
        threads.submit(() -> {
          work.run();
          return "done";
        });
  }

  private void heard(Event event) {
    if (!"start".equals(event.getAction()) || event.getActor() == null) {
      return;
    }
    Map<String, String> attributes = event.getActor().getAttributes();
    if (attributes == null) {
      return;
    }
    Long nanos = event.getTimeNano();
    Instant at = nanos == null ? Instant.now() : Instant.ofEpochSecond(0, nanos);
    if (fleet.vpn(ended).equals(attributes.get("name"))) {
      vpnStarted = at;
    }
    String port = attributes.get("acestream.http_port");
    if (fleet.vpn(ended).equals(attributes.get("acestream.vpn_container")) && port != null) {
      int number = Integer.parseInt(port);
      // One that is started again has to prove itself again.
      answered.remove(number);
      if (asked.putIfAbsent(number, true) == null) {
        begin(() -> askUntilItAnswers(number));
      }
    }
  }

  private void askUntilItAnswers(int port) throws InterruptedException {
    while (!closed) {
      if (answers(port)) {
        answered.put(port, Instant.now());
        all.countDown();
        return;
      }
      Thread.sleep(PAUSE);
    }
  }

  /** Whether the engine behind a published port answers HTTP with 200. */
  boolean answers(int port) {
    try {
      URI uri = URI.create("http://127.0.0.1:" + port + "/webui/api/service?method=get_version");
      HttpRequest request = HttpRequest.newBuilder(uri).timeout(ANSWER_WITHIN).GET().build();
      return http.send(request, HttpResponse.BodyHandlers.ofString()).statusCode() == 200;
    } catch (IOException notYet) {
      return false;
    } catch (InterruptedException interrupted) {
      Thread.currentThread().interrupt();
      return false;
    }
  }

  /** Ten times a second: the other VPN's engines. */
  private void sample() throws InterruptedException {
    while (!closed) {
      Semaphore done = new Semaphore(0);
      AtomicInteger up = new AtomicInteger();
      for (int i = 0; i < expected; i++) {
        int port = fleet.port(3 - ended, i);
        var _ =
            threads.submit(() -> {
              if (answers(port)) {
                up.incrementAndGet();
              }
              done.release();
            });
      }
      done.acquire(expected);
      if (!closed) {
        samples.incrementAndGet();
        fewestOfTheOther.accumulateAndGet(up.get(), Math::min);
        fewestReachable.accumulateAndGet(up.get() + answered.size(), Math::min);
      }
      Thread.sleep(SAMPLE);
    }
  }

  private void count() throws InterruptedException {
    while (!closed) {
      mostRunning.accumulateAndGet(fleet.engines().size(), Math::max);
      Thread.sleep(SAMPLE);
    }
  }

  /** Whether every engine behind the ended VPN answered before the time was up. */
  boolean awaitAll(Duration longest) throws InterruptedException {
    return all.await(longest.toMillis(), TimeUnit.MILLISECONDS);
  }

  /** When each engine behind the ended VPN first answered, by port. */
  Map<Integer, Instant> answered() {
    return Map.copyOf(answered);
  }

  Instant vpnStarted() {
    return vpnStarted.isAfter(since) ? vpnStarted : Instant.MAX;
  }

  int mostRunning() {
    return mostRunning.get();
  }

  int fewestOfTheOther() {
    return fewestOfTheOther.get();
  }

  int fewestReachable() {
    return fewestReachable.get();
  }

  int samples() {
    return samples.get();
  }

  @Override
  public void close() throws IOException {
    closed = true;
    events.close();
    threads.shutdownNow();
  }
}
