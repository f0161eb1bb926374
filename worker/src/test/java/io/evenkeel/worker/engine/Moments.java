package io.evenkeel.worker.engine;

import com.github.dockerjava.api.async.ResultCallback;
import com.github.dockerjava.api.model.Event;
import com.github.dockerjava.api.model.EventActor;
import com.github.dockerjava.api.model.EventType;
import io.evenkeel.workflow.TaskQueues;
import io.grpc.StatusRuntimeException;
import io.temporal.api.common.v1.WorkflowExecution;
import io.temporal.api.history.v1.HistoryEvent;
import io.temporal.client.WorkflowClient;
import io.temporal.client.WorkflowException;
import java.io.Closeable;
import java.io.IOException;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;

/**
 * Waits for moments in the middle of an outage, found from outside: by what the engine's own events
 * and Temporal's own history tell.
 */
final class Moments {
  private static final Duration BETWEEN_LOOKS = Duration.ofMillis(15);

  private final RealFleet fleet;
  private final WorkflowClient temporal;

  Moments(RealFleet fleet, WorkflowClient temporal) {
    this.fleet = fleet;
    this.temporal = temporal;
  }

  /** Something that was begun before the trouble, and is met in the middle of it. */
  interface Awaited extends Closeable {
    /** Whether it came within that time. */
    boolean met(Duration longest) throws InterruptedException;
  }

  /**
   * The engine tells of it.
   *
   * @param action as the engine's events name it
   * @param time how many of them have to come
   */
  Awaited event(String action, boolean ofTheVpn, int time) {
    CountDownLatch latch = new CountDownLatch(time);
    var callback =
        new ResultCallback.Adapter<Event>() {
          @Override
          public void onNext(Event event) {
            if (action.equals(event.getAction()) && isConcerned(event, ofTheVpn)) {
              latch.countDown();
            }
          }
        };
    var stream = fleet.docker().eventsCmd().withEventTypeFilter(EventType.CONTAINER).exec(callback);
    return new Awaited() {
      @Override
      public boolean met(Duration longest) throws InterruptedException {
        return latch.await(longest.toMillis(), TimeUnit.MILLISECONDS);
      }

      @Override
      public void close() throws IOException {
        stream.close();
      }
    };
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
    WorkflowExecution execution =
        WorkflowExecution.newBuilder()
            .setWorkflowId(TaskQueues.outageId(fleet.label(), fleet.vpn(2)))
            .build();
    String before = lastRun(execution);
    return new Awaited() {
      @Override
      public boolean met(Duration longest) throws InterruptedException {
        long until = System.nanoTime() + longest.toNanos();
        while (System.nanoTime() < until) {
          if (isReached()) {
            return true;
          }
          Thread.sleep(BETWEEN_LOOKS);
        }
        return false;
      }

      private boolean isReached() {
        String run = lastRun(execution);
        try {
          return !run.isEmpty()
              && !run.equals(before)
              && temporal
                  .fetchHistory(execution.getWorkflowId(), run)
                  .getHistory()
                  .getEventsList()
                  .stream()
                  .anyMatch(reached);
        } catch (StatusRuntimeException | WorkflowException notNow) {
          return false;
        }
      }

      @Override
      public void close() {}
    };
  }

  /** The id of a workflow's newest run; empty where there is none. */
  private String lastRun(WorkflowExecution execution) {
    try {
      return temporal
          .newUntypedWorkflowStub(execution.getWorkflowId())
          .describe()
          .getExecution()
          .getRunId();
    } catch (StatusRuntimeException | WorkflowException none) {
      return "";
    }
  }
}
