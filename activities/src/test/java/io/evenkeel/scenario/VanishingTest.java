package io.evenkeel.scenario;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.decide.BalancePlan;
import io.evenkeel.fleet.Aside;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Labels;
import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;
import java.util.function.Supplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInfo;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;

/**
 * A container that somebody removes between any two calls of an outage, or of a provisioning run:
 * every case ends right, without a person, and nothing that is well is touched.
 */
@Tag("long")
@Timeout(900)
class VanishingTest {
  private static final int EACH = 2;
  private static final Duration A_MOMENT = Duration.ofSeconds(5);
  private static final int MOST_MOMENTS = 60;
  private static final Duration REALLY = Duration.ofSeconds(20);
  private static final String GUEST = "torrents";

  private World world = new World();

  /** Each has a world of its own, which mostly waits. */
  @Test
  @Execution(ExecutionMode.CONCURRENT)
  @Target(ElementType.METHOD)
  @Retention(RetentionPolicy.RUNTIME)
  @interface SideBySide {}

  @AfterEach
  void keepAndEnd(TestInfo test) {
    Histories.keep(test.getTestMethod().orElseThrow().getName(), world);
    world.close();
  }

  private void watchedFleet() {
    world.fleet.vpn("vpn1", 4001).vpn("vpn2", 4002);
    world.passes(Duration.ofSeconds(1));
    for (int i = 0; i < EACH; i++) {
      world.fleet.engine("acestream-" + (i + 1), "vpn1", 19_000 + i, i == 0);
      world.fleet.engine("acestream-" + (i + 1 + EACH), "vpn2", 19_500 + i, i == 0);
    }
    world.fleet.guest(GUEST, "vpn2");
    world.watchedBy(World.config(2 * EACH));
  }

  private void vpn2Crashes() {
    world.fleet.dies("vpn2");
    world.logStreamEnds("vpn2");
  }

  private void vpn2IsRecreated() {
    world.fleet.isRecreated("vpn2");
    world.logStreamEnds("vpn2");
  }

  private String forwardedOf(String vpn) {
    return world.fleet.names().stream()
        .filter(n -> world.fleet.labels(n).getOrDefault(Labels.VPN, "").equals(vpn))
        .filter(n -> world.fleet.labels(n).containsKey(Labels.FORWARDED))
        .findFirst()
        .orElseThrow();
  }

  /** What is not as it is to be; empty: the fleet is well, and everybody knows it. */
  private List<String> wrong() {
    List<String> wrong = new ArrayList<>();
    FleetView view = world.view();
    for (String vpn : List.of("vpn1", "vpn2")) {
      if (world.fleet.id(vpn).isEmpty()
          || world.fleet.attached(vpn) != EACH
          || view.vpns().stream()
              .noneMatch(
                  v -> v.name().equals(vpn) && v.outage() == null && v.reachable() >= EACH)) {
        wrong.add(vpn + ": " + world.fleet.attached(vpn) + " are attached");
      }
      long forwarded =
          view.engines().stream().filter(e -> e.forwarded() && e.vpn().equals(vpn)).count();
      if (forwarded != 1) {
        wrong.add(vpn + ": forwarded " + forwarded);
      }
    }
    List<String> there =
        world.fleet.names().stream().filter(n -> !n.startsWith("vpn")).sorted().toList();
    List<String> known = view.engines().stream().map(FleetView.Engine::name).sorted().toList();
    if (!there.equals(known) || there.stream().anyMatch(n -> !world.fleet.isAlive(n))) {
      wrong.add("there are " + there + ", known " + known);
    }
    if (world.fleet.engines() != 2 * EACH) {
      wrong.add(world.fleet.engines() + " engines");
    }
    long ports = view.engines().stream().map(FleetView.Engine::port).filter(p -> p > 0).count();
    if (new TreeSet<>(view.engines().stream().map(FleetView.Engine::port).toList()).size()
        < ports) {
      wrong.add("one port twice");
    }
    return wrong;
  }

