package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.TreeMap;

/**
 * Two stand-in VPNs and a guest behind each, made by the bench, and the hands that hurt them. A
 * guest has a named and an anonymous volume.
 */
final class Fleet {
  /** The last part of the name of a container that makes room for its successor. */
  static final String ASIDE = "-evenkeel-replaced";

  private static final String LABEL = "evenkeel.bench.faults";
  private static final String VPN_LABEL = "acestream.vpn_container";
  private static final int CONTROL_PORT = 8000;
  private static final Duration MADE_ANEW_WITHIN = Duration.ofSeconds(60);
  private static final Duration A_MOMENT = Duration.ofMillis(500);

  private final EngineApi api;
  private final String name = "ekf-" + HexFormat.of().toHexDigits((short) new Random().nextInt());
  private final int target;
  private final int firstPort;

  /**
   * A fleet that does not exist yet.
   *
   * @param target engines wanted, an even number
   * @param firstPort of those that the VPNs publish
   */
  Fleet(EngineApi api, int target, int firstPort) {
    this.api = api;
    this.target = target;
    this.firstPort = firstPort;
  }

  /**
   * A container as the list shows it.
   *
   * @param owner the id in {@code container:ID}; empty: it has a namespace of its own
   */
  record Seen(String id, String name, String state, String vpn, int port, String owner) {
    boolean running() {
      return state.equals("running");
    }

    boolean isEngine() {
      return !vpn.isEmpty();
    }

    /** Its name, or the name that it had before it was put aside. */
    String slot() {
      return name.endsWith(ASIDE) ? name.substring(0, name.length() - ASIDE.length()) : name;
    }
  }

  EngineApi api() {
    return api;
  }

  String name() {
    return name;
  }

  /** A container's name without the fleet's. */
  String shortly(String container) {
    return container.replace(name + "-", "");
  }

  int target() {
    return target;
  }

  String vpn(int number) {
    return name + "-vpn" + number;
  }

  String guest(int number) {
    return name + "-guest" + number;
  }

  private int port(int vpn, int index) {
    return firstPort + 100 * (vpn - 1) + index;
  }

  /** Engines that a VPN has room for: all of them, should the other one be away. */
  private int room() {
    return target;
  }

  int guestPort(int vpn) {
    return port(vpn, room());
  }

  /** What a worker needs to know of this fleet. */
  Map<String, String> settings() {
    Map<String, String> settings = new TreeMap<>();
    settings.put("EVENKEEL_FLEET", name);
    settings.put("CONTAINER_LABEL", LABEL + "=" + name);
    settings.put("EVENKEEL_ENGINE_IMAGE", "evenkeel/standin-engine");
    settings.put("EVENKEEL_ENGINE_PREFIX", name + "-engine");
    settings.put("MIN_REPLICAS", Integer.toString(target));
    for (int vpn = 1; vpn <= 2; vpn++) {
      settings.put("GLUETUN_CONTAINER_NAME" + (vpn == 1 ? "" : "_2"), vpn(vpn));
      settings.put("GLUETUN_PORT_RANGE_" + vpn, port(vpn, 0) + "-" + port(vpn, room() - 1));
    }
    return settings;
  }

  /** Makes the VPNs and the guests. */
  void make() throws IOException {
    for (int vpn = 1; vpn <= 2; vpn++) {
      makeVpn(vpn);
      makeGuest(vpn);
    }
  }

  private void makeVpn(int number) throws IOException {
    ObjectNode body = EngineApi.object();
    body.put("Image", "evenkeel/standin-vpn");
    ObjectNode bindings = body.putObject("HostConfig").putObject("PortBindings");
    ObjectNode exposed = body.putObject("ExposedPorts");
    for (int i = 0; i <= room(); i++) {
      bind(exposed, bindings, port(number, i), Integer.toString(port(number, i)));
    }
    bind(exposed, bindings, CONTROL_PORT, "");
    start(create(vpn(number), body));
  }

  private static void bind(ObjectNode exposed, ObjectNode bindings, int port, String published) {
    exposed.putObject(port + "/tcp");
    bindings
        .putArray(port + "/tcp")
        .addObject()
        .put("HostIp", "127.0.0.1")
        .put("HostPort", published);
  }

  private void makeGuest(int vpn) throws IOException {
    ObjectNode body = EngineApi.object();
    body.put("Image", "evenkeel/standin-engine");
    body.putArray("Env").add("HTTP_PORT=" + guestPort(vpn));
    body.putObject("Volumes").putObject("/anonymous");
    ObjectNode host = body.putObject("HostConfig");
    host.put("NetworkMode", "container:" + inspect(vpn(vpn)).path("Id").asText());
    host.putArray("Binds").add(guest(vpn) + ":/named");
    start(create(guest(vpn), body));
  }

  private String create(String container, JsonNode body) throws IOException {
    EngineApi.Answer answer =
        done(api.post("/containers/create?name=" + EngineApi.encoded(container), body));
    return answer.json().path("Id").asText();
  }

  private void start(String idOrName) throws IOException {
    var _ = done(api.post("/containers/" + idOrName + "/start"));
  }

