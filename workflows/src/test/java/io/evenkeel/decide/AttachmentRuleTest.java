package io.evenkeel.decide;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.decide.AttachmentRule.Remedy;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Health;
import io.evenkeel.fleet.Labels;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collections;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

/** The rule's promises, over thousands of random pairs; a failure prints seed and pair. */
class AttachmentRuleTest {
  private static final long SEED = 20_261_127L;
  private static final int PAIRS = 20_000;
  private static final int FLEETS = 2_000;
  private static final String VPN_ID = "ab".repeat(32);
  private static final String PAST_ID = "cd".repeat(32);
  private static final Instant VPN_START = Instant.parse("2026-01-01T12:00:00Z");
  private static final Instant NOW = VPN_START.plusSeconds(60);
  private static final FleetConfig CONFIG =
      new FleetConfig(
          "test",
          "engine",
          List.of(new VpnSpec("vpn", 100, 199)),
          FleetConfig.NO_TARGET,
          FleetConfig.MOST_ENGINES,
          Policy.defaults());

  private final Random random = new Random(SEED);

  /** One VPN, one container that is known to belong to it, and whether that ran before. */
  private record Pair(Container vpn, Container dependent, boolean ranBefore) {
    Remedy remedy() {
      return AttachmentRule.of(dependent, vpn, ranBefore);
    }

    Pair with(Container other) {
      return new Pair(vpn, other, ranBefore);
    }

    /** As Docker means it; the rule's own words are not used. */
    boolean isAttached() {
      Instant start = dependent.startedAt();
      return dependent.inspected()
          && dependent.running()
          && vpn.running()
          && List.of(VPN_ID, VPN_ID.substring(0, 12), "vpn", "/vpn").contains(dependent.reference())
          && start != null
          && !start.isBefore(VPN_START);
    }
  }

  private static Container container(
      String id,
      String name,
      ContainerStatus status,
      String network,
      Map<String, String> labels,
      @Nullable Instant start,
      @Nullable Instant finish,
      String error,
      boolean inspected) {
    return new Container(
        id,
        name,
        "image",
        status,
        Health.NONE,
        network,
        labels,
        Map.of(),
        start,
        finish,
        0,
        error,
        inspected);
  }

  @SafeVarargs
  @SuppressWarnings("varargs")
  private <T> T oneOf(T... choices) {
    return choices[random.nextInt(choices.length)];
  }

  private Instant around() {
    return VPN_START.plusSeconds(random.nextInt(21) - 10);
  }

  private ContainerStatus status() {
    return random.nextInt(3) > 0 ? ContainerStatus.RUNNING : oneOf(ContainerStatus.values());
  }

  private Container dependent(String name) {
    String network =
        oneOf(
            "container:" + VPN_ID,
            "container:" + VPN_ID.substring(0, 12),
            "container:vpn",
            "container:/vpn",
            "container:" + PAST_ID,
            "bridge",
            "");
    Map<String, String> labels = new HashMap<>();
    if (random.nextInt(4) > 0) {
      labels.put(Labels.VPN, "vpn");
      labels.put("engine", "");
    }
    if (random.nextInt(8) == 0) {
      labels.put(Labels.IGNORE, "true");
    }
    String error =
        oneOf("", "", "cannot join network of a non running container", "No such container: x");
    return container(
        "id-" + name,
        name,
        status(),
        network,
        labels,
        random.nextInt(10) > 0 ? around() : null,
        random.nextInt(3) > 0 ? around() : null,
        error,
        random.nextInt(10) > 0);
  }

  private Container vpn() {
    Instant end = random.nextBoolean() ? VPN_START.minusSeconds(random.nextInt(10)) : null;
    Instant start = random.nextInt(10) > 0 ? VPN_START : null;
    return container(VPN_ID, "vpn", status(), "bridge", Map.of(), start, end, "", true);
  }

  private void eachPair(Consumer<Pair> promise) {
    for (int i = 0; i < PAIRS; i++) {
      promise.accept(new Pair(vpn(), dependent("a"), random.nextBoolean()));
    }
  }

  private static String where(Pair pair) {
    return "seed " + SEED + ", " + pair;
  }

