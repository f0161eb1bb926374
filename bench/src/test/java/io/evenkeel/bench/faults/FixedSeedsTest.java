package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.faults.Fault.Kind;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the ten sequences of bin/test are; bin/test carries them out. */
class FixedSeedsTest {
  @Test
  void holdEveryKindOfFault() {
    assertThat(
            Plan.FIXED.stream()
                .flatMap(seed -> Plan.draw(seed).faults().stream())
                .map(Fault::kind)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Kind.values());
    assertThat(Plan.FIXED).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void areOverSoon() {
    for (long seed : Plan.FIXED) {
      assertThat(Plan.draw(seed).faults())
          .allSatisfy(fault -> assertThat(fault.at() + fault.lasts()).isLessThan(15_000));
    }
  }
}
