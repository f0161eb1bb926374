package io.evenkeel.worker;

import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * The settings of a worker, read and checked as a whole: the first malformed one ends it with one
 * line.
 *
 * @param reach how the VPNs' ports are reached: auto, host (published ports) or network (by name)
 * @param apiKeys by VPN name; secrets
 * @param controlUrls by VPN name, where they are given
 */
public record Settings(
    FleetConfig config,
    String dockerHost,
    String engineImage,
    String probePath,
    int controlPort,
    String reach,
    Map<String, String> apiKeys,
    Map<String, String> controlUrls,
    String temporal,
    int temporalPort,
    String namespace,
    boolean temporalTls,
    String temporalApiKey,
    int historyDays,
    Path dataDir) {

  /** A setting that cannot be taken; its message is the whole line for the person. */
  public static final class Malformed extends RuntimeException {
    Malformed(String name, String got, String takes) {
      super(name + ": got \"" + got + "\", takes " + takes);
    }
  }

  /** Without the secrets. */
  @Override
  public String toString() {
    return "Settings[" + config + "]";
  }

  private static final int MOST_VPNS = 64;

  /**
   * Reads every setting.
   *
   * @param source a setting's text by its name; null where it is not set
   */
  public static Settings read(Function<String, @Nullable String> source) {
    Reader in = new Reader(source);
    List<VpnSpec> vpns = vpns(in);
    String label = in.text("CONTAINER_LABEL", "ondemand.app=myservice");
    if (label.isBlank() || label.startsWith("=")) {
      throw new Malformed("CONTAINER_LABEL", label, "key=value");
    }
    String fleet = in.text("EVENKEEL_FLEET", "default");
    if (!fleet.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw new Malformed("EVENKEEL_FLEET", fleet, "letters, digits, . _ -, 63 at most");
    }
    Policy defaults = Policy.defaults();
    Policy policy =
        new Policy(
            in.seconds("MONITOR_INTERVAL_S", 1, 3600, defaults.monitorInterval()),
            in.seconds("VPN_UNHEALTHY_RESTART_TIMEOUT_S", 0, 86_400, defaults.unhealthyTimeout()),
            in.choice("EVENKEEL_REVIVE", Policy.Revive.class, defaults.revive()),
            in.seconds("STARTUP_TIMEOUT_S", 1, 600, defaults.startupTimeout()),
            defaults.portTimeout(),
            in.seconds("DOCKER_TIMEOUT_S", 2, 600, defaults.dockerTimeout()),
            in.number("DOCKER_MAX_RETRIES", 0, 20, defaults.dockerRetries()),
            in.seconds("DOCKER_RETRY_DELAY_S", 1, 60, defaults.dockerRetryDelay()),
            in.text("EVENKEEL_ENGINE_PREFIX", defaults.engineNamePrefix()),
            false,
            true);
    Map<String, String> keys = new TreeMap<>();
    Map<String, String> urls = new TreeMap<>();
    for (int i = 0; i < vpns.size(); i++) {
      String suffix = i == 0 ? "" : "_" + (i + 1);
      String key = in.text("GLUETUN_API_KEY" + suffix, in.text("GLUETUN_API_KEY", ""));
      keys.put(vpns.get(i).name(), key);
      String url = in.text("GLUETUN_CONTROL_URL" + suffix, "");
      if (!url.isEmpty() && !url.matches("https?://[^\\s/]+/?")) {
        throw new Malformed("GLUETUN_CONTROL_URL" + suffix, url, "http://host:port");
      }
      urls.put(vpns.get(i).name(), url);
    }
    String path = in.text("EVENKEEL_PROBE_PATH", "/webui/api/service?method=get_version");
    if (!path.startsWith("/")) {
      throw new Malformed("EVENKEEL_PROBE_PATH", path, "a path that begins with /");
    }
    return new Settings(
        new FleetConfig(
            fleet,
            label,
            vpns,
            in.number("MIN_REPLICAS", -1, 10_000, FleetConfig.NO_TARGET),
            policy),
        in.text("DOCKER_HOST", ""),
        in.text("EVENKEEL_ENGINE_IMAGE", "ghcr.io/krinkuto11/acestream-http-proxy:latest"),
        path,
        in.number("GLUETUN_API_PORT", 1, 65_535, 8000),
        reach(in),
        keys,
        urls,
        temporal(in),
        in.number("EVENKEEL_TEMPORAL_PORT", 1, 64_535, 7233),
        in.text("EVENKEEL_TEMPORAL_NAMESPACE", "default"),
        in.flag("EVENKEEL_TEMPORAL_TLS"),
        in.text("EVENKEEL_TEMPORAL_API_KEY", ""),
        in.number("EVENKEEL_HISTORY_DAYS", 1, 3650, 90),
        Path.of(in.text("EVENKEEL_DATA_DIR", ".evenkeel")));
  }

  private static String reach(Reader in) {
    String reach = in.text("EVENKEEL_REACH", "auto");
    if (!List.of("auto", "host", "network").contains(reach)) {
      throw new Malformed("EVENKEEL_REACH", reach, "auto, host or network");
    }
    return reach;
  }

  private static String temporal(Reader in) {
    String given = in.text("EVENKEEL_TEMPORAL", "");
    if (!given.isEmpty()
        && !given.equals("embedded")
        && !given.equals("dev")
        && !given.matches("[A-Za-z0-9._-]+:[0-9]{1,5}")) {
      throw new Malformed("EVENKEEL_TEMPORAL", given, "embedded, dev or host:port");
    }
    return given;
  }

  private static List<VpnSpec> vpns(Reader in) {
    List<VpnSpec> vpns = new ArrayList<>();
    for (int number = 1; number <= MOST_VPNS; number++) {
      String suffix = number == 1 ? "" : "_" + number;
      String name = in.text("GLUETUN_CONTAINER_NAME" + suffix, number == 1 ? "gluetun" : "");
      if (name.isEmpty()) {
        continue;
      }
      if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
        throw new Malformed("GLUETUN_CONTAINER_NAME" + suffix, name, "a container's name");
      }
      int first = 19_000 + 500 * (number - 1);
      VpnSpec vpn =
          range(
              name,
              "GLUETUN_PORT_RANGE_" + number,
              in.text("GLUETUN_PORT_RANGE_" + number, first + "-" + (first + 499)));
      for (VpnSpec other : vpns) {
        if (other.name().equals(name)) {
          throw new Malformed(
              "GLUETUN_CONTAINER_NAME" + suffix, name, "a name that no other VPN has");
        }
        if (vpn.firstPort() <= other.lastPort() && other.firstPort() <= vpn.lastPort()) {
          throw new Malformed(
              "GLUETUN_PORT_RANGE_" + number,
              vpn.firstPort() + "-" + vpn.lastPort(),
              "a range apart from that of " + other.name());
        }
      }
      vpns.add(vpn);
    }
    return vpns;
  }

  private static VpnSpec range(String name, String setting, String text) {
    String takes = "FIRST-LAST, both 1-65535";
    if (!text.matches("[0-9]{1,5}-[0-9]{1,5}")) {
      throw new Malformed(setting, text, takes);
    }
    String[] ends = text.split("-", 2);
    try {
      return new VpnSpec(name, Integer.parseInt(ends[0]), Integer.parseInt(ends[1]));
    } catch (IllegalArgumentException outOfRange) {
      throw new Malformed(setting, text, takes);
    }
  }

  private record Reader(Function<String, @Nullable String> source) {
    String text(String name, String otherwise) {
      String value = source.apply(name);
      return value == null || value.isBlank() ? otherwise : value.strip();
    }

    int number(String name, int least, int most, int otherwise) {
      String text = text(name, Integer.toString(otherwise));
      String takes = "a whole number from " + least + " to " + most;
      try {
        int value = Integer.parseInt(text);
        if (value < least || value > most) {
          throw new Malformed(name, text, takes);
        }
        return value;
      } catch (NumberFormatException notANumber) {
        throw new Malformed(name, text, takes);
      }
    }

    boolean flag(String name) {
      String text = text(name, "false");
      if (!text.equals("true") && !text.equals("false")) {
        throw new Malformed(name, text, "true or false");
      }
      return text.equals("true");
    }

    Duration seconds(String name, int least, int most, Duration otherwise) {
      return Duration.ofSeconds(number(name, least, most, (int) otherwise.toSeconds()));
    }

    <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
      String text = text(name, otherwise.name());
      return Arrays.stream(type.getEnumConstants())
          .filter(value -> value.name().equalsIgnoreCase(text))
          .findFirst()
          .orElseThrow(() ->
              new Malformed(
                  name,
                  text,
                  Arrays.stream(type.getEnumConstants())
                      .map(value -> value.name().toLowerCase(Locale.ROOT))
                      .collect(Collectors.joining(", "))));
    }
  }
}
