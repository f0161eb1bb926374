package io.evenkeel.gluetun;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.TunnelReading;
import io.evenkeel.fleet.TunnelReading.Tunnel;
import io.evenkeel.port.VpnControl;
import io.evenkeel.probe.BoundedHttp;
import io.evenkeel.probe.BoundedHttp.Reply;
import io.evenkeel.probe.Reach;
import java.net.InetAddress;
import java.net.URI;
import java.net.URISyntaxException;
import java.time.Duration;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Gluetun's control server, 3.40 to current. Its status says running with a dead tunnel too, so the
 * public IP or a forwarded port decides. 401 means: it lives, and nothing is known of the tunnel.
 */
public final class GluetunControl implements VpnControl {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_IP = 45;

  private final Supplier<Reach> reach;
  private final Function<String, Access> accesses;
  private final BoundedHttp http = new BoundedHttp();

  /**
   * How one VPN's control server is asked.
   *
   * @param url overrides where it is reached; empty: its port, published or on its network
   * @param apiKey empty: none; a secret
   */
  public record Access(String url, int port, String apiKey) {
    @Override
    public String toString() {
      return "Access[" + url + ", " + port + "]";
    }
  }

  public GluetunControl(Supplier<Reach> reach, Function<String, Access> accesses) {
    this.reach = reach;
    this.accesses = accesses;
  }

  @Override
  public TunnelReading read(Container vpn) {
    Access access = accesses.apply(vpn.name());
    return base(vpn, access)
        .map(uri -> ask(vpn.name(), uri, access))
        .orElseGet(() -> TunnelReading.unknown(vpn.name()));
  }

  private Optional<URI> base(Container vpn, Access access) {
    if (access.url().isEmpty()) {
      return reach.get().base(vpn, access.port());
    }
    try {
      return Optional.of(new URI(access.url()));
    } catch (URISyntaxException malformed) {
      return Optional.empty();
    }
  }

  /** All questions at once: the whole reading has one deadline. */
  private TunnelReading ask(String vpn, URI base, Access access) {
    long began = System.nanoTime();
    Map<String, String> headers =
        access.apiKey().isEmpty() ? Map.of() : Map.of("X-API-Key", access.apiKey());
    var statusAsked = http.ask(base.resolve("/v1/vpn/status"), headers, BoundedHttp.WHOLE);
    var ipAsked = http.ask(base.resolve("/v1/publicip/ip"), headers, BoundedHttp.WHOLE);
    var portAsked = http.ask(base.resolve("/v1/portforward"), headers, BoundedHttp.WHOLE);
    Reply status = statusAsked.reply();
    JsonNode address = json(ipAsked.reply()).path("public_ip");
    Reply port = portAsked.reply();
    if (port.status() == 401 || port.status() == 404) {
      // Up to 3.40 the new path is unknown, and an unknown path is answered with 401.
      Duration left = BoundedHttp.WHOLE.minusNanos(System.nanoTime() - began);
      port = http.ask(base.resolve("/v1/openvpn/portforwarded"), headers, left).reply();
    }
    if (status.status() == BoundedHttp.NO_ANSWER) {
      return TunnelReading.unknown(vpn);
    }
    String publicIp = address.isTextual() ? addressOrNothing(address.asText()) : "";
    int forwarded = forwardedPort(port);
    return new TunnelReading(
        vpn, tunnel(status, address, publicIp, forwarded), publicIp, forwarded);
  }

  private static String addressOrNothing(String text) {
    try {
      return text.isEmpty() || text.length() > LONGEST_IP
          ? ""
          : InetAddress.ofLiteral(text).getHostAddress();
    } catch (IllegalArgumentException noAddress) {
      return "";
    }
  }

  private static Tunnel tunnel(Reply status, JsonNode address, String publicIp, int port) {
    if (!publicIp.isEmpty() || port > 0) {
      return Tunnel.UP;
    }
    JsonNode word = json(status).path("status");
    boolean says = word.isTextual();
    boolean emptyAddress = address.isTextual() && address.asText().isEmpty();
    return says && (emptyAddress || !word.asText().equals("running"))
        ? Tunnel.DOWN
        : Tunnel.UNKNOWN;
  }

  private static int forwardedPort(Reply reply) {
    JsonNode port = json(reply).path("port");
    return port.isInt() && port.asInt() > 0 && port.asInt() <= 65_535 ? port.asInt() : 0;
  }

  private static JsonNode json(Reply reply) {
    if (reply.status() != 200) {
      return MissingNode.getInstance();
    }
    try {
      return JSON.readTree(reply.body());
    } catch (JsonProcessingException garbled) {
      return MissingNode.getInstance();
    }
  }
}
