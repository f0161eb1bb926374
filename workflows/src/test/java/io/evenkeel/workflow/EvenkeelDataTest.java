package io.evenkeel.workflow;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.decide.FleetDecision;
import io.evenkeel.decide.FleetIndex;
import io.evenkeel.decide.FleetKnowledge;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import java.lang.reflect.RecordComponent;
import java.time.Instant;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** What an older or a newer version has written can be read. */
class EvenkeelDataTest {
  private static final Instant AT = Instant.parse("2026-01-01T00:00:00Z");
  private static final FleetConfig CONFIG =
      new FleetConfig(
          "home", "app=x", List.of(new VpnSpec("vpn1", 1, 9)), 3, 10, Policy.defaults());

  private final ObjectMapper mapper = EvenkeelData.mapper();

  static List<Record> everyRecordWithAListOrAMap() {
    Container vpn =
        new Container(
            "id",
            "vpn1",
            "image",
            ContainerStatus.RUNNING,
            Health.NONE,
            "bridge",
            Map.of("a", "b"),
            Map.of(1, 2),
            AT,
            null,
            0,
            "",
            true);
    return List.of(
        vpn,
        CONFIG,
        CONFIG.scope(),
        new Observation(AT, "f", true, List.of(vpn), List.of(), List.of()),
        FleetKnowledge.nothing(),
        FleetDecision.nothing(),
        new FleetIndex(Map.of(), Map.of(), List.of()),
        new FleetView("home", AT, "available", 3, false, "", List.of(), List.of()),
        new OutageReport(
            "vpn1", "w", "crashed", "", AT, null, List.of(), List.of(), List.of(), "open"),
        MonitorState.initial(CONFIG),
        new OutageProgress("vpn1", "w", "open", AT, List.of()),
        new OutageRequest(
            CONFIG,
            "vpn1",
            "crashed",
            "",
            AT,
            true,
            false,
            vpn,
            List.of(vpn),
            0,
            List.of(),
            false,
            List.of(),
            List.of(),
            List.of(),
            List.of(),
            false),
        new ProvisionRequest(
            CONFIG, List.of(), Map.of(), false, false, List.of(), List.of(), List.of()),
        new ProvisionReport(List.of(), List.of(), List.of(), List.of()),
        new ProvisionBalancedWorkflowImpl.Plan(List.of(), ""));
  }

  @ParameterizedTest
  @MethodSource("everyRecordWithAListOrAMap")
  void aListOrMapThatAnOlderHistoryLacksIsEmpty(Record written) throws Exception {
    for (RecordComponent component : written.getClass().getRecordComponents()) {
      Class<?> type = component.getType();
      if (Collection.class.isAssignableFrom(type) || Map.class.isAssignableFrom(type)) {
        ObjectNode lacking = mapper.valueToTree(written);
        var _ = lacking.remove(component.getName());
        assertEmpty(component, lacking, written);
        lacking.putNull(component.getName());
        assertEmpty(component, lacking, written);
      }
    }
  }

  private void assertEmpty(RecordComponent component, ObjectNode tree, Record written)
      throws Exception {
    Record read = mapper.treeToValue(tree, written.getClass());
    component.getAccessor().setAccessible(true);
    Object value = component.getAccessor().invoke(read);
    assertThat(value).as(component.toString()).isIn(List.of(), Map.of());
  }

  @Test
  void whatANewerVersionHasAddedIsIgnored() throws Exception {
    ObjectNode tree = mapper.valueToTree(CONFIG);
    tree.put("added", 1).putObject("alsoAdded").put("x", 2);
    assertThat(mapper.treeToValue(tree, FleetConfig.class)).isEqualTo(CONFIG);
  }
}
