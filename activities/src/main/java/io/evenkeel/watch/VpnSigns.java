package io.evenkeel.watch;

import io.evenkeel.fleet.Sign;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Tells of one VPN's ends, once a run, and of the starts that no event told. Thread-safe; a start
 * may be told twice where its event comes at that very moment.
 */
final class VpnSigns {
  private static final Logger log = LoggerFactory.getLogger(VpnSigns.class);

  /** A kill or stop event this shortly before the end was its cause. */
  private static final Duration ASKED_RECENTLY = Duration.ofSeconds(30);

  private final String vpn;
  private final Consumer<List<Sign>> sink;
  private final Clock clock;

  private volatile @Nullable Instant askedAt;

  /** A start was not heard of as an event: whoever waits for one must be told all the same. */
  private volatile boolean startUntold = true;

  VpnSigns(String vpn, Consumer<List<Sign>> sink, Clock clock) {
    this.vpn = vpn;
    this.sink = sink;
    this.clock = clock;
  }

  /** Somebody asks for its end, through Docker. */
  void endAsked() {
    askedAt = clock.instant();
  }

  /** An event told of its start. */
  void startHeard() {
    askedAt = null;
    startUntold = false;
  }

  /** It runs: tells so, unless its start was told since the last end. */
  void tellStart() {
    if (startUntold) {
      startUntold = false;
      sink.accept(List.of(new Sign(Sign.Kind.VPN_STARTED, vpn, "", clock.instant())));
    }
  }

  /** Once a run: the stream, the kernel and Docker's own event tell of the same end. */
  void tellEnd(VpnRun run) {
    if (!run.claim()) {
      return;
    }
    startUntold = true;
    Instant now = clock.instant();
    Instant asked = askedAt;
    List<Sign> signs = new ArrayList<>();
    if (asked != null && now.isBefore(asked.plus(ASKED_RECENTLY))) {
      signs.add(new Sign(Sign.Kind.VPN_STOP_ASKED, vpn, "", asked));
    }
    signs.add(new Sign(Sign.Kind.VPN_PROCESS_ENDED, vpn, "", now));
    log.warn("VPN {}: its process has ended ({})", vpn, signs.size() > 1 ? "asked for" : "crashed");
    sink.accept(signs);
    run.told();
  }
}
