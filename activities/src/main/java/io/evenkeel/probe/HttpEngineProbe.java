package io.evenkeel.probe;

import io.evenkeel.decide.Ports;
import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.Labels;
import io.evenkeel.port.EngineProbe;
import java.util.Map;
import java.util.function.Supplier;

/**
 * Asks an engine at its labelled port. Any answer below 500 will do. A container without a port
 * label has nothing to be asked: it answers when it runs.
 */
public final class HttpEngineProbe implements EngineProbe {
  private final Supplier<Reach> reach;
  private final String path;
  private final BoundedHttp http = new BoundedHttp();

  /**
   * Asks at this path.
   *
   * @param path begins with a slash
   */
  public HttpEngineProbe(Supplier<Reach> reach, String path) {
    this.reach = reach;
    this.path = path;
  }

  @Override
  public boolean answers(Container engine, Container vpn) {
    String label = engine.label(Labels.HTTP_PORT);
    if (label.isEmpty()) {
      return engine.running();
    }
    int port = Ports.parse(label);
    return port > 0
        && reach
            .get()
            .base(vpn, port)
            .map(base -> http.get(base.resolve(path), Map.of()).status())
            .map(status -> status != BoundedHttp.NO_ANSWER && status < 500)
            // Nothing is published and nothing can be asked: running is all that can be known.
            .orElse(engine.running());
  }
}
