package io.evenkeel.fleet;

/** What a container's own health check says; {@link #NONE} where it has none. */
public enum Health {
  NONE,
  STARTING,
  HEALTHY,
  UNHEALTHY
}