  private static EngineApi.Answer done(EngineApi.Answer answer) throws IOException {
    if (!answer.done()) {
      throw new IOException("the engine says " + answer);
    }
    return answer;
  }

  JsonNode inspect(String idOrName) throws IOException {
    return done(api.get("/containers/" + EngineApi.encoded(idOrName) + "/json")).json();
  }

  /** When a container was last started, as the engine writes it. */
  String startedAt(String idOrName) throws IOException {
    return inspect(idOrName).path("State").path("StartedAt").asText();
  }

  /** Everything of this fleet, running or not, by name. */
  Map<String, Seen> list() throws IOException {
    String filter = EngineApi.encoded("{\"name\":[\"" + name + "-\"]}");
    Map<String, Seen> seen = new TreeMap<>();
    for (JsonNode one : done(api.get("/containers/json?all=1&filters=" + filter)).json()) {
      String itsName = one.path("Names").path(0).asText().replaceFirst("^/", "");
      String mode = one.path("HostConfig").path("NetworkMode").asText();
      seen.put(
          itsName,
          new Seen(
              one.path("Id").asText(),
              itsName,
              one.path("State").asText(),
              one.path("Labels").path(VPN_LABEL).asText(),
              one.path("Labels").path("acestream.http_port").asInt(),
              mode.startsWith("container:") ? mode.substring("container:".length()) : ""));
    }
    return seen;
  }

  /** The names of a guest's volumes by where they are mounted. */
  Map<String, String> volumes(int vpn) throws IOException {
    Map<String, String> volumes = new TreeMap<>();
    for (JsonNode mount : inspect(guest(vpn)).path("Mounts")) {
      volumes.put(mount.path("Destination").asText(), mount.path("Name").asText());
    }
    return volumes;
  }

  /** kill -9 of a container's process: nothing but its end tells of it. */
  String kill(String container) throws IOException, InterruptedException {
    JsonNode state = inspect(container).path("State");
    if (state.path("Pid").asLong() <= 1) {
      return "does not run";
    }
    Signals.send("KILL", state.path("Pid").asLong());
    return "killed";
  }

  String stop(int vpn) throws IOException {
    return "stop: " + api.post("/containers/" + vpn(vpn) + "/stop?t=2").status();
  }

  String restart(int vpn) throws IOException {
    return "restart: " + api.post("/containers/" + vpn(vpn) + "/restart?t=2").status();
  }

  /**
   * As a person does it: who removed a VPN makes it anew as soon as the engine answers, however
   * often it goes away in between.
   */
  String recreate(int vpn) throws IOException, InterruptedException {
    String name = vpn(vpn);
    String old = inspect(name).path("Id").asText();
    long until = System.nanoTime() + MADE_ANEW_WITHIN.toNanos();
    for (int tries = 1; ; tries++) {
      try {
        Seen there = list().get(name);
        if (there != null && there.id().equals(old)) {
          EngineApi.Answer _ = remove(old);
        }
        if (there == null || there.id().equals(old)) {
          makeVpn(vpn);
        } else if (!there.running()) {
          start(name);
        }
        return "made anew, tries: " + tries;
      } catch (IOException away) {
        if (System.nanoTime() > until) {
          throw away;
        }
        Thread.sleep(A_MOMENT);
      }
    }
  }

  String pause(int vpn) throws IOException {
    return "pause: " + api.post("/containers/" + vpn(vpn) + "/pause").status();
  }

  String unpause(int vpn) throws IOException {
    return "unpause: " + api.post("/containers/" + vpn(vpn) + "/unpause").status();
  }

  private EngineApi.Answer remove(String container) throws IOException {
    return api.delete("/containers/" + container + "?force=1");
  }

  String removeEngine(String engine) throws IOException {
    return "rm: " + remove(engine).status();
  }

  /** As somebody's compose would do it. */
  String recreateEngine(String engine) throws IOException {
    JsonNode old = inspect(engine);
    ObjectNode body = old.path("Config").deepCopy();
    body.remove(List.of("Hostname", "Domainname", "ExposedPorts", "MacAddress"));
    body.set("HostConfig", old.path("HostConfig"));
    EngineApi.Answer removed = remove(engine);
    EngineApi.Answer created = api.post("/containers/create?name=" + engine, body);
    if (!created.done()) {
      return "rm: " + removed.status() + ", create: " + created;
    }
    return "rm: "
        + removed.status()
        + ", create: "
        + created.status()
        + ", start: "
        + api.post("/containers/" + created.json().path("Id").asText() + "/start");
  }

  /**
   * Tries to start by hand what does not run, the VPNs first, for the others join them; tells what
   * the engine says of each.
   */
  Map<String, EngineApi.Answer> startByHand() throws IOException {
    Map<String, EngineApi.Answer> answers = new TreeMap<>();
    List<Seen> order = new ArrayList<>(list().values());
    order.sort(Comparator.comparing(one -> !one.owner().isEmpty()));
    for (Seen one : order) {
      if (!one.running()) {
        answers.put(one.name(), api.post("/containers/" + one.id() + "/start"));
      }
    }
    return answers;
  }
}
