package io.evenkeel.watch;

import static org.assertj.core.api.Assertions.assertThat;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.CyclicBarrier;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;

/** Whose end Docker's word is, where a follower does not show it at will. */
class VpnRunsTest {
  private static final Instant NOON = Instant.parse("2026-11-01T12:00:00Z");
  private static final int RACES = 2_000;

  private final VpnRuns runs = new VpnRuns();

  private static VpnRun startedAt(Instant start) {
    return new VpnRun(Life.unwitnessed(start));
  }

  private VpnRun followed(VpnRun run) {
    assertThat(runs.follow(run, runs.unfollowedEnds())).isTrue();
    return run;
  }

  @Test
  void anEndOfWhichNoStartWasHeardIsNobodys() {
    assertThat(runs.ended(NOON)).isNull();
    assertThat(runs.unfollowedEnds()).isZero();
  }

  @Test
  void theFollowedRunHasEndedUntilSomebodyTellsIt() {
    VpnRun run = followed(startedAt(NOON));
    assertThat(runs.ended(NOON)).isSameAs(run);
    assertThat(runs.ended(NOON.plusSeconds(1))).as("said once more").isSameAs(run);

    assertThat(run.claim()).isTrue();
    assertThat(runs.ended(NOON.plusSeconds(1))).isNull();
    assertThat(runs.unfollowedEnds()).as("it was followed").isZero();
  }

  @Test
  void aWordOlderThanTheFollowedRunIsNobodys() {
    VpnRun run = followed(startedAt(NOON));

    assertThat(runs.ended(NOON.minusMillis(1))).isNull();
    assertThat(runs.ended(NOON)).isSameAs(run);
  }

  @Test
  void whereTheEngineDidNotSayWhenItStartedAnyWordIsAboutTheFollowedRun() {
    VpnRun run = followed(new VpnRun(Life.unwitnessed(null)));

    assertThat(runs.ended(NOON.minusSeconds(3_600))).isSameAs(run);
  }

  @Test
  void aStartHeardWhileARunIsFollowedIsThatRuns() {
    VpnRun run = followed(startedAt(NOON));
    runs.started(NOON);
    assertThat(run.claim()).isTrue();

    assertThat(runs.ended(NOON.plusSeconds(1))).as("no second run").isNull();
  }

  @Test
  void aRunHeardOfEndsOnceAndIsNotTheOneBefore() {
    VpnRun before = followed(startedAt(NOON));
    assertThat(before.claim()).isTrue();
    runs.started(NOON.plusSeconds(1));

    assertThat(runs.ended(NOON.plusSeconds(2)))
        .isNotNull()
        .isNotSameAs(before)
        .matches(ended -> !ended.isClaimed(), "its end is still to be told");
    assertThat(runs.ended(NOON.plusSeconds(2))).isNull();
    assertThat(runs.unfollowedEnds()).isEqualTo(1);
  }

  @Test
  void aRunHeardOfThatIsFollowedIsUnfollowedNoMore() {
    runs.started(NOON);
    VpnRun run = followed(startedAt(NOON));
    assertThat(run.claim()).isTrue();

    assertThat(runs.ended(NOON.plusSeconds(1))).isNull();
  }

  @Test
  void aRunThatMayHaveEndedWhileItWasLookedForIsNotFollowed() {
    int ends = runs.unfollowedEnds();
    runs.started(NOON);
    assertThat(runs.ended(NOON.plusSeconds(1))).isNotNull();
    assertThat(runs.follow(startedAt(NOON), ends)).isFalse();
    assertThat(runs.ended(NOON.plusSeconds(1))).as("nobody is followed").isNull();

    followed(startedAt(NOON.plusSeconds(2)));
  }

  @Test
  void aRunThatIsRefusedLeavesTheNextOneThatWasHeardOf() {
    int ends = runs.unfollowedEnds();
    runs.started(NOON);
    assertThat(runs.ended(NOON.plusSeconds(1))).isNotNull();
    runs.started(NOON.plusSeconds(2));
    assertThat(runs.follow(startedAt(NOON), ends)).isFalse();

    assertThat(runs.ended(NOON.plusSeconds(3))).isNotNull();
  }

  /**
   * Whichever comes first: it is followed, and the end is its own; or it is told, and not followed.
   */
  @Test
  void anEndAtTheVeryMomentOfFollowingIsNeverLostNorTwo() throws Exception {
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (int race = 0; race < RACES; race++) {
        VpnRuns raced = new VpnRuns();
        raced.started(NOON);
        VpnRun run = startedAt(NOON);
        List<Object> answers =
            atOnce(two, () -> raced.ended(NOON.plusSeconds(1)), () -> raced.follow(run, 0));

        boolean isFollowed = (boolean) answers.get(1);
        assertThat(answers.get(0)).as("its end").isNotNull();
        assertThat(answers.get(0) == run).as("its own, as it is followed").isEqualTo(isFollowed);
      }
    }
  }

  @Test
  void twoWordsAtOnceOnARunHeardOfAreOneEnd() throws Exception {
    Instant end = NOON.plusSeconds(1);
    try (ExecutorService two = Executors.newFixedThreadPool(2)) {
      for (int race = 0; race < RACES; race++) {
        VpnRuns raced = new VpnRuns();
        raced.started(NOON);
        List<Object> answers = atOnce(two, () -> raced.ended(end), () -> raced.ended(end));

        assertThat(answers).filteredOn(run -> run != null).hasSize(1);
        assertThat(raced.unfollowedEnds()).isEqualTo(1);
      }
    }
  }

  private static List<Object> atOnce(
      ExecutorService two, Callable<Object> one, Callable<Object> other)
      throws InterruptedException, ExecutionException {
    CyclicBarrier ready = new CyclicBarrier(2);
    List<Future<Object>> futures = new ArrayList<>();
    for (Callable<Object> act : List.of(one, other)) {
      futures.add(
          two.submit(() -> {
            ready.await(60, TimeUnit.SECONDS);
            return act.call();
          }));
    }
    List<Object> answers = new ArrayList<>();
    for (Future<Object> future : futures) {
      answers.add(future.get());
    }
    return answers;
  }
}
