package io.evenkeel.fleet;

import java.time.Instant;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Containers as a look shows them, for tests that care about little of them. */
public final class Seen {
  private Seen() {}

  /**
   * One that was inspected; its id is {@code id-} and its name.
   *
   * @param network its network mode
   */
  public static Container container(
      String name,
      ContainerStatus status,
      String network,
      Map<String, String> labels,
      @Nullable Instant start,
      @Nullable Instant finish) {
    return new Container(
        "id-" + name,
        name,
        "image",
        status,
        Health.NONE,
        network,
        labels,
        Map.of(),
        start,
        finish,
        0,
        "",
        true);
  }
}
