package io.evenkeel.workflow;

import io.evenkeel.fleet.OutageReport;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * Which outages are open, at most one per VPN, and how the last ones closed. It keeps the books and
 * tells nobody.
 */
final class OpenOutages {
  private static final int MOST_REPORTS = 50;

  private final Map<String, OutageProgress> open;
  private final List<OutageReport> closed;

  OpenOutages(MonitorState state) {
    this.open = new TreeMap<>(state.open());
    this.closed = new ArrayList<>(state.closed());
  }

  /** Whether its outage runs; one that has ended and only awaits a look does not. */
  boolean isOpen(String vpn) {
    OutageProgress progress = open.get(vpn);
    return progress != null && !progress.phase().equals(OutageProgress.CLOSING);
  }

  /** VPNs whose outage runs, sorted. */
  Set<String> busyVpns() {
    return open.keySet().stream()
        .filter(this::isOpen)
        .collect(Collectors.toCollection(TreeSet::new));
  }

  /** Other VPNs whose outage runs, sorted. */
  List<String> othersThan(String vpn) {
    return busyVpns().stream().filter(other -> !other.equals(vpn)).toList();
  }

  /** VPNs whose outage runs or awaits a look, sorted. */
  Set<String> vpns() {
    return new TreeSet<>(open.keySet());
  }

  /** Where the outage stands that runs or awaits a look; null: there is none. */
  @Nullable OutageProgress of(String vpn) {
    return open.get(vpn);
  }

  /** Outages that run or await a look, by VPN. */
  Map<String, OutageProgress> byVpn() {
    return open;
  }

  /** The last 50 closed ones, newest first. */
  List<OutageReport> closed() {
    return closed;
  }

  /** Its workflow is to be started. */
  void opened(OutageRequest request) {
    String vpn = request.vpn();
    String id = TaskQueues.outageId(request.config().fleet(), vpn);
    open.put(
        vpn,
        new OutageProgress(vpn, id, OutageProgress.OPENING, request.seenAt(), request.usable()));
  }

  /** Its workflow runs. */
  void begun(String vpn) {
    open.computeIfPresent(vpn, (_, o) -> o.phase().equals(OutageProgress.OPENING) ? o.begun() : o);
  }

  /** Its VPN has ended, whatever it was opened for: nobody behind it can be used. */
  void hidden(String vpn) {
    open.computeIfPresent(vpn, (_, o) -> o.hidden());
  }

  /** Its workflow could not be started, or failed; another outage of the same VPN stays open. */
  void failed(String vpn, Instant since) {
    open.computeIfPresent(vpn, (_, o) -> o.since().equals(since) ? null : o);
  }

  /** Its workflow is not there any more; false: this outage stands elsewhere by now. */
  boolean lost(OutageProgress told) {
    return open.remove(told.vpn(), told);
  }

  /** Its workflow has ended with this report. */
  void closed(OutageReport report, List<String> shown) {
    open.computeIfPresent(report.vpn(), (_, progress) -> progress.closing(shown));
    closed.addFirst(report);
    if (closed.size() > MOST_REPORTS) {
      closed.removeLast();
    }
  }

  /** Outages that have ended and await a look that begins now. */
  List<OutageProgress> ended() {
    return open.values().stream().filter(o -> o.phase().equals(OutageProgress.CLOSING)).toList();
  }

  /** A look that began after their end has been concluded: it speaks for itself. */
  void forget(List<OutageProgress> ended) {
    ended.forEach(o -> open.remove(o.vpn(), o));
  }

  /** Of those that run, by VPN, then of the closed ones. */
  List<OutageReport> reports() {
    List<OutageReport> all = new ArrayList<>();
    open.values().stream().filter(p -> isOpen(p.vpn())).forEach(p -> all.add(stillOpen(p)));
    all.addAll(closed);
    return all;
  }

  private static OutageReport stillOpen(OutageProgress progress) {
    return new OutageReport(
        progress.vpn(),
        progress.workflowId(),
        "open",
        "",
        progress.since(),
        null,
        List.of(),
        List.of(),
        List.of(),
        "open");
  }
}
