package io.evenkeel.watch;

import java.time.Instant;
import org.jspecify.annotations.Nullable;

/**
 * The books on one VPN's runs: which one is followed, and whether another was only heard of. They
 * tell whose end Docker's {@code die} is, so that each run's end is told, and none for another.
 *
 * <p>A run is <em>followed</em> from {@link #follow} on, until the next one is; a run is
 * <em>unfollowed</em> from its start event on, until it is followed or has ended. Docker's word
 * alone tells of the end of an unfollowed one.
 *
 * <p>Thread-safe: each method is one step. The follower's thread asks for {@link #unfollowedEnds}
 * before it looks for a run, and gives the answer to {@link #follow}; events may come at any time
 * in between. Who tells the end of a run that was handed out is settled by {@link VpnRun#claim}.
 */
final class VpnRuns {
  /** The last one that was followed; null: none was yet. */
  private @Nullable VpnRun followed;

  /** When the unfollowed run was heard to start; null: there is none. */
  private @Nullable Instant unfollowedSince;

  private int unfollowedEnds;

  /** Docker says that a run began, at the engine's time: the followed one, if that has no end. */
  synchronized void started(Instant at) {
    unfollowedSince = followed == null || followed.isClaimed() ? at : null;
  }

  /**
   * Docker says that a run ended, at the engine's time. That needs no second proof; but it may come
   * late, about a run before, or once more: then it is nobody's.
   *
   * @return whose end it is: the followed run, as often as it is asked until its end is claimed, or
   *     once a new one in place of the unfollowed run; null: nobody's
   */
  synchronized @Nullable VpnRun ended(Instant at) {
    if (followed != null && !followed.isClaimed() && followed.began(at)) {
      return followed;
    }
    if (unfollowedSince == null || at.isBefore(unfollowedSince)) {
      return null;
    }
    unfollowedSince = null;
    unfollowedEnds++;
    return new VpnRun(Life.unwitnessed(null));
  }

  /** How many ends of unfollowed runs there were so far. */
  synchronized int unfollowedEnds() {
    return unfollowedEnds;
  }

  /**
   * The run is followed from now on, unless an end came since that may be its own: then nothing
   * changes.
   *
   * @param endsBefore {@link #unfollowedEnds}, before the run was looked for
   * @return whether it is followed
   */
  synchronized boolean follow(VpnRun run, int endsBefore) {
    if (unfollowedEnds != endsBefore) {
      return false;
    }
    followed = run;
    unfollowedSince = null;
    return true;
  }
}
