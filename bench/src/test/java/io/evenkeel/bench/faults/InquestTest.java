package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

/** What a history must tell after the first VPN was killed. */
class InquestTest {
  private static final Instant BEGAN = Instant.parse("2026-01-01T00:00:00Z");
  private static final String ALL = "preserve confirm revive settle reattach reindex rebalance";

  private final Fleet fleet = new Fleet(new EngineApi(Path.of("none")), 6, 30_000);

  private String outage(int vpn, int opened, String closed, String phases) {
    StringBuilder text = new StringBuilder();
    for (String phase : List.of(phases.split(" ", -1))) {
      text.append(text.isEmpty() ? "" : ",")
          .append("{\"phase\":\"" + phase + "\",\"seconds\":0.1}");
    }
    return "{\"vpn\":\""
        + fleet.vpn(vpn)
        + "\",\"cause\":\"crashed\",\"openedAt\":\""
        + BEGAN.plusSeconds(opened)
        + "\""
        + closed
        + ",\"phases\":["
        + text
        + "],\"result\":\"restored\"}";
  }

  private static String at(int closed) {
    return ",\"closedAt\":\"" + BEGAN.plusSeconds(closed) + "\"";
  }

  private List<String> judged(String... outages) throws IOException {
    return judgedAfter("killed", outages);
  }

  private List<String> judgedAfter(String how, String... outages) throws IOException {
    Timeline timeline = new Timeline();
    Violations violations = new Violations(timeline);
    Fault fault = new Fault(Kind.VPN_KILLED, 0, 0, 1, 0, Paths.ALL, 0);
    Plan plan = new Plan(0, Plan.Shape.RANDOM, List.of(fault));
    new Inquest(fleet, new Before(fleet, plan, Map.of()), violations, timeline)
        .judgeHistory(
            new ObjectMapper().readTree("[" + String.join(",", outages) + "]"),
            BEGAN,
            List.of(new Hands.Done(fault, 0, 0, how)));
    return violations.all();
  }

  @Test
  void oneOutageThatIsWholeAndClosedIsRight() throws IOException {
    assertThat(judged(outage(1, 1, at(3), ALL), outage(1, 3, at(5), ALL))).isEmpty();
  }

  @Test
  void itHasNotClosed() throws IOException {
    assertThat(judged(outage(1, 1, "", ALL))).anyMatch(v -> v.startsWith("an outage has not cl"));
    assertThat(judged(outage(1, 1, ",\"closedAt\":null", ALL)))
        .anyMatch(v -> v.startsWith("an outage has not closed"));
  }

  @Test
  void aPhaseIsMissing() throws IOException {
    assertThat(judged(outage(1, 1, at(3), "preserve confirm revive")))
        .singleElement()
        .matches(v -> v.startsWith("an outage does not tell of all its phases"));
  }

  @Test
  void theKilledOneHasNone() throws IOException {
    assertThat(judged(outage(2, 1, at(3), ALL)))
        .containsExactly("the history has no outage of vpn1");
    assertThat(judged(outage(1, -9, at(-3), ALL)))
        .as("one of before does not count")
        .containsExactly("the history has no outage of vpn1");
  }

  @Test
  void whatCouldNotBeKilledNeedsNone() throws IOException {
    assertThat(judgedAfter("failed: the engine is frozen")).isEmpty();
    assertThat(judgedAfter("does not run")).isEmpty();
  }

  @Test
  void oneVpnHasTwoAtATime() throws IOException {
    assertThat(judged(outage(1, 1, at(9), ALL), outage(1, 5, at(10), ALL)))
        .singleElement()
        .matches(v -> v.startsWith("two outages of vpn1 at a time"));
    assertThat(judged(outage(1, 1, at(9), ALL), outage(2, 5, at(10), ALL))).isEmpty();
  }
}
