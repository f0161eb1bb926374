package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Who is wronged when it is touched, while a fault of the first VPN, or of its engine, is on. */
class BeforeTest {
  private final Fleet fleet = new Fleet(new EngineApi(Path.of("none")), 6, 30_000);
  private final Seen vpn1 = new Seen("v1", fleet.vpn(1), "running", "", 0, "");
  private final Seen vpn2 = new Seen("v2", fleet.vpn(2), "running", "", 0, "");
  private final Seen guest1 = new Seen("g1", fleet.guest(1), "running", "", 0, "v1");
  private final Seen guest2 = new Seen("g2", fleet.guest(2), "running", "", 0, "v2");
  private final Seen engine1 = engine(1);
  private final Seen engine2 = engine(2);
  private final List<Seen> all = List.of(vpn1, vpn2, guest1, guest2, engine1, engine2);

  private Seen engine(int vpn) {
    String name = fleet.name() + "-engine-" + vpn;
    return new Seen("e" + vpn, name, "running", fleet.vpn(vpn), 30_000, "v" + vpn);
  }

  private Before before(Kind kind) {
    Fault fault = new Fault(kind, 0, 0, 1, 0, Paths.ALL, 0);
    Map<String, Seen> there =
        all.stream().collect(Collectors.toMap(Seen::name, Function.identity()));
    return new Before(fleet, new Plan(0, Plan.Shape.RANDOM, List.of(fault)), there);
  }

  private List<Seen> wronged(Before before) {
    return all.stream().filter(before::isWronged).toList();
  }

  @Test
  void thoseOfTheOtherVpnAre() {
    assertThat(wronged(before(Kind.VPN_KILLED))).containsExactly(vpn2, guest2, engine2);
  }

  @Test
  void allAreWhereTheFaultIsOfTheSocket() {
    assertThat(wronged(before(Kind.SOCKET_HANGS))).isEqualTo(all);
  }

  @Test
  void noneIsWhereEverythingEnds() {
    assertThat(wronged(before(Kind.DAEMON_KILLED))).isEmpty();
  }

  @Test
  void allAreButTheOneThatTheBenchHits() {
    Before before = before(Kind.ENGINE_KILLED);
    before.hits(engine1.name());
    assertThat(wronged(before)).containsExactly(vpn1, vpn2, guest1, guest2, engine2);
  }

  @Test
  void oneEngineMayMoveWhereOneIsRemovedAndTheNextOneIsWronged() {
    Before before = before(Kind.ENGINE_REMOVED);
    assertThat(wronged(before)).containsExactly(vpn1, vpn2, guest1, guest2, engine2);
  }
}
