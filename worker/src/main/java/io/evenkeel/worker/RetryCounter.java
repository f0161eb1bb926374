package io.evenkeel.worker;

import io.micrometer.core.instrument.MeterRegistry;
import io.temporal.activity.ActivityExecutionContext;
import io.temporal.activity.ActivityInfo;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptor;
import io.temporal.common.interceptors.ActivityInboundCallsInterceptorBase;
import io.temporal.common.interceptors.WorkerInterceptorBase;

/** Counts every attempt of an interaction that is not its first, by what was tried. */
final class RetryCounter extends WorkerInterceptorBase {
  private final MeterRegistry metrics;

  RetryCounter(MeterRegistry metrics) {
    this.metrics = metrics;
  }

  @Override
  public ActivityInboundCallsInterceptor interceptActivity(ActivityInboundCallsInterceptor next) {
    return new ActivityInboundCallsInterceptorBase(next) {
      @Override
      public void init(ActivityExecutionContext context) {
        ActivityInfo info = context.getInfo();
        if (info.getAttempt() > 1) {
          metrics.counter("evenkeel.retries", "activity", info.getActivityType()).increment();
        }
        super.init(context);
      }
    };
  }
}
