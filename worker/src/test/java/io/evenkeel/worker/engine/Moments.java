package io.evenkeel.worker.engine;

import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED;
import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_FAILED;
import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED;
import static io.temporal.api.enums.v1.EventType.EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import com.github.dockerjava.api.model.EventType;
import com.google.protobuf.Timestamp;
import io.evenkeel.workflow.TaskQueues;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import io.temporal.client.WorkflowNotFoundException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.function.Consumer;
import java.util.function.Predicate;

/**
 * Waits for moments in the middle of an outage, found from outside: by what the engine's own events
 * and Temporal's own history tell.
 */
final class Moments {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(15);

  private static final Set<io.temporal.api.enums.v1.EventType> ENDS =
      Set.of(
          EVENT_TYPE_WORKFLOW_EXECUTION_COMPLETED,
          EVENT_TYPE_WORKFLOW_EXECUTION_FAILED,
          EVENT_TYPE_WORKFLOW_EXECUTION_TERMINATED,
          EVENT_TYPE_WORKFLOW_EXECUTION_TIMED_OUT);

  /** So long nothing came: it is asked whether anything still will. */
  private static final Duration A_WHILE = Duration.ofSeconds(2);

  private final RealFleet fleet;
  private final WorkflowClient temporal;

  Moments(RealFleet fleet, WorkflowClient temporal) {
    this.fleet = fleet;
    this.temporal = temporal;
  }

  /** Something that was begun before the trouble, and is met in the middle of it. */
  interface Awaited extends Closeable {
    /** Whether it came within that time; false at once when it can come no more. */
    boolean met(Duration longest) throws InterruptedException;
  }

  /** What the engine has told so far. */
  interface Heard extends Closeable {
    /** The actions of the second VPN's dependents, each once; no health checks. */
    Set<String> ofDependents();
  }

  /**
   * The engine tells of it.
   *
   * @param action as the engine's events name it
   * @param time how many of them have to come
   * @param over whether none will come any more
   */
  Awaited event(String action, boolean ofTheVpn, int time, BooleanSupplier over)
      throws InterruptedException {
    CountDownLatch latch = new CountDownLatch(time);
    Closeable stream =
        listen(event -> {
          if (action.equals(event.getAction()) && isConcerned(event, ofTheVpn)) {
            latch.countDown();
          }
        });
    return new Awaited() {
      @Override
      public boolean met(Duration longest) throws InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        boolean last = false;
        while (!latch.await(A_WHILE.toMillis(), TimeUnit.MILLISECONDS)) {
          if (last || System.nanoTime() > until) {
            return false;
          }
          last = over.getAsBoolean();
        }
        return true;
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  /** Listens from now on. */
  Heard hear() throws InterruptedException {
    Set<String> actions = ConcurrentHashMap.newKeySet();
    Closeable stream =
        listen(event -> {
          String action = String.valueOf(event.getAction());
          if (!action.startsWith("exec_") && isConcerned(event, false)) {
            actions.add(action);
          }
        });
    return new Heard() {
      @Override
      public Set<String> ofDependents() {
        return Set.copyOf(actions);
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
  }

  /** Returns when the engine has begun to tell. */
  private Closeable listen(Consumer<Event> ear) throws InterruptedException {
    var callback =
        new ResultCallback.Adapter<Event>() {
          @Override
          public void onNext(Event event) {
            ear.accept(event);
          }
        };
    return fleet
        .docker()
        .eventsCmd()
        .withEventTypeFilter(EventType.CONTAINER)
        .exec(callback)
        .awaitStarted();
  }

  private boolean isConcerned(Event event, boolean ofTheVpn) {
    EventActor actor = event.getActor();
    Map<String, String> attributes = actor == null ? null : actor.getAttributes();
    String name = attributes == null ? "" : attributes.getOrDefault("name", "");
    boolean ofUs = name.startsWith(fleet.label() + "-") && !name.startsWith(fleet.vpn(1));
    return ofUs && name.equals(fleet.vpn(2)) == ofTheVpn;
  }

  /** The next outage of the second VPN has come so far, by its own history. */
  Awaited step(Predicate<HistoryEvent> reached) {
    String before = lastRun();
    return new Awaited() {
      @Override
      public boolean met(Duration longest) throws InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < until) {
          List<HistoryEvent> soFar = soFar();
          if (soFar.stream().anyMatch(reached)) {
            return true;
          }
          if (!soFar.isEmpty() && ENDS.contains(soFar.getLast().getEventType())) {
            return false;
          }
          Thread.sleep(BETWEEN_LOOKS);
        }
        return false;
      }

      private List<HistoryEvent> soFar() {
        try {
          String run = lastRun();
          return run.isEmpty() || run.equals(before) ? List.of() : history(run);
        } catch (StatusRuntimeException | WorkflowException notNow) {
          return List.of();
        }
      }

      @Override
      public void close() {}
    };
  }

  /** Everything that the second VPN's last outage left in Temporal. */
  List<HistoryEvent> lastHistory() {
    return history(lastRun());
  }

  /**
   * Whether the second VPN's last outage has ended in Temporal too. Whoever is killed just when it
   * has told the monitor that it is closed leaves it without its last event, until the server gives
   * the step to another worker.
   */
  boolean lastHasEnded() {
    try {
      String run = lastRun();
      return run.isEmpty() || ENDS.contains(history(run).getLast().getEventType());
    } catch (StatusRuntimeException | WorkflowException notNow) {
      return false;
    }
  }

  /** When the last thing in a history happened. */
  Instant ended(List<HistoryEvent> history) {
    Timestamp time = history.getLast().getEventTime();
    return Instant.ofEpochSecond(time.getSeconds(), time.getNanos());
  }

  private List<HistoryEvent> history(String run) {
    return temporal.fetchHistory(outage(), run).getHistory().getEventsList();
  }

  private String outage() {
    return TaskQueues.outageId(fleet.label(), fleet.vpn(2));
  }

  /**
   * The id of the newest run; empty where there is none.
   *
   * @throws StatusRuntimeException or WorkflowException where Temporal cannot say
   */
  private String lastRun() {
    try {
      return temporal.newUntypedWorkflowStub(outage()).describe().getExecution().getRunId();
    } catch (WorkflowNotFoundException none) {
      return "";
    } catch (StatusRuntimeException notNow) {
      if (notNow.getStatus().getCode() == Status.Code.NOT_FOUND) {
        return "";
      }
      throw notNow;
    }
  }
}
