package io.evenkeel.bench.faults;

import java.io.IOException;
import java.time.Duration;

/** Carries out the faults of a plan. */
final class Hands {
  private static final int FLAPS = 3;
  private static final Duration RUNS_AGAIN_WITHIN = Duration.ofSeconds(20);

  private final World world;
  private final Witness witness;
  private final Timeline timeline;

  Hands(World world, Witness witness, Timeline timeline) {
    this.world = world;
    this.witness = witness;
    this.timeline = timeline;
  }

  /**
   * What became of a fault.
   *
   * @param began seconds since the sequence's begin
   * @param ended the same
   */
  record Done(Fault fault, double began, double ended, String how) {
    boolean happened() {
      return happened(how);
    }

    /**
     * Whether a fault that ended with these words was done: a VPN that is down cannot be killed, a
     * frozen engine not be asked.
     */
    static boolean happened(String how) {
      return !how.startsWith("failed")
          && !how.contains("does not run")
          && !how.startsWith("0 times");
    }
  }

  /** Begins, waits as long as it lasts, and ends it. */
  Done carryOut(Fault fault) throws InterruptedException {
    double due = fault.at() / 1000.0 - timeline.seconds();
    if (due > 0) {
      Thread.sleep((long) (due * 1000));
    }
    double began = timeline.seconds();
    timeline.add("begin " + fault);
    String how;
    try {
      how = act(fault);
    } catch (IOException failed) {
      how = "failed: " + failed.getMessage();
    }
    timeline.add("end " + fault.kind() + ": " + how);
    return new Done(fault, began, timeline.seconds(), how);
  }

  private String act(Fault fault) throws IOException, InterruptedException {
    Fleet fleet = world.fleet();
    return switch (fault.kind()) {
      case VPN_KILLED -> fleet.kill(fleet.vpn(fault.vpn()));
      case VPN_STOPPED -> fleet.stop(fault.vpn());
      case VPN_RESTARTED -> fleet.restart(fault.vpn());
      case VPN_RECREATED -> fleet.recreate(fault.vpn());
      case VPN_PAUSED -> {
        String paused = fleet.pause(fault.vpn());
        Thread.sleep(fault.lasts());
        yield paused + ", " + fleet.unpause(fault.vpn());
      }
      case VPN_FLAPS -> flap(fleet, fleet.vpn(fault.vpn()));
      case ENGINE_KILLED, ENGINE_REMOVED, ENGINE_RECREATED -> hurt(fault, witness.engine(fault));
      case WORKER_KILLED -> {
        world.worker().kill();
        Thread.sleep(fault.lasts());
        world.worker().start();
        yield "started again";
      }
      case TEMPORAL_STOPPED -> stopTemporal(fault);
      case TEMPORAL_KILLED -> {
        ProcessHandle temporal = temporal();
        Signals.send("KILL", temporal.pid());
        yield "killed " + temporal.pid();
      }
      case DAEMON_FROZEN -> {
        world.daemon().freeze();
        try {
          Thread.sleep(fault.lasts());
        } finally {
          world.daemon().thaw();
        }
        yield "thawed";
      }
      case DAEMON_RESTARTED -> {
        world.daemon().stop();
        yield startDaemon(fault);
      }
      case DAEMON_KILLED -> {
        world.daemon().kill();
        yield startDaemon(fault);
      }
      default -> {
        world.proxy().begin(fault);
        try {
          Thread.sleep(fault.lasts());
        } finally {
          world.proxy().end(fault);
        }
        yield "over";
      }
    };
  }

  private String startDaemon(Fault fault) throws IOException, InterruptedException {
    Thread.sleep(fault.lasts());
    world.daemon().start();
    return "started again";
  }

  private String hurt(Fault fault, String engine) throws IOException, InterruptedException {
    witness.hits(engine);
    return engine
        + " "
        + switch (fault.kind()) {
          case ENGINE_KILLED -> world.fleet().kill(engine);
          case ENGINE_REMOVED -> world.fleet().removeEngine(engine);
          default -> world.fleet().recreateEngine(engine);
        };
  }

  private String flap(Fleet fleet, String vpn) throws IOException, InterruptedException {
    int killed = 0;
    for (int i = 0; i < FLAPS; i++) {
      long until = System.nanoTime() + RUNS_AGAIN_WITHIN.toNanos();
      String how = "does not run";
      while (!how.equals("killed") && System.nanoTime() < until) {
        Thread.sleep(400);
        how = killOrNot(fleet, vpn);
      }
      killed += how.equals("killed") ? 1 : 0;
    }
    return killed + " times";
  }

  private static String killOrNot(Fleet fleet, String vpn) throws InterruptedException {
    try {
      return fleet.kill(vpn);
    } catch (IOException away) {
      return "away";
    }
  }

  private String stopTemporal(Fault fault) throws IOException, InterruptedException {
    ProcessHandle temporal = temporal();
    Signals.send("STOP", temporal.pid());
    try {
      Thread.sleep(fault.lasts());
    } finally {
      if (temporal.isAlive()) {
        Signals.send("CONT", temporal.pid());
      }
    }
    return "goes on";
  }

  private ProcessHandle temporal() throws IOException {
    return world
        .worker()
        .temporal()
        .orElseThrow(() -> new IOException("no Temporal runs at this moment"));
  }
}
