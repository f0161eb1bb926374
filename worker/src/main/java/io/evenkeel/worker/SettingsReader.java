package io.evenkeel.worker;

import io.evenkeel.activities.EngineTemplate;
import io.evenkeel.client.TemporalConnection;
import io.evenkeel.fleet.FleetConfig;
import io.evenkeel.fleet.Policy;
import io.evenkeel.fleet.VpnSpec;
import io.evenkeel.worker.Settings.Control;
import io.evenkeel.worker.Settings.Malformed;
import io.evenkeel.worker.Settings.Temporal;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.net.UnknownHostException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/**
 * Reads a worker's settings: the original orchestrator's names as they are, ours, and the yaml's
 * lists. The first malformed one ends it with one line.
 */
final class SettingsReader {
  private static final int MOST_NUMBERED_VPNS = 64;
  private static final int PORTS_OF_EACH = 500;
  private static final int FIRST_PORT = 19_000;
  private static final int MOST_PORT = 65_535;

  private final SettingsText in;
  private final List<VpnSpec> vpns = new ArrayList<>();
  private final Map<String, Control> controls = new TreeMap<>();

  SettingsReader(Function<String, @Nullable String> source) {
    this.in = new SettingsText(source);
  }

  Settings read() {
    readVpns();
    String label = in.text("CONTAINER_LABEL", "ondemand.app=myservice");
    if (label.startsWith("=")) {
      throw new Malformed("CONTAINER_LABEL", label, "key=value");
    }
    String fleet = in.text("EVENKEEL_FLEET", "default");
    if (!fleet.matches("[A-Za-z0-9][A-Za-z0-9._-]{0,62}")) {
      throw new Malformed("EVENKEEL_FLEET", fleet, "letters, digits, . _ -, 63 at most");
    }
    int least = FleetConfig.NO_TARGET;
    int target = in.number("MIN_REPLICAS", least, FleetConfig.MOST_ENGINES, least);
    int most = in.number("MAX_REPLICAS", 0, FleetConfig.MOST_ENGINES, FleetConfig.MOST_ENGINES);
    if (most < target) {
      throw new Malformed("MAX_REPLICAS", Integer.toString(most), "MIN_REPLICAS or more");
    }
    address();
    String webhook = webhook();
    Policy policy = policy();
    FleetConfig config =
        new FleetConfig(
            fleet,
            label,
            vpns,
            target,
            most,
            webhook.isEmpty() ? policy : policy.withAnnouncements());
    if (target > config.room()) {
      String takes = config.room() + " at most, the ports of all VPNs (GLUETUN_PORT_RANGE_1, …)";
      throw new Malformed("MIN_REPLICAS", Integer.toString(target), takes);
    }
    return new Settings(
        config,
        dockerHost(),
        engine(),
        probePath(),
        in.oneOf("EVENKEEL_REACH", "auto", "auto", "host", "network"),
        Map.copyOf(controls),
        temporal(),
        Path.of(in.text("EVENKEEL_DATA_DIR", ".evenkeel")),
        in.secret("API_KEY", ""),
        webhook);
  }

  /** Spring takes these two itself; what it says of a malformed one is no single line. */
  private void address() {
    int _ = in.number("SERVER_PORT", 0, MOST_PORT, 8080);
    String address = in.text("SERVER_ADDRESS", "127.0.0.1");
    try {
      InetAddress _ = InetAddress.getByName(address);
    } catch (UnknownHostException unknown) {
      throw new Malformed("SERVER_ADDRESS", address, "an address of this machine");
    }
  }

  private String dockerHost() {
    String host = in.text("DOCKER_HOST", "");
    if (!host.isEmpty() && !host.matches("unix:///.+") && !isTcp(host)) {
      throw new Malformed("DOCKER_HOST", host, "unix:///path or tcp://host:port");
    }
    return host;
  }

  private static boolean isTcp(String text) {
    try {
      URI uri = new URI(text);
      return "tcp".equals(uri.getScheme())
          && uri.getHost() != null
          && uri.getPort() > 0
          && uri.getPort() <= MOST_PORT;
    } catch (URISyntaxException garbled) {
      return false;
    }
  }

  private Policy policy() {
    Policy defaults = Policy.defaults();
    return new Policy(
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
        in.flag("EVENKEEL_REBALANCE", true),
        false);
  }

