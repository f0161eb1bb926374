package io.evenkeel.activities;

import io.evenkeel.workflow.TaskQueues;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.client.ActivityCompletionException;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;
import java.time.Duration;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicReference;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Says for every activity that runs that its worker lives. Without it what a killed worker had
 * begun would be tried again only when its start-to-close is over. One that takes under a second
 * costs nothing.
 */
public final class Heartbeats extends WorkerInterceptorBase {
  private static final Logger log = LoggerFactory.getLogger(Heartbeats.class);

  /** Several fit into the time after which a silent worker counts as dead. */
  public static final Duration EVERY = TaskQueues.SILENT_WORKER.dividedBy(5);

  private final ScheduledExecutorService clock =
      Executors.newSingleThreadScheduledExecutor(
          Thread.ofPlatform().daemon().name("heartbeats").factory());

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    AtomicReference<@Nullable ActivityExecutionContext> activity = new AtomicReference<>();
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public void init(ActivityExecutionContext context) {
        activity.set(context);
        super.init(context);
      }

      @Override
      public ActivityOutput execute(ActivityInput input) {
        ScheduledFuture<?> beats =
            clock.scheduleAtFixedRate(
                () -> beat(activity.get()),
                EVERY.toMillis(),
                EVERY.toMillis(),
                TimeUnit.MILLISECONDS);
        try {
          return super.execute(input);
        } finally {
          boolean _ = beats.cancel(false);
        }
      }
    };
  }

  private static void beat(@Nullable ActivityExecutionContext activity) {
    try {
      if (activity != null) {
        activity.heartbeat(null);
      }
    } catch (ActivityCompletionException nobodyWaits) {
      // It goes on to its deadline; what it does may be repeated.
      log.debug("nobody waits for {} any more", activity.getInfo().getActivityType());
    } catch (RuntimeException unreachable) {
      log.debug("a heartbeat was not taken: {}", unreachable.toString());
    }
  }
}
