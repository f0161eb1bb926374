package io.evenkeel.watch;

import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import java.util.function.BooleanSupplier;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Sees the end of a VPN's process by the kernel's word. The VPN is in doubt from then on; for a
 * moment it is left to the stream to tell the end, and longer where the engine has not noticed yet;
 * then it is told here.
 */
final class Witness {
  private static final Logger log = LoggerFactory.getLogger(Witness.class);

  /** A living container answers in 1-20 ms; one in teardown not at all. */
  static final Duration LIVING_ANSWERS = Duration.ofMillis(40);

  /** A stream ends 20-70 ms after the process; with hundreds of ports, when they are torn down. */
  private static final Duration STREAM_ENDS_TOO = Duration.ofMillis(60);

  /** An engine that has not noticed by then is not waited for. */
  private static final Duration ENGINE_NOTICES = Duration.ofMillis(200);

  private static final Duration A_MOMENT = Duration.ofMillis(250);

  private final EventSource source;
  private final String vpn;
  private final VpnSigns signs;
  private final Doubt doubt;

  Witness(EventSource source, String vpn, VpnSigns signs, Doubt doubt) {
    this.source = source;
    this.vpn = vpn;
    this.signs = signs;
    this.doubt = doubt;
  }

  /**
   * Stays until the run has ended, or nobody follows it any more, and lets go of its life. For a
   * thread of the system, as it waits inside the kernel.
   */
  void attend(VpnRun run, BooleanSupplier closed) {
    try (Life life = run.life()) {
      while (!closed.getAsBoolean() && !run.isLeft()) {
        if (life.awaitEnd(A_MOMENT)) {
          doubt.about(vpn, true);
          try {
            if (!run.awaitTold(STREAM_ENDS_TOO)
                && (engineHasNoticed() || !run.awaitTold(ENGINE_NOTICES))) {
              signs.tellEnd(run);
            }
          } finally {
            doubt.about(vpn, false);
          }
          return;
        }
      }
    } catch (InterruptedException interrupted) {
      log.debug("the witness of VPN {} was interrupted", vpn);
    }
  }

  /** Whether it says that the VPN runs no more, or, in the middle of the teardown, nothing. */
  private boolean engineHasNoticed() {
    try (Life _ = source.life(vpn, LIVING_ANSWERS)) {
      return false;
    } catch (DockerFailure failure) {
      return failure.kind() == Kind.TIMEOUT || failure.kind() == Kind.CONFLICT;
    }
  }
}
