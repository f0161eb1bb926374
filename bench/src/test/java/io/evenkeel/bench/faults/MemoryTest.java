package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import io.evenkeel.bench.faults.Fleet.Seen;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/** Whom the worker has forgotten, in a fleet of two engines. */
class MemoryTest {
  private static final String FIRST = "engine-1";

  private final Fleet fleet = new Fleet(new EngineApi(Path.of("none")), 2, 30_000);
  private final Seen engine1 = engine(1, "old1");
  private final Seen engine2 = engine(2, "old2");
  private final Before before = before();
  private final Memory memory = new Memory(fleet, before);

  private Seen engine(int number, String id) {
    String name = fleet.name() + "-engine-" + number;
    return new Seen(id, name, "running", fleet.vpn(number), 30_000, "v" + number);
  }

  private Before before() {
    Fault fault = new Fault(Kind.ENGINE_REMOVED, 0, 0, 1, 0, Paths.ALL, 0);
    return new Before(
        fleet, new Plan(0, Plan.Shape.RANDOM, List.of(fault)), there(engine1, engine2));
  }

  private static Map<String, Seen> there(Seen... seen) {
    return Arrays.stream(seen).collect(Collectors.toMap(Seen::name, Function.identity()));
  }

  private static ObjectNode answer(Seen... known) {
    ObjectNode answer = new ObjectMapper().createObjectNode();
    for (Seen one : known) {
      answer.withArray("engines").addObject().put("name", one.name()).put("containerId", one.id());
    }
    return answer;
  }

  @Test
  void oneThatIsThereAndIsNotToldOfIs() {
    assertThat(memory.forgotten(answer(engine2), there(engine1, engine2))).containsExactly(FIRST);
  }

  @Test
  void oneThatIsGoneIsNot() {
    assertThat(memory.forgotten(answer(engine2), there(engine2))).isEmpty();
  }

  @Test
  void allAreWhileDockerIsAwayButTheOneThatTheBenchRemoves() {
    before.hits(engine2.name());
    assertThat(memory.forgotten(answer(), there())).containsExactly(FIRST);
  }

  @Test
  void oneThatTheBenchRemovesIsUntilItIsGone() {
    before.hits(engine1.name());
    assertThat(memory.forgotten(answer(engine2), there(engine1, engine2))).containsExactly(FIRST);
  }

  @Test
  void oneThatIsMadeAnewIsFromWhenItWasToldOf() {
    before.hits(engine1.name());
    Map<String, Seen> anew = there(engine(1, "new1"), engine2);
    assertThat(memory.forgotten(answer(engine2), anew)).isEmpty();
    assertThat(memory.forgotten(answer(engine(1, "new1"), engine2), anew)).isEmpty();
    assertThat(memory.forgotten(answer(engine2), anew)).containsExactly(FIRST);
  }

  @Test
  void oneThatTheWorkerItselfReplacesIsKnownByItsName() {
    Map<String, Seen> replaced = there(engine(1, "new1"), engine2);
    assertThat(memory.forgotten(answer(engine1, engine2), replaced)).isEmpty();
    assertThat(memory.forgotten(answer(engine2), replaced)).containsExactly(FIRST);
  }
}
