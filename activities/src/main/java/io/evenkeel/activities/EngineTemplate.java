package io.evenkeel.activities;

import io.evenkeel.fleet.Labels;
import io.evenkeel.port.NewContainer;
import io.evenkeel.workflow.FleetActivities.EngineOrder;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What every engine is made from. It stays in the worker: its environment may hold secrets.
 *
 * @param environment values may say {@code {http_port}}, {@code {https_port}}, {@code {p2p_port}}
 * @param command arguments, with the same placeholders; empty: the image's own
 * @param labels beside the assignment's
 */
public record EngineTemplate(
    String image,
    Map<String, String> environment,
    List<String> command,
    Map<String, String> labels) {
  public EngineTemplate {
    environment = Map.copyOf(environment);
    command = List.copyOf(command);
    labels = Map.copyOf(labels);
  }

  /**
   * The image's engine with its ports where {@code ghcr.io/krinkuto11/acestream-http-proxy} wants
   * them.
   */
  public static EngineTemplate aceStream(String image) {
    return new EngineTemplate(
        image,
        Map.of(
            "CONF",
            "--http-port={http_port}\n--https-port={https_port}\n--bind-all",
            "HTTP_PORT",
            "{http_port}",
            "HTTPS_PORT",
            "{https_port}",
            "P2P_PORT",
            "{p2p_port}"),
        List.of(),
        Map.of());
  }

  /** The container that an order asks for. */
  NewContainer fill(EngineOrder order, String namespaceOwnerId) {
    Map<String, String> filled = new TreeMap<>();
    environment.forEach((key, value) -> filled.put(key, fill(value, order)));
    Map<String, String> all = new TreeMap<>(labels);
    int equals = order.managerLabel().indexOf('=');
    all.put(
        equals < 0 ? order.managerLabel() : order.managerLabel().substring(0, equals),
        equals < 0 ? "" : order.managerLabel().substring(equals + 1));
    all.put(Labels.VPN, order.vpn());
    all.put(Labels.HTTP_PORT, Integer.toString(order.httpPort()));
    all.put(Labels.HTTPS_PORT, Integer.toString(order.httpsPort()));
    all.put(Labels.HOST_HTTP_PORT, Integer.toString(order.httpPort()));
    all.put(Labels.P2P_PORT, Integer.toString(order.p2pPort()));
    if (order.forwarded()) {
      all.put(Labels.FORWARDED, "true");
    }
    if (order.succeeds() != null && !order.succeeds().isEmpty()) {
      all.put(Labels.SUCCEEDS, order.succeeds());
    }
    return new NewContainer(
        order.name(),
        image,
        namespaceOwnerId,
        filled,
        command.stream().map(argument -> fill(argument, order)).toList(),
        all);
  }

  private static String fill(String text, EngineOrder order) {
    return text.replace("{http_port}", Integer.toString(order.httpPort()))
        .replace("{https_port}", Integer.toString(order.httpsPort()))
        .replace("{p2p_port}", Integer.toString(order.p2pPort()));
  }
}
