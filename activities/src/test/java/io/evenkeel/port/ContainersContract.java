package io.evenkeel.port;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.ContainerStatus;
import io.evenkeel.fleet.End;
import io.evenkeel.fleet.Labels;
import io.evenkeel.port.Containers.Outcome;
import io.evenkeel.port.DockerFailure.Kind;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

/**
 * What every {@link Containers} does, the simulated and the real one, so that the one cannot drift
 * from the other. Whatever a test made is removed after it.
 */
public abstract class ContainersContract {
  private static final Duration DEADLINE = Duration.ofSeconds(10);
  private static final Duration GRACE = Duration.ofSeconds(2);

  private final String mark = Long.toString(System.nanoTime(), 36);
  private final List<String> made = new ArrayList<>();

  /** The one under test. */
  protected abstract Containers containers();

  /** Makes a running container with a network of its own, as somebody else would; its id. */
  protected abstract String runVpn(String name);

  /** The same, whose process ends by itself within a second or two; its id. */
  protected abstract String runBriefly(String name);

  /** An image whose process runs until it is told to end. */
  protected abstract String image();

  @AfterEach
  void removeWhatWasMade() {
    made.reversed().forEach(this::discard);
  }

  private String name(String word) {
    return "evk-" + mark + "-" + word;
  }

  private String vpn() {
    String id = runVpn(name("vpn"));
    made.add(id);
    return id;
  }

  private NewContainer wanted(String word, String owner) {
    return new NewContainer(
        name(word),
        image(),
        owner,
        Map.of("HTTP_PORT", "6878"),
        List.of(),
        Map.of("ondemand.app", "myservice", Labels.VPN, name("vpn")));
  }

  private String engine(String word, String owner) {
    String id = containers().create(wanted(word, owner));
    made.add(id);
    return id;
  }

  private Container seen(String id) {
    return containers().inspect(id, DEADLINE).orElseThrow();
  }

  /** Returns when it is seen to run no more: a busy engine may see that a moment after the kill. */
  private void kill(String id) {
    containers().kill(id);
    await().atMost(Duration.ofMinutes(1)).until(() -> seen(id).status() != ContainerStatus.RUNNING);
  }

  private static Kind kindOf(ThrowingCallable call) {
    return Objects.requireNonNull(catchThrowableOfType(DockerFailure.class, call)).kind();
  }

