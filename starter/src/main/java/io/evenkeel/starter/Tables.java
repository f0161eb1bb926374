package io.evenkeel.starter;

import io.evenkeel.fleet.FleetView;
import io.evenkeel.fleet.OutageReport;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.List;
import java.util.Locale;

/** Answers as a person reads them. */
final class Tables {
  private Tables() {}

  static String status(FleetView view) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "fleet %s   docker %s   target %s%s%n",
            view.fleet(),
            view.docker(),
            view.target() < 0 ? "none" : Integer.toString(view.target()),
            view.paused() ? "   PAUSED" : ""));
    if (!view.frozen().isEmpty()) {
      text.append("FROZEN: ").append(view.frozen()).append("; evenkeel resume ends it\n");
    }
    text.append(
        String.format(
            "%n%-24s %-12s %7s %9s %6s  %s%n",
            "VPN", "STATE", "ENGINES", "REACHABLE", "PORT", "OUTAGE"));
    for (FleetView.Vpn vpn : view.vpns()) {
      FleetView.OpenOutage outage = vpn.outage();
      text.append(
          String.format(
              "%-24s %-12s %7d %9d %6s  %s%n",
              vpn.name(),
              vpn.state(),
              vpn.engines(),
              vpn.reachable(),
              vpn.forwardedPort() == 0 ? "-" : Integer.toString(vpn.forwardedPort()),
              outage == null
                  ? "-"
                  : outage.phase() + ", open for " + since(outage.since(), view.at())));
    }
    text.append(
        String.format(
            "%n%-24s %-24s %6s %-12s %-9s %s%n",
            "ENGINE", "VPN", "PORT", "STATE", "REACHABLE", ""));
    for (FleetView.Engine engine : view.engines()) {
      text.append(
          String.format(
              "%-24s %-24s %6s %-12s %-9s %s%n",
              engine.name(),
              engine.vpn(),
              engine.port() == 0 ? "-" : Integer.toString(engine.port()),
              engine.state(),
              engine.reachable() ? "yes" : "no",
              about(engine)));
    }
    return text.toString().stripTrailing();
  }

  private static String about(FleetView.Engine engine) {
    String kind = engine.guest() ? "guest" : engine.forwarded() ? "forwarded" : "";
    Instant until = engine.restsUntil();
    String rest =
        until == null
            ? ""
            : "does not stay up, started again at " + until.truncatedTo(ChronoUnit.SECONDS);
    return kind.isEmpty() || rest.isEmpty() ? kind + rest : kind + ", " + rest;
  }

  static String outages(List<OutageReport> all) {
    if (all.isEmpty()) {
      return "no outage yet";
    }
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%-24s %-20s %-12s %9s  %s%n", "OPENED", "VPN", "CAUSE", "SECONDS", "RESULT"));
    for (OutageReport outage : all) {
      Instant end = outage.closedAt();
      text.append(
          String.format(
              "%-24s %-20s %-12s %9s  %s%n",
              outage.openedAt(),
              outage.vpn(),
              outage.cause(),
              end == null ? "open" : seconds(Duration.between(outage.openedAt(), end)),
              outage.result()));
    }
    return text.toString().stripTrailing();
  }

  static String outage(OutageReport outage) {
    StringBuilder text = new StringBuilder();
    text.append(
        String.format(
            "%s  %s: %s%nbecause %s%nopened %s, %s%n%n",
            outage.workflowId(),
            outage.cause(),
            outage.result(),
            outage.because(),
            outage.openedAt(),
            outage.closedAt() == null ? "open" : "closed " + outage.closedAt()));
    for (OutageReport.PhaseTime phase : outage.phases()) {
      text.append(String.format(Locale.ROOT, "%-12s %8.2f s%n", phase.phase(), phase.seconds()));
    }
    text.append('\n');
    for (OutageReport.EngineDeed deed : outage.engines()) {
      text.append(String.format("%-24s %s%n", deed.name(), deed.did()));
    }
    outage.notes().forEach(note -> text.append(note).append('\n'));
    return text.toString().stripTrailing();
  }

  private static String seconds(Duration time) {
    return String.format(Locale.ROOT, "%.2f", time.toMillis() / 1000.0);
  }

  private static String since(Instant then, Instant now) {
    return Math.max(0, Duration.between(then, now).toSeconds()) + " s";
  }
}