  /**
   * Within minutes, and where the machine is busy, so that minutes of skipped time pass before one
   * task of a workflow is carried out, within {@link #REALLY}.
   */
  private void awaitRight(String what) {
    long end = System.nanoTime() + REALLY.toNanos();
    List<String> wrong = wrong();
    for (int i = 0; !wrong.isEmpty() && (i < MOST_MOMENTS || System.nanoTime() < end); i++) {
      world.passes(A_MOMENT);
      madeAgain("vpn2", () -> world.fleet.vpn("vpn2", 4002));
      wrong = wrong();
    }
    assertThat(wrong).as(what + "; " + world.fleet.deeds()).isEmpty();
  }

  /** For every call of it, the same trouble with that container gone just before the call. */
  private void beforeEachCallOf(Runnable trouble, Supplier<String> victim) {
    boolean reached = true;
    for (int call = 1; reached; call++) {
      if (call > 1) {
        world.close();
        world = new World();
      }
      watchedFleet();
      String name = victim.get();
      world.fleet.vanishesBeforeCall(call, name);
      trouble.run();
      world.passes(A_MOMENT);
      awaitRight(name + " gone before call " + call);
      reached = world.fleet.callsUntilVanished() == 0;
      world.fleet.vanishesBeforeCall(0, "");
      madeAgain(GUEST, () -> world.fleet.guest(GUEST, "vpn2"));
      awaitRight("after it");
      assertThat(world.fleet.mostRunning()).isEqualTo(2 * EACH);
      assertThat(world.fleet.journal())
          .as("only an idle one is moved, to even the VPNs out")
          .noneMatch(deed -> deed.attached() && !deed.verb().equals("remove"));
    }
  }

  /** As its owner does. */
  private void madeAgain(String name, Runnable make) {
    if (world.fleet.id(name).isEmpty()) {
      make.run();
    }
  }

  @SideBySide
  void anEngineThatVanishesInACrashIsReplaced() {
    beforeEachCallOf(this::vpn2Crashes, () -> forwardedOf("vpn2"));
  }

  @SideBySide
  void aGuestThatVanishesInACrashHoldsUpNobody() {
    beforeEachCallOf(this::vpn2Crashes, () -> GUEST);
  }

  @SideBySide
  void aVpnThatVanishesInItsCrashIsWaitedFor() {
    beforeEachCallOf(this::vpn2Crashes, () -> "vpn2");
  }

  @SideBySide
  void anEngineThatVanishesWhileItIsMadeAnewIsReplaced() {
    beforeEachCallOf(this::vpn2IsRecreated, () -> forwardedOf("vpn2"));
  }

  @SideBySide
  void anEngineThatVanishesWhileItIsAsideIsReplaced() {
    beforeEachCallOf(this::vpn2IsRecreated, () -> Aside.of(forwardedOf("vpn2")));
  }

  @SideBySide
  void aGuestThatVanishesWhileItIsAsideHoldsUpNobody() {
    beforeEachCallOf(this::vpn2IsRecreated, () -> Aside.of(GUEST));
  }

  @SideBySide
  void aVpnThatVanishesWhileItsEnginesAreMadeAnewIsWaitedFor() {
    beforeEachCallOf(this::vpn2IsRecreated, () -> "vpn2");
  }

  private void anEngineIsRemoved() {
    world.fleet.vanishes(forwardedOf("vpn2"));
  }

  @SideBySide
  void anEngineThatVanishesWhileItIsProvisionedIsMadeAgain() {
    beforeEachCallOf(
        this::anEngineIsRemoved,
        () -> BalancePlan.freeName(World.config(0), new TreeSet<>(world.fleet.names())));
  }

  @SideBySide
  void aVpnThatVanishesWhileItGetsAnEngineIsWaitedFor() {
    beforeEachCallOf(this::anEngineIsRemoved, () -> "vpn2");
  }
}