  @Test
  void anEngineIsCreatedInItsVpnsNamespaceAndNotStarted() {
    String vpn = vpn();
    Container engine = seen(engine("engine", vpn));
    assertThat(engine.name()).isEqualTo(name("engine"));
    assertThat(engine.status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(engine.refersTo(vpn, name("vpn"))).isTrue();
    assertThat(engine.startedAt()).isNull();
    assertThat(engine.finishedAt()).isNull();
    assertThat(engine.label(Labels.VPN)).isEqualTo(name("vpn"));
    assertThat(engine.inspected()).isTrue();
  }

  @Test
  void theListHasTheStoppedOnesTooAndSaysThatItDidNotInspect() {
    String engine = engine("engine", vpn());
    Container listed =
        containers().list().stream().filter(c -> c.id().equals(engine)).findFirst().orElseThrow();
    assertThat(listed.status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(listed.startedAt()).isNull();
    assertThat(listed.inspected()).isFalse();
  }

  @Test
  void whatIsAlreadySoIsASuccess() {
    String engine = engine("engine", vpn());
    assertThat(containers().start(engine)).isEqualTo(Outcome.DONE);
    assertThat(containers().start(engine)).isEqualTo(Outcome.ALREADY_SO);
    assertThat(containers().unpause(engine)).isEqualTo(Outcome.ALREADY_SO);
    assertThat(containers().stop(engine, GRACE)).isEqualTo(Outcome.DONE);
    assertThat(containers().stop(engine, GRACE)).isEqualTo(Outcome.ALREADY_SO);
    assertThat(containers().kill(engine)).isEqualTo(Outcome.ALREADY_SO);
    assertThat(containers().start(engine)).isEqualTo(Outcome.DONE);
    assertThat(containers().kill(engine)).isEqualTo(Outcome.DONE);
  }

  @Test
  void aSecondStartIsNewerThanTheFirst() {
    String engine = engine("engine", vpn());
    containers().start(engine);
    Instant first = Objects.requireNonNull(seen(engine).startedAt());
    containers().stop(engine, GRACE);
    containers().start(engine);
    assertThat(seen(engine).startedAt()).isAfter(first);
  }

  @Test
  void itRemembersWhetherAnEndWasAskedFor() {
    String killed = vpn();
    assertThat(containers().end(killed)).isEqualTo(End.UNKNOWN);
    containers().kill(killed);
    String stopped = runVpn(name("stopped"));
    made.add(stopped);
    containers().stop(stopped, GRACE);
    String brief = runBriefly(name("brief"));
    made.add(brief);
    await()
        .atMost(Duration.ofMinutes(1))
        .until(() -> seen(brief).status() == ContainerStatus.EXITED);

    // The event comes a moment after the state.
    await().atMost(Duration.ofMinutes(1)).until(() -> containers().end(killed) == End.ASKED);
    await().atMost(Duration.ofMinutes(1)).until(() -> containers().end(stopped) == End.ASKED);
    // On a busy engine its events may be forgotten by now.
    assertThat(containers().end(brief)).isIn(End.CRASHED, End.UNKNOWN);
  }

  @Test
  void aStrandedEngineLooksUnchangedAndItsStartRepairsNothing() {
    String vpn = vpn();
    String engine = engine("engine", vpn);
    containers().start(engine);
    Container before = seen(engine);
    containers().stop(vpn, GRACE);
    assertThat(seen(engine)).isEqualTo(before);
    assertThat(containers().start(engine)).isEqualTo(Outcome.ALREADY_SO);
  }

  @Test
  void anEngineDoesNotStartWhileItsVpnIsDown() {
    String vpn = vpn();
    String engine = engine("engine", vpn);
    containers().start(engine);
    kill(engine);
    containers().stop(vpn, GRACE);
    assertThat(kindOf(() -> containers().start(engine))).isEqualTo(Kind.NAMESPACE_DOWN);
    containers().start(vpn);
    assertThat(containers().start(engine)).isEqualTo(Outcome.DONE);
  }

  @Test
  void anEngineDoesNotStartWhenItsVpnIsAnotherContainerNow() {
    String old = vpn();
    String engine = engine("engine", old);
    containers().start(engine);
    kill(engine);
    containers().remove(old, true);
    vpn();
    assertThat(kindOf(() -> containers().start(engine))).isEqualTo(Kind.NAMESPACE_GONE);
    assertThat(kindOf(() -> containers().start(name("engine")))).isEqualTo(Kind.NAMESPACE_GONE);
  }

  @Test
  void aNameIsTakenOnce() {
    String vpn = vpn();
    engine("engine", vpn);
    String other = engine("other", vpn);
    assertThat(kindOf(() -> containers().create(wanted("engine", vpn)))).isEqualTo(Kind.CONFLICT);
    assertThat(kindOf(() -> containers().rename(other, name("engine")))).isEqualTo(Kind.CONFLICT);
    assertThat(containers().rename(other, name("other"))).isEqualTo(Outcome.ALREADY_SO);
  }

  @Test
  void renamedAsideAndMadeAgainItHasTheSameLabelsInTheNewNamespace() {
    String oldVpn = vpn();
    String old = engine("engine", oldVpn);
    containers().start(old);
    containers().remove(oldVpn, true);
    String vpn = vpn();
    assertThat(containers().rename(old, name("aside"))).isEqualTo(Outcome.DONE);
    String again = containers().createLike(old, name("engine"), vpn);
    made.add(again);
    assertThat(seen(again).refersTo(vpn, "")).isTrue();
    assertThat(seen(again).labels()).isEqualTo(seen(old).labels());
    assertThat(seen(again).image()).isEqualTo(seen(old).image());
    assertThat(seen(again).status()).isEqualTo(ContainerStatus.CREATED);
    assertThat(containers().remove(old, true)).isEqualTo(Outcome.DONE);
    assertThat(containers().start(again)).isEqualTo(Outcome.DONE);
  }

  @Test
  void whatIsNotThereIsSaidToBeNotThere() {
    String nobody = name("nobody");
    assertThat(containers().inspect(nobody, DEADLINE)).isEmpty();
    assertThat(containers().remove(nobody, true)).isEqualTo(Outcome.ALREADY_SO);
    assertThat(kindOf(() -> containers().start(nobody))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kindOf(() -> containers().kill(nobody))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kindOf(() -> containers().rename(nobody, name("x")))).isEqualTo(Kind.NOT_FOUND);
    assertThat(kindOf(() -> containers().createLike(nobody, name("x"), nobody)))
        .isEqualTo(Kind.NOT_FOUND);
  }

  @Test
  void aRunningOneIsRemovedByForceOnly() {
    String engine = engine("engine", vpn());
    containers().start(engine);
    assertThat(kindOf(() -> containers().remove(engine, false))).isEqualTo(Kind.CONFLICT);
    assertThat(containers().remove(engine, true)).isEqualTo(Outcome.DONE);
    assertThat(containers().inspect(engine, DEADLINE)).isEmpty();
  }

  @Test
  void itAnswersAPing() {
    assertThat(containers().ping()).isTrue();
  }

  /** Removes what a test made. */
  protected void discard(String id) {
    containers().remove(id, true);
  }
}
