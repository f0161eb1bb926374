package io.evenkeel.starter;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.fleet.FleetView;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class TablesTest {
  private static final Instant AT = Instant.parse("2026-11-27T03:00:00Z");

  private static String about(boolean forwarded, @Nullable Instant restsUntil) {
    FleetView.Engine engine =
        new FleetView.Engine(
            "evenkeel-1",
            "id",
            "vpn1",
            "vpn1",
            19_000,
            "exited",
            false,
            forwarded,
            false,
            false,
            restsUntil);
    FleetView view =
        new FleetView("home", AT, "available", 1, false, "", List.of(), List.of(engine));
    return Tables.status(view)
        .lines()
        .filter(line -> line.contains("evenkeel-1"))
        .toList()
        .getFirst();
  }

  @Test
  void statusTellsWhenAnEngineThatDoesNotStayUpIsStartedAgain() {
    String rests = "does not stay up, started again at 2026-11-27T03:01:20Z";

    assertThat(about(false, AT.plusMillis(80_500))).endsWith("no        " + rests);
    assertThat(about(true, AT.plusMillis(80_500))).endsWith("no        forwarded, " + rests);
    assertThat(about(true, null)).endsWith("forwarded");
  }
}
