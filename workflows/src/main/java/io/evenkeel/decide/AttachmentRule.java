package io.evenkeel.decide;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import java.time.Instant;

/**
 * The rule that tells what a dependent of a VPN needs: attached = running, its reference is the
 * VPN's id, and it was started after the VPN.
 */
public final class AttachmentRule {
  private AttachmentRule() {}

  /** What a dependent needs. */
  public enum Remedy {
    /** It is attached, or its state is none of our business. */
    LEAVE,
    /** It does not run because its VPN did not. */
    START,
    /** It runs in the namespace of an earlier start of its VPN. */
    RESTART,
    /** It refers to a VPN container that no longer exists. */
    RECREATE,
    /** Not enough is known, or its VPN does not run: ask again. */
    WAIT
  }

  /**
   * First match wins.
   *
   * @param dependent known to belong to this VPN
   * @param vpn the container that owns the namespace
   * @param ranBefore it ran when the outage began: whatever ended it, it is started
   */
  public static Remedy of(Container dependent, Container vpn, boolean ranBefore) {
    if (dependent.ignored()) {
      return Remedy.LEAVE;
    }
    Instant vpnStart = vpn.startedAt();
    if (!vpn.running() || vpnStart == null || !dependent.inspected()) {
      return Remedy.WAIT;
    }
    ContainerStatus status = dependent.status();
    Instant start = dependent.startedAt();
    boolean refers = dependent.refersTo(vpn.id(), vpn.name());
    return switch (status) {
      case RUNNING, PAUSED -> {
        if (!refers) {
          // One with a network of its own is not behind anything, whatever its labels say.
          yield dependent.reference().isEmpty() ? Remedy.LEAVE : Remedy.RECREATE;
        }
        yield start != null && start.isBefore(vpnStart) ? Remedy.RESTART : Remedy.LEAVE;
      }
      case EXITED, CREATED, DEAD -> {
        if (dependent.reference().isEmpty() || !(ranBefore || endedWithItsVpn(dependent, vpn))) {
          yield Remedy.LEAVE;
        }
        yield refers ? Remedy.START : Remedy.RECREATE;
      }
      case RESTARTING, REMOVING, UNKNOWN -> Remedy.WAIT;
    };
  }

  /**
   * Whether a container that does not run was ended by its VPN's exit: it could not join, or it ran
   * when its VPN went, and not since that is back. One that was ended in the dead namespace is one
   * of these: its restart may have been cut off. One that ended before was ended by itself or by a
   * person, and stays so.
   */
  private static boolean endedWithItsVpn(Container dependent, Container vpn) {
    Instant start = dependent.startedAt();
    Instant finished = dependent.finishedAt();
    Instant vpnEnd = vpn.finishedAt();
    return dependent.error().contains("join")
        || dependent.error().contains("No such container")
        || (start != null
            && finished != null
            && vpnEnd != null
            && !finished.isBefore(vpnEnd)
            && start.isBefore(vpn.startedAt()));
  }
}
