package io.evenkeel.worker;

import io.evenkeel.activities.EngineTemplate;
import io.evenkeel.client.TemporalConnection;
import io.evenkeel.fleet.FleetConfig;
import java.nio.file.Path;
import java.util.Map;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a worker, read and checked as a whole: the first malformed one ends it with one
 * line.
 *
 * @param dockerHost empty: the default socket
 * @param engine what new engines are made of; its environment may hold secrets
 * @param probePath what an engine is asked
 * @param reach how the VPNs' ports are reached: auto, host (published ports) or network (by name)
 * @param controls each VPN's control server, by the VPN's name
 * @param temporal where Temporal is had, and how
 * @param dataDir where the dev server keeps what it knows
 * @param apiKey who may write over HTTP; a secret; empty: only this machine
 * @param webhook who is told of outages; a secret; empty: nobody
 */
public record Settings(
    FleetConfig config,
    String dockerHost,
    EngineTemplate engine,
    String probePath,
    String reach,
    Map<String, Control> controls,
    Temporal temporal,
    Path dataDir,
    String apiKey,
    String webhook) {

  /**
   * One VPN's control server.
   *
   * @param url empty: its port, published or on its network
   * @param apiKey a secret; empty: none
   */
  public record Control(String url, int port, String apiKey) {
    @Override
    public String toString() {
      return url + ":" + port;
    }
  }

  /**
   * Temporal.
   *
   * @param where empty, embedded, dev or host:port
   * @param port where embedded and dev answer on loopback; dev's UI is 1000 above it
   * @param cluster how a host:port is reached
   * @param historyDays how long closed outages stay readable, where the worker may set it
   */
  public record Temporal(
      String where, int port, String namespace, TemporalConnection cluster, int historyDays) {}

  /** A setting that cannot be taken; its message is the whole line for the person. */
  public static final class Malformed extends RuntimeException {
    Malformed(String name, String got, String takes) {
      super(name + ": got \"" + got + "\", takes " + takes);
    }

    Malformed(String line) {
      super(line);
    }
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "Settings[" + config + "]";
  }

  /**
   * Reads every setting.
   *
   * @param source a setting's text by its name; null where it is not set
   */
  public static Settings read(Function<String, @Nullable String> source) {
    return new SettingsReader(source).read();
  }
}
