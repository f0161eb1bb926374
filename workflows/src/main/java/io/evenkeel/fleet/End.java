package io.evenkeel.fleet;

/** How a container's last run has ended, as far as its engine can tell. */
public enum End {
  /** The engine does not remember, or it runs. */
  UNKNOWN,
  /** Somebody stopped or killed it through the engine. */
  ASKED,
  /** It ended by itself, or by a signal from elsewhere. */
  CRASHED
}
