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
import java.net.URI;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/**
 * Gluetun's control server, 3.40 to current. Its status says running with a dead tunnel too, so the
 * public IP or a forwarded port decides. 401 means: it lives, and nothing is known of the tunnel.
 */
public final class GluetunControl implements VpnControl {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final int LONGEST_IP = 45;

  private final Reach reach;
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

  public GluetunControl(Reach reach, Function<String, Access> accesses) {
    this.reach = reach;
    this.accesses = accesses;
  }

  @Override
  public TunnelReading read(Container vpn) {
    Access access = accesses.apply(vpn.name());
    Optional<URI> base =
        access.url().isEmpty()
            ? reach.base(vpn, access.port())
            : Optional.of(URI.create(access.url()));
    return base.map(uri -> ask(vpn.name(), uri, access))
        .orElseGet(() -> TunnelReading.unknown(vpn.name()));
  }

  private TunnelReading ask(String vpn, URI base, Access access) {
    Map<String, String> headers =
        access.apiKey().isEmpty() ? Map.of() : Map.of("X-API-Key", access.apiKey());
    Reply status = http.get(base.resolve("/v1/vpn/status"), headers);
    if (status.status() == BoundedHttp.NO_ANSWER) {
      return TunnelReading.unknown(vpn);
    }
    Reply ip = http.get(base.resolve("/v1/publicip/ip"), headers);
    JsonNode address = json(ip).path("public_ip");
    String publicIp =
        address.isTextual() && address.asText().length() <= LONGEST_IP ? address.asText() : "";
    int port = forwardedPort(base, headers);
    return new TunnelReading(vpn, tunnel(status, address, publicIp, port), publicIp, port);
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

  /** Up to 3.40 the new path is unknown, and an unknown path is answered with 401. */
  private int forwardedPort(URI base, Map<String, String> headers) {
    Reply reply = http.get(base.resolve("/v1/portforward"), headers);
    if (reply.status() == 401 || reply.status() == 404) {
      reply = http.get(base.resolve("/v1/openvpn/portforwarded"), headers);
    }
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
