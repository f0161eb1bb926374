package io.evenkeel.activities;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;

import io.evenkeel.port.Containers;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.NewContainer;
import io.evenkeel.simulated.SimulatedFleet;
import io.evenkeel.workflow.FleetActivities;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Proxy;
import java.time.Clock;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What somebody else, or an attempt before, has done in between. */
class InBetweenTest {
  private final SimulatedFleet fleet = new SimulatedFleet(new EachReadingLater());
  private final FleetActivities activities = over(fleet);

  private FleetActivities over(Containers containers) {
    return new FleetActivitiesImpl(
        containers, fleet, fleet, _ -> {}, EngineTemplate.aceStream("engine:1"), Clock.systemUTC());
  }

  private static EngineOrder order(String replaces) {
    return new EngineOrder(
        "test",
        SimulatedFleet.MANAGER,
        "a",
        "vpn1",
        19_000,
        45_000,
        4002,
        true,
        true,
        replaces,
        "");
  }

  @ParameterizedTest
  @ValueSource(ints = {1, 2, 3, 4})
  void oneThatWasDownAndIsCutOffInItsRecreateIsStarted(int deeds) {
    fleet.vpn("vpn1", 0).engine("a", "vpn1", 19_000, false);
    fleet.stops("a");
    fleet.isRecreated("vpn1");
    Throwable _ = catchThrowable(() -> fleet.start("a"));
    fleet.goesAfter(deeds);
    Throwable _ = catchThrowable(() -> activities.attach("a", "", "vpn1", false));
    fleet.answersAgain();
    String did = activities.attach("a", "", "vpn1", false);
    assertThat(fleet.isAlive("a")).as(did + fleet.deeds()).isTrue();
  }

  @Test
  void whatAnAttemptBeforeHasAskedForIsTaken() {
    fleet.vpn("vpn1", 0);
    int[] creates = {0};
    Object[] first = {null};
    Containers slow =
        (Containers)
            Proxy.newProxyInstance(
                getClass().getClassLoader(),
                new Class<?>[] {Containers.class},
                (_, method, args) -> {
                  if (method.getName().equals("create")) {
                    if (creates[0]++ == 0) {
                      first[0] = args[0];
                      throw new DockerFailure(DockerFailure.Kind.TIMEOUT, "late", null);
                    }
                    if (creates[0] == 2) {
                      String _ = fleet.create((NewContainer) first[0]);
                    }
                  }
                  try {
                    return method.invoke(fleet, args);
                  } catch (InvocationTargetException e) {
                    throw e.getCause();
                  }
                });
    FleetActivities late = over(slow);
    Throwable _ = catchThrowable(() -> late.createEngine(order("")));
    Throwable second = catchThrowable(() -> late.createEngine(order("")));
    assertThat(second).isNull();
    assertThat(fleet.isAlive("a")).isTrue();
  }

  @Test
  void anothersThatCannotBeStartedIsKept() {
    fleet.vpn("vpn1", 0).engine("b", "vpn1", 19_000, false);
    String like = fleet.createLike(fleet.id("b"), "a", fleet.id("vpn1"));
    fleet.fails("start a", DockerFailure.Kind.NAMESPACE_DOWN);
    Throwable _ = catchThrowable(() -> activities.createEngine(order("")));
    assertThat(fleet.id("a")).as(fleet.deeds() + "").isEqualTo(like);
  }

  @Test
  void whatIsGoneIsNotReplaced() {
    fleet.vpn("vpn1", 0).engine("a", "vpn1", 19_000, true);
    String old = fleet.id("a");
    fleet.vanishes("a");
    Throwable _ = catchThrowable(() -> activities.createEngine(order(old)));
    assertThat(fleet.names()).containsExactly("vpn1");
  }
}
