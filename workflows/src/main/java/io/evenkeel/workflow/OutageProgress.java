package io.evenkeel.workflow;

import java.time.Instant;
import java.util.List;

/**
 * Where an outage stands.
 *
 * @param phase its own word; {@link #OPENING}, {@link #OPEN} and {@link #CLOSING} are the monitor's
 * @param since when the evidence for it was seen; with the VPN it names one outage
 * @param shown names of the engines that consumers can use again
 */
public record OutageProgress(
    String vpn, String workflowId, String phase, Instant since, List<String> shown) {
  /** The monitor has opened it, and its workflow may not have begun: nobody else can be asked. */
  public static final String OPENING = "opening";

  /** Its workflow runs; the outage itself knows its phase. */
  static final String OPEN = "open";

  /** It has ended; a look that began after its end is awaited. */
  static final String CLOSING = "closing";

  public OutageProgress {
    shown = List.copyOf(shown);
  }

  OutageProgress begun() {
    return new OutageProgress(vpn, workflowId, OPEN, since, shown);
  }

  OutageProgress hidden() {
    return new OutageProgress(vpn, workflowId, phase, since, List.of());
  }

  OutageProgress closing(List<String> nowShown) {
    return new OutageProgress(vpn, workflowId, CLOSING, since, nowShown);
  }
}
