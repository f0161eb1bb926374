package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import io.evenkeel.bench.faults.Fault.Target;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** What the ten sequences of bin/test are; bin/test carries them out. */
class FixedSeedsTest {
  private final List<Fault> faults =
      Plan.FIXED.stream().flatMap(seed -> Plan.draw(seed).faults().stream()).toList();

  @Test
  void areTen() {
    assertThat(Plan.FIXED).hasSize(10).doesNotHaveDuplicates();
  }

  @Test
  void holdEveryKindOfFault() {
    assertThat(faults.stream().map(Fault::kind).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Kind.values());
  }

  @Test
  void holdFaultsOfTheSocketForEveryKindOfRequest() {
    assertThat(
            faults.stream()
                .filter(fault -> fault.kind().target() == Target.SOCKET)
                .map(Fault::paths)
                .collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(Paths.values());
  }

  @Test
  void holdLongOnes() {
    for (Kind kind : List.of(Kind.TEMPORAL_STOPPED, Kind.SOCKET_REFUSES, Kind.DAEMON_FROZEN)) {
      assertThat(faults).anyMatch(fault -> fault.kind() == kind && fault.lasts() > 7_000);
    }
  }

  @Test
  void areOverSoon() {
    assertThat(faults)
        .allSatisfy(fault -> assertThat(fault.at() + fault.lasts()).isLessThan(18_000));
  }
}