  @Test
  void whatIsAttachedAndRunsIsNeverTouched() {
    eachPair(pair -> {
      if (pair.isAttached()) {
        assertThat(pair.remedy()).as(where(pair)).isIn(Remedy.LEAVE, Remedy.WAIT);
      }
    });
  }

  @Test
  void nothingIsTouchedWhileTheVpnDoesNotRunOrWhereSomebodySaysIgnore() {
    eachPair(pair -> {
      if (!pair.vpn().running() || pair.dependent().label(Labels.IGNORE).equals("true")) {
        assertThat(pair.remedy()).as(where(pair)).isIn(Remedy.LEAVE, Remedy.WAIT);
      }
    });
  }

  @Test
  void whatHasANetworkOfItsOwnIsNeverTouchedWhateverItsLabelsSay() {
    eachPair(pair -> {
      if (pair.dependent().reference().isEmpty()) {
        assertThat(pair.remedy()).as(where(pair)).isIn(Remedy.LEAVE, Remedy.WAIT);
      }
    });
  }

  @Test
  void aRemedyThatIsCarriedOutAndLookedAtAgainIsLeave() {
    eachPair(pair -> {
      Remedy remedy = pair.remedy();
      switch (remedy) {
        case START, RESTART, RECREATE -> {
          Pair after = pair.with(carriedOut(remedy, pair.dependent()));
          assertThat(after.remedy()).as(where(pair) + " " + remedy).isEqualTo(Remedy.LEAVE);
          assertThat(after.isAttached()).as(where(pair) + " " + remedy).isTrue();
        }
        case LEAVE, WAIT -> {}
      }
    });
  }

  /** As Docker does it: a start or restart leaves the reference, a new one has the VPN's id. */
  private static Container carriedOut(Remedy remedy, Container c) {
    boolean anew = remedy == Remedy.RECREATE;
    return container(
        anew ? "id-new" : c.id(),
        c.name(),
        ContainerStatus.RUNNING,
        anew ? "container:" + VPN_ID : c.networkMode(),
        c.labels(),
        NOW,
        anew ? null : c.finishedAt(),
        "",
        true);
  }

  @Test
  void aStopByAPersonBeforeTheVpnsEndStays() {
    eachPair(pair -> {
      Instant finish = pair.dependent().finishedAt();
      Instant end = pair.vpn().finishedAt();
      if (pair.dependent().status() == ContainerStatus.EXITED
          && !pair.ranBefore()
          && pair.dependent().error().isEmpty()
          && finish != null
          && (end == null || finish.isBefore(end))) {
        assertThat(pair.remedy()).as(where(pair)).isIn(Remedy.LEAVE, Remedy.WAIT);
      }
    });
  }

  @Test
  void everyFormOfAReferenceMeansTheSame() {
    eachPair(pair -> {
      Container c = pair.dependent();
      for (String form : List.of(VPN_ID.substring(0, 12), "vpn", "/vpn")) {
        assertThat(pair.with(referring(c, form)).remedy())
            .as(where(pair) + " " + form)
            .isEqualTo(pair.with(referring(c, VPN_ID)).remedy());
      }
    });
  }

  private static Container referring(Container c, String reference) {
    return container(
        c.id(),
        c.name(),
        c.status(),
        "container:" + reference,
        c.labels(),
        c.startedAt(),
        c.finishedAt(),
        c.error(),
        c.inspected());
  }

  @Test
  void inWhateverOrderTheListComesEachGetsTheSameRemedy() {
    for (int run = 0; run < FLEETS; run++) {
      List<Container> fleet = new ArrayList<>(List.of(vpn()));
      for (int i = random.nextInt(8); i > 0; i--) {
        fleet.add(dependent("c" + i));
      }
      Map<String, Remedy> remedies = remedies(fleet);
      Collections.shuffle(fleet, random);
      assertThat(remedies(fleet)).as("seed " + SEED + ", " + fleet).isEqualTo(remedies);
    }
  }

  private static Map<String, Remedy> remedies(List<Container> fleet) {
    Container vpn = fleet.stream().filter(c -> c.name().equals("vpn")).findFirst().orElseThrow();
    Map<String, Remedy> remedies = new TreeMap<>();
    FleetIndexer.index(CONFIG, fleet, Map.of())
        .assignments()
        .forEach((name, a) -> remedies.put(name, AttachmentRule.of(a.container(), vpn, false)));
    return remedies;
  }
}
