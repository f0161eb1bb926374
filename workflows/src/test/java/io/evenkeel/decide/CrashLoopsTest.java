package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.Seen;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.Test;

class CrashLoopsTest {
  private static final Instant NOW = Instant.parse("2026-11-27T03:00:00Z");
  private static final List<String> ENGINE = List.of("e");

  private static Container engine(String name, ContainerStatus status) {
    return engine(name, status, NOW);
  }

  private static Container engine(String name, ContainerStatus status, Instant start) {
    return Seen.container(name, status, "container:id-vpn1", Map.of(), start, null);
  }

  private static CrashLoops startedAgain(int times) {
    CrashLoops loops = CrashLoops.none();
    for (int i = 0; i < times; i++) {
      loops = loops.started(ENGINE, NOW);
    }
    return loops;
  }

  @Test
  void theFirstRelapseIsStartedAtOnceAndTheNextOnesRestTwiceAsLong() {
    assertThat(startedAgain(1).resting()).isEmpty();
    List<Long> rests = new ArrayList<>();
    for (int times = 2; times <= 9; times++) {
      CrashLoops loops = startedAgain(times);
      CrashLoops.Starts rest = Objects.requireNonNull(loops.rest("e"));
      rests.add(Duration.between(NOW, rest.restsUntil()).toSeconds());
      assertThat(loops.isDueAt(rest.restsUntil().minusMillis(1))).isFalse();
      assertThat(loops.isDueAt(rest.restsUntil())).isTrue();
      assertThat(loops.at(rest.restsUntil()).resting()).isEmpty();
    }
    assertThat(rests).containsExactly(10L, 20L, 40L, 80L, 160L, 300L, 300L, 300L);
  }

  @Test
  void itIsDueOnce() {
    CrashLoops rested = startedAgain(3).at(NOW.plusSeconds(20));

    assertThat(rested.isDueAt(NOW.plusSeconds(30))).isFalse();
    assertThat(rested.started(ENGINE, NOW.plusSeconds(30)).resting()).containsExactly("e");
  }

  @Test
  void whatHasRunForAMinuteBeginsAnew() {
    List<Container> runs = List.of(engine("e", ContainerStatus.RUNNING));
    CrashLoops loops = startedAgain(5);

    assertThat(loops.seen(runs, NOW.plusSeconds(59))).isEqualTo(loops);
    assertThat(loops.seen(runs, NOW.plusSeconds(60))).isEqualTo(CrashLoops.none());
  }

  @Test
  void whatASlowLookSeesRunAfterAnotherStartHasNotRunForAMinute() {
    CrashLoops loops = startedAgain(5);
    Container runs = engine("e", ContainerStatus.RUNNING, NOW.plusSeconds(58));

    assertThat(loops.seen(List.of(runs), NOW.plusSeconds(61))).isEqualTo(loops);
    assertThat(loops.seen(List.of(runs), NOW.plusSeconds(118))).isEqualTo(CrashLoops.none());
  }

  @Test
  void whatSomebodyWantedToBeRemovedIsForgotten() {
    assertThat(startedAgain(5).without(ENGINE)).isEqualTo(CrashLoops.none());
    assertThat(startedAgain(5).without(List.of("f"))).isEqualTo(startedAgain(5));
  }

  @Test
  void whatIsThereAndDoesNotRunIsRemembered() {
    CrashLoops loops = startedAgain(5);

    for (String name : List.of("e", Aside.of("e"))) {
      assertThat(loops.seen(List.of(engine(name, ContainerStatus.EXITED)), NOW.plusSeconds(9_000)))
          .isEqualTo(loops);
    }
  }

  @Test
  void whatIsGoneIsForgottenAMinuteAfterItsRest() {
    CrashLoops loops = startedAgain(3);

    assertThat(loops.seen(List.of(), NOW.plusSeconds(79))).isEqualTo(loops);
    assertThat(loops.seen(List.of(), NOW.plusSeconds(80))).isEqualTo(CrashLoops.none());
  }

  @Test
  void aClockThatWasSetBackEndsEveryRest() {
    assertThat(startedAgain(5).at(NOW.minusSeconds(1)).resting()).isEmpty();
  }

  @Test
  void oneThatWasStartedBeforeIsKnown() {
    assertThat(startedAgain(1).isAnyAgain(List.of("f", "e"))).isTrue();
    assertThat(startedAgain(1).isAnyAgain(List.of("f"))).isFalse();
  }
}
