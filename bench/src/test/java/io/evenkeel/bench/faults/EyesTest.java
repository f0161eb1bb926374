package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a look finds, in a fleet of six engines. */
class EyesTest {
  private static final int PORT = 30_000;

  private final Fleet fleet = new Fleet(new EngineApi(Path.of("none")), 6, PORT);
  private final List<Seen> seen = new ArrayList<>();

  EyesTest() {
    for (int number = 1; number <= 6; number++) {
      seen.add(engine(number, "", 1 + number % 2, PORT + number, "running"));
    }
  }

  private Seen engine(int number, String suffix, int vpn, int port, String state) {
    String name = fleet.name() + "-engine-" + number + suffix;
    return new Seen("id" + number + suffix, name, state, fleet.vpn(vpn), port, "");
  }

  private Eyes eyes(Kind kind) {
    Plan plan = new Plan(0, Plan.Shape.RANDOM, List.of(new Fault(kind, 0, 0, 1, 0, Paths.ALL, 0)));
    Timeline timeline = new Timeline();
    return new Eyes(fleet, plan, new Violations(timeline), timeline);
  }

  @Test
  void aFleetAsItShouldBeIsNotWrong() {
    assertThat(eyes(Kind.VPN_KILLED).wrong(seen)).isEmpty();
  }

  @Test
  void anEngineTooManyIsWrongUnlessTheBenchMadeOne() {
    seen.add(engine(7, "", 1, PORT + 7, "running"));
    assertThat(eyes(Kind.VPN_KILLED).wrong(seen)).containsExactly("7 engines run, 6 are wanted");
    assertThat(eyes(Kind.ENGINE_RECREATED).wrong(seen)).isEmpty();
  }

  @Test
  void oneThatRunsBesideItsSuccessorIsWrong() {
    seen.add(engine(1, Fleet.ASIDE, 1, PORT + 7, "running"));
    assertThat(eyes(Kind.VPN_KILLED).wrong(seen))
        .contains("2 containers run for the name engine-1");
  }

  @Test
  void oneThatIsPutAsideAndHasEndedIsNot() {
    seen.add(engine(1, Fleet.ASIDE, 1, PORT + 1, "exited"));
    assertThat(eyes(Kind.VPN_KILLED).wrong(seen)).isEmpty();
  }

  @Test
  void twoForOnePortOfAVpnAreWrong() {
    seen.set(0, engine(1, "", 2, PORT + 3, "running"));
    assertThat(eyes(Kind.VPN_KILLED).wrong(seen))
        .containsExactly("2 engines run for port 30003 behind vpn2");
  }

  @Test
  void onePortOfBothVpnsIsNot() {
    seen.set(1, engine(2, "", 1, PORT + 1, "running"));
    assertThat(eyes(Kind.VPN_KILLED).wrong(seen)).isEmpty();
  }
}
