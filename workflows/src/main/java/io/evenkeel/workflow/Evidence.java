package io.evenkeel.workflow;

import io.evenkeel.fleet.Sign;
import io.temporal.workflow.Workflow;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;

/**
 * Signs of the watch, in batches. The end of a VPN's process makes its exit certain: it opens the
 * outage at once. Any other sign is an open outage's to hear, or a reason to look.
 */
final class Evidence {
  private static final Logger log = Workflow.getLogger(Evidence.class);

  private final Wanted wanted;
  private final Sight sight;
  private final OpenOutages outages;
  private final OpenWork work;
  private final List<Sign> heard = new ArrayList<>();

  Evidence(Wanted wanted, Sight sight, OpenOutages outages, OpenWork work) {
    this.wanted = wanted;
    this.sight = sight;
    this.outages = outages;
    this.work = work;
  }

  void hear(List<Sign> signs) {
    heard.addAll(signs);
  }

  /** Whether something was heard that was not acted on yet. */
  boolean isPending() {
    return !heard.isEmpty();
  }

  /**
   * Acts on all that was heard.
   *
   * @return whether there is something to look at
   */
  boolean act() {
    List<Sign> batch = List.copyOf(heard);
    heard.clear();
    boolean wantsLook = false;
    for (Sign sign : batch) {
      if (isNewEnd(sign)) {
        if (wanted.paused()) {
          log.warn("{} has ended; the fleet is paused, nothing is done", sign.vpn());
          work.endedWhilePaused(sign, batch);
          wantsLook = true;
        } else {
          work.openEnded(wanted.config(), sight.knowledge(), sign, batch);
        }
      }
    }
    // What happens to the containers of an open outage is that outage's own doing, or its to hear.
    wantsLook |= batch.stream().anyMatch(sign -> !outages.isOpen(sight.home(sign)));
    work.forward(wanted.config(), batch);
    return wantsLook;
  }

  private boolean isNewEnd(Sign sign) {
    return sign.kind() == Sign.Kind.VPN_PROCESS_ENDED
        && wanted.config().vpn(sign.vpn()).isPresent()
        && !outages.isOpen(sign.vpn());
  }
}
