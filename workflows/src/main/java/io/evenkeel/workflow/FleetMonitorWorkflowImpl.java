package io.evenkeel.workflow;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.Observation;
import io.evenkeel.fleet.OutageReport;
import io.evenkeel.fleet.Sign;
import io.temporal.workflow.Promise;
import io.temporal.workflow.Workflow;
import io.temporal.workflow.WorkflowInit;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;

/** Looks every interval, or when nudged; decides once per look; opens what has to be done. */
public final class FleetMonitorWorkflowImpl implements FleetMonitorWorkflow {
  private static final Logger log = Workflow.getLogger(FleetMonitorWorkflowImpl.class);
  private static final Duration SOON = Duration.ofSeconds(1);
  private static final int LONG_HISTORY = 3_500;

  /** Every so many ticks an open outage is asked whether it is still there. */
  private static final int TICKS_A_CHECK = 6;

  private final Wanted wanted;
  private final Sight sight;
  private final OpenOutages outages;
  private final OpenWork work;
  private final Evidence evidence;
  private final Streams streams;
  private final Looks looks;
  private final Announcements announcements = new Announcements();
  private boolean nudged;
  private int ticks;

  @WorkflowInit
  public FleetMonitorWorkflowImpl(MonitorState state) {
    this.wanted = new Wanted(state);
    this.sight = new Sight(state);
    this.outages = new OpenOutages(state);
    this.work = new OpenWork(state, wanted, outages, this::nudge);
    this.evidence = new Evidence(wanted, sight, outages, work);
    this.streams = new Streams(state.streams());
    this.looks = new Looks(wanted, sight, streams, outages, work);
  }

  @Override
  public void run(MonitorState state) {
    Promise<Observation> look = looks.begin();
    Promise<Void> period = period();
    @Nullable Promise<Void> soon = null;
    while (!mayContinueAsNew(look)) {
      Promise<Observation> current = look;
      Promise<Void> tick = period;
      Promise<Void> brief = soon;
      Workflow.await(() ->
          evidence.isPending()
              || (current != null && current.isCompleted())
              || (current == null && nudged && brief == null)
              || (brief != null && brief.isCompleted())
              || tick.isCompleted());
      if (evidence.act()) {
        nudged = true;
      }
      if (look != null && look.isCompleted()) {
        looks.conclude(look);
        look = null;
        // Not at once: a burst of events is one look, and what vanished is asked for again.
        soon = nudged || !sight.knowledge().missing().isEmpty() ? Workflow.newTimer(SOON) : null;
      }
      boolean due = period.isCompleted() || (soon == null && nudged) || completed(soon);
      if (look == null && due) {
        nudged = false;
        soon = null;
        look = looks.begin();
      }
      if (period.isCompleted()) {
        period = period();
        if (++ticks % TICKS_A_CHECK == 0) {
          work.check(wanted.config());
        }
      }
    }
    Workflow.continueAsNew(work.state(sight, streams));
  }

  private static boolean completed(@Nullable Promise<Void> promise) {
    return promise != null && promise.isCompleted();
  }

  private boolean mayContinueAsNew(@Nullable Promise<Observation> look) {
    return look == null
        && !evidence.isPending()
        && !work.isStarting()
        && !announcements.isUnderWay()
        && (Workflow.getInfo().isContinueAsNewSuggested()
            || Workflow.getInfo().getHistoryLength() > LONG_HISTORY)
        && Workflow.isEveryHandlerFinished();
  }

  private Promise<Void> period() {
    return Workflow.newTimer(wanted.config().policy().monitorInterval());
  }

  /** Something has ended: the next look comes soon, and is judged even if nothing changed. */
  private void nudge() {
    nudged = true;
    sight.unsettle();
  }

  @Override
  public void signs(List<Sign> signs) {
    evidence.hear(signs);
  }

  @Override
  public void reconfigure(FleetConfig config) {
    wanted.reconfigure(config);
    work.tellReconfigured();
    sight.renew();
    nudged = true;
  }

  @Override
  public void outageClosed(OutageReport report, List<String> shown) {
    work.closed(report, shown);
    nudge();
    announcements.announce(wanted.config(), report);
  }

  @Override
  public void streamStarted(String containerId, String streamId) {
    streams.started(containerId, streamId);
  }

  @Override
  public void streamEnded(String containerId, String streamId) {
    streams.ended(containerId, streamId);
    nudge();
  }

  @Override
  public FleetView fleet() {
    return FleetViews.of(
        wanted.config(),
        sight.knowledge(),
        outages.byVpn(),
        streams.busy(),
        work::restsUntil,
        sight.unavailableSince() == null,
        wanted.paused(),
        Instant.ofEpochMilli(Workflow.currentTimeMillis()));
  }

  @Override
  public List<OutageReport> outages() {
    return outages.reports();
  }

  @Override
  public int scale(int target) {
    wanted.scale(target);
    work.tellWanted();
    sight.renew();
    nudged = true;
    return target;
  }

  @Override
  public void validateScale(int target) {
    wanted.validateTarget(target);
  }

  @Override
  public boolean pause() {
    wanted.pause();
    work.tellWanted();
    log.warn("{} is paused: looking, and acting on nothing", wanted.config().fleet());
    return true;
  }

  @Override
  public boolean resume() {
    wanted.resume();
    work.tellWanted();
    sight.thaw();
    nudged = true;
    return true;
  }

  @Override
  public String recover(String vpn) {
    work.recover(wanted.config(), sight.knowledge(), vpn);
    return TaskQueues.outageId(wanted.config().fleet(), vpn);
  }

  @Override
  public void validateRecover(String vpn) {
    wanted.validateVpn(vpn);
  }

  @Override
  public String reindex() {
    work.reindex(wanted.config(), sight.knowledge());
    // The whole is looked at again, and decided on anew.
    sight.renew();
    nudged = true;
    return TaskQueues.reindexId(wanted.config().fleet());
  }
}
