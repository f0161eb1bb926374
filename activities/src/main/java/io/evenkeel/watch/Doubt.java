package io.evenkeel.watch;

/** Hears for which VPNs it is not known, for some milliseconds, whether they still live. */
@FunctionalInterface
public interface Doubt {
  /** Only harmless acts may rest on it: hiding, until the answer is there. */
  void about(String vpn, boolean inDoubt);
}