  /** The environment's numbered names, or else the yaml's list. */
  private void readVpns() {
    boolean listed = in.isSet("evenkeel.vpns[0].name") && !in.isSet("GLUETUN_CONTAINER_NAME");
    if (listed) {
      for (int i = 0; in.isSet("evenkeel.vpns[" + i + "].name"); i++) {
        String at = "evenkeel.vpns[" + i + "].";
        vpn(i, at + "name", at + "ports", at + "api-key", at + "control-url");
      }
      return;
    }
    boolean single = in.oneOf("VPN_MODE", "redundant", "redundant", "single").equals("single");
    for (int number = 1; number <= (single ? 1 : MOST_NUMBERED_VPNS); number++) {
      String suffix = number == 1 ? "" : "_" + number;
      if (number == 1 || in.isSet("GLUETUN_CONTAINER_NAME" + suffix)) {
        vpn(
            number - 1,
            "GLUETUN_CONTAINER_NAME" + suffix,
            "GLUETUN_PORT_RANGE_" + number,
            "GLUETUN_API_KEY" + suffix,
            "GLUETUN_CONTROL_URL" + suffix);
      }
    }
  }

  /** One VPN, from the settings of these names. */
  private void vpn(int index, String nameAt, String portsAt, String keyAt, String urlAt) {
    String name = in.text(nameAt, "gluetun");
    if (!name.matches("[A-Za-z0-9][A-Za-z0-9_.-]*")) {
      throw new Malformed(nameAt, name, "a container's name");
    }
    int first = FIRST_PORT + PORTS_OF_EACH * index;
    String ports = in.text(portsAt, first + "-" + (first + PORTS_OF_EACH - 1));
    VpnSpec vpn = range(name, portsAt, ports);
    for (VpnSpec other : vpns) {
      if (other.name().equals(name)) {
        throw new Malformed(nameAt, name, "a name that no other VPN has");
      }
      if (vpn.firstPort() <= other.lastPort() && other.firstPort() <= vpn.lastPort()) {
        throw new Malformed(portsAt, ports, "a range apart from that of " + other.name());
      }
    }
    vpns.add(vpn);
    String url = in.text(urlAt, "");
    if (!url.isEmpty() && !isHttp(url)) {
      throw new Malformed(urlAt, url, "http://host:port");
    }
    controls.put(
        name,
        new Control(
            url,
            in.number("GLUETUN_API_PORT", 1, MOST_PORT, 8000),
            in.secret(keyAt, in.secret("GLUETUN_API_KEY", ""))));
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

  private static boolean isHttp(String text) {
    try {
      URI uri = new URI(text);
      return List.of("http", "https").contains(String.valueOf(uri.getScheme()))
          && uri.getHost() != null;
    } catch (URISyntaxException garbled) {
      return false;
    }
  }

  private EngineTemplate engine() {
    String image =
        in.text("EVENKEEL_ENGINE_IMAGE", "ghcr.io/krinkuto11/acestream-http-proxy:latest");
    List<String> environment = in.list("evenkeel.engine.environment");
    List<String> command = in.list("evenkeel.engine.command");
    if (environment.isEmpty() && command.isEmpty()) {
      return EngineTemplate.aceStream(image);
    }
    Map<String, String> variables = new TreeMap<>();
    for (int i = 0; i < environment.size(); i++) {
      String[] parts = environment.get(i).split("=", 2);
      if (parts.length != 2 || parts[0].isBlank()) {
        throw new Malformed(
            "evenkeel.engine.environment[" + i + "]", "something else", "NAME=VALUE");
      }
      variables.put(parts[0], parts[1]);
    }
    return new EngineTemplate(image, variables, command, Map.of());
  }

  private String probePath() {
    String path = in.text("EVENKEEL_PROBE_PATH", "/webui/api/service?method=get_version");
    if (!path.startsWith("/") || !isHttp("http://host" + path)) {
      throw new Malformed("EVENKEEL_PROBE_PATH", path, "a path that begins with /");
    }
    return path;
  }

  private String webhook() {
    String url = in.text("EVENKEEL_WEBHOOK_URL", "");
    if (!url.isEmpty() && !isHttp(url)) {
      // It may hold a token: what it was is not shown.
      throw new Malformed("EVENKEEL_WEBHOOK_URL", "something else", "http://... or https://...");
    }
    return url;
  }

  private Temporal temporal() {
    String where = in.text("EVENKEEL_TEMPORAL", "");
    if (!where.matches("|embedded|dev|[A-Za-z0-9._-]+:[0-9]{1,5}")) {
      throw new Malformed("EVENKEEL_TEMPORAL", where, "embedded, dev or host:port");
    }
    boolean _ = in.flag("EVENKEEL_TEMPORAL_TLS", false);
    String _ = in.secret("EVENKEEL_TEMPORAL_API_KEY", "");
    TemporalConnection cluster = TemporalConnection.read(where, in::text);
    String unreadable = cluster.unreadable();
    if (unreadable != null) {
      throw new Malformed(unreadable);
    }
    return new Temporal(
        where,
        in.number("EVENKEEL_TEMPORAL_PORT", 1, 64_535, 7233),
        in.text("EVENKEEL_TEMPORAL_NAMESPACE", "default"),
        cluster,
        in.number("EVENKEEL_HISTORY_DAYS", 1, 3650, 90));
  }
}
