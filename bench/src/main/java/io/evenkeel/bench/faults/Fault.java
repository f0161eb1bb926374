package io.evenkeel.bench.faults;

import java.util.Locale;

/**
 * One fault of a plan.
 *
 * @param at milliseconds after the sequence's begin
 * @param lasts milliseconds; 0 where the fault is a moment
 * @param vpn 1 or 2
 * @param engine an index into the engines of that VPN, taken modulo their number
 * @param paths the requests that a fault of the socket concerns
 * @param variant 0 to 999; what it means is the kind's own
 */
record Fault(Kind kind, int at, int lasts, int vpn, int engine, Paths paths, int variant) {

  /** What a fault hits. */
  enum Target {
    VPN,
    ENGINE,
    WORKER,
    TEMPORAL,
    SOCKET,
    STREAM,
    DAEMON
  }

  /** Every kind, with the bounds of how long it lasts, in seconds. */
  enum Kind {
    /** kill -9 of the VPN's process. */
    VPN_KILLED(Target.VPN, 0, 0),
    /** docker stop. */
    VPN_STOPPED(Target.VPN, 0, 0),
    /** docker restart. */
    VPN_RESTARTED(Target.VPN, 0, 0),
    /** Removed by force; another container under its name. */
    VPN_RECREATED(Target.VPN, 0, 0),
    /** docker pause, and unpause when it is over. */
    VPN_PAUSED(Target.VPN, 1, 12),
    /** Killed three times, each time when it runs again. */
    VPN_FLAPS(Target.VPN, 0, 0),
    /** kill -9 of an engine's process. */
    ENGINE_KILLED(Target.ENGINE, 0, 0),
    /** Removed by force. */
    ENGINE_REMOVED(Target.ENGINE, 0, 0),
    /** Removed and made again by somebody else, under its name. */
    ENGINE_RECREATED(Target.ENGINE, 0, 0),
    /** kill -9 of the worker; started again when it is over. */
    WORKER_KILLED(Target.WORKER, 0, 6),
    /** SIGSTOP of Temporal, and SIGCONT when it is over. */
    TEMPORAL_STOPPED(Target.TEMPORAL, 1, 30),
    /** kill -9 of Temporal: the worker must start it again. */
    TEMPORAL_KILLED(Target.TEMPORAL, 0, 0),
    /** Requests are taken and neither handed on nor answered. */
    SOCKET_HANGS(Target.SOCKET, 2, 20),
    /** Requests are handed on, their answers are kept back. */
    SOCKET_SWALLOWS(Target.SOCKET, 2, 20),
    /** There is no socket. */
    SOCKET_REFUSES(Target.SOCKET, 2, 15),
    /** The connection is cut, before or after the request was handed on. */
    SOCKET_RESETS(Target.SOCKET, 2, 10),
    /** 500 to every request. */
    SOCKET_500(Target.SOCKET, 2, 10),
    /** Half of each answer, then nothing. */
    SOCKET_STALLS(Target.SOCKET, 2, 20),
    /** Each request waits for a while. */
    SOCKET_SLOW(Target.SOCKET, 3, 15),
    /** Some or all events are lost. */
    EVENTS_LOST(Target.STREAM, 10, 20),
    /** Every event comes twice. */
    EVENTS_DOUBLED(Target.STREAM, 10, 20),
    /** Every event comes late. */
    EVENTS_LATE(Target.STREAM, 10, 20),
    /** The events' stream is cut. */
    EVENTS_CUT(Target.STREAM, 0, 0),
    /** Every followed log stream is cut. */
    LOGS_CUT(Target.STREAM, 0, 0),
    /** SIGSTOP of dockerd, and SIGCONT when it is over. */
    DAEMON_FROZEN(Target.DAEMON, 2, 60),
    /** dockerd is ended in good order and started again: every container ends. */
    DAEMON_RESTARTED(Target.DAEMON, 0, 5),
    /** kill -9 of dockerd, and another one. */
    DAEMON_KILLED(Target.DAEMON, 0, 5);

    private final Target target;
    private final int least;
    private final int most;

    Kind(Target target, int least, int most) {
      this.target = target;
      this.least = least;
      this.most = most;
    }

    Target target() {
      return target;
    }

    int least() {
      return least;
    }

    int most() {
      return most;
    }

    /** Whether every container ends by it, or may. */
    boolean endsEverything() {
      return this == DAEMON_RESTARTED || this == DAEMON_KILLED;
    }
  }

  /** Requests to the engine, by what they are for. */
  enum Paths {
    ALL,
    LIST,
    INSPECT,
    CHANGE,
    EVENTS,
    LOGS;

    /** Whether a request is one of these. */
    boolean match(String method, String path) {
      boolean events = path.contains("/events");
      boolean logs = path.contains("/logs?");
      return switch (this) {
        case ALL -> true;
        case LIST -> path.contains("/containers/json");
        case INSPECT -> method.equals("GET") && path.endsWith("/json");
        case CHANGE -> method.equals("POST") || method.equals("DELETE");
        case EVENTS -> events;
        case LOGS -> logs;
      };
    }
  }

  @Override
  public String toString() {
    StringBuilder text =
        new StringBuilder(String.format(Locale.ROOT, "%.1f s: %s", at / 1000.0, kind));
    switch (kind.target()) {
      case VPN -> text.append(" vpn").append(vpn);
      case ENGINE -> text.append(" vpn").append(vpn).append(" engine ").append(engine);
      case SOCKET -> text.append(" for ").append(paths);
      case WORKER, TEMPORAL, STREAM, DAEMON -> {}
    }
    if (lasts > 0) {
      text.append(String.format(Locale.ROOT, " for %.1f s", lasts / 1000.0));
    }
    return text.toString();
  }
}
