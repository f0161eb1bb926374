package io.evenkeel.fleet;

import java.util.Locale;

/** The state of a container as Docker's {@code State.Status} words it. */
public enum ContainerStatus {
  CREATED,
  RUNNING,
  PAUSED,
  RESTARTING,
  REMOVING,
  EXITED,
  DEAD,
  /** A word that this version does not know: nothing may be concluded from it. */
  UNKNOWN;

  /** Reads Docker's word, in any case; a word that is not known becomes {@link #UNKNOWN}. */
  public static ContainerStatus of(String word) {
    for (ContainerStatus status : values()) {
      if (status.name().equals(word.toUpperCase(Locale.ROOT))) {
        return status;
      }
    }
    return UNKNOWN;
  }
}
