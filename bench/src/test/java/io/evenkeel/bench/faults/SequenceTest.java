package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.util.List;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;

/** How long the recovery of a sequence took. */
class SequenceTest {
  private static final double KILLED = 10;

  private static OptionalDouble recovery(Plan.Shape shape, double back, double all) {
    Fault kill = new Fault(Kind.VPN_KILLED, 0, 0, 1, 0, Paths.ALL, 0);
    return new Sequence.Result(
            new Plan(0, shape, List.of(kill)),
            List.of(new Hands.Done(kill, KILLED, KILLED, "killed")),
            new Judge.Well(back, all),
            List.of(),
            List.of(),
            List.of())
        .recovery();
  }

  @Test
  void itLastsFromTheKillUntilTheLastContainerIsBack() {
    assertThat(recovery(Plan.Shape.PAIRED, 12.5, 13)).hasValue(2.5);
  }

  @Test
  void whereNobodySawTheFleetDownThereIsNone() {
    assertThat(recovery(Plan.Shape.PLAIN, 0, 13)).isEmpty();
  }

  @Test
  void whereItWasNeverWellThereIsNone() {
    assertThat(recovery(Plan.Shape.PLAIN, 12, -1)).isEmpty();
  }

  @Test
  void amongOtherFaultsItIsNotCompared() {
    assertThat(recovery(Plan.Shape.RANDOM, 12, 13)).isEmpty();
  }
}
