package io.evenkeel.fleet;

import java.time.Instant;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * One container as one look at Docker saw it: what the list says, with what only inspect knows.
 *
 * @param id the full id, 64 hex digits
 * @param name without the leading slash
 * @param image the image's name as the list has it
 * @param status State.Status
 * @param health the health check's word
 * @param networkMode HostConfig.NetworkMode; {@code container:REF} in a VPN's namespace
 * @param labels the labels that Evenkeel reads, and no others: labels can carry secrets
 * @param ports container port to host port, TCP, published only
 * @param startedAt of the last start; null where inspect did not answer or it never ran
 * @param finishedAt of the last end; null where it never ended or inspect did not answer
 * @param exitCode of the last end; 0 while it runs
 * @param error State.Error, bounded to 300 characters; empty where there is none
 * @param inspected whether inspect answered; false: the id's lock is held (a teardown) or it was
 *     not asked, and only what the list says is known
 * @param removedAtEnd whether its engine removes it once it ends ({@code --rm}): it must never be
 *     ended in order to be started again
 * @param end how its last run has ended, as far as was asked; one that an earlier version wrote
 *     down counts as it did then, as a crash
 */
public record Container(
    String id,
    String name,
    String image,
    ContainerStatus status,
    Health health,
    String networkMode,
    Map<String, String> labels,
    Map<Integer, Integer> ports,
    @Nullable Instant startedAt,
    @Nullable Instant finishedAt,
    int exitCode,
    String error,
    boolean inspected,
    boolean removedAtEnd,
    End end) {

  private static final String IN_NAMESPACE_OF = "container:";

  public Container {
    Objects.requireNonNull(id);
    Objects.requireNonNull(name);
    labels = Map.copyOf(labels);
    ports = Map.copyOf(ports);
    end = Objects.requireNonNullElse(end, End.CRASHED);
  }

  /** One of whose end nothing is known. */
  public Container(
      String id,
      String name,
      String image,
      ContainerStatus status,
      Health health,
      String networkMode,
      Map<String, String> labels,
      Map<Integer, Integer> ports,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      int exitCode,
      String error,
      boolean inspected,
      boolean removedAtEnd) {
    this(
        id,
        name,
        image,
        status,
        health,
        networkMode,
        labels,
        ports,
        startedAt,
        finishedAt,
        exitCode,
        error,
        inspected,
        removedAtEnd,
        End.UNKNOWN);
  }

  /** One that stays when it ends. */
  public Container(
      String id,
      String name,
      String image,
      ContainerStatus status,
      Health health,
      String networkMode,
      Map<String, String> labels,
      Map<Integer, Integer> ports,
      @Nullable Instant startedAt,
      @Nullable Instant finishedAt,
      int exitCode,
      String error,
      boolean inspected) {
    this(
        id,
        name,
        image,
        status,
        health,
        networkMode,
        labels,
        ports,
        startedAt,
        finishedAt,
        exitCode,
        error,
        inspected,
        false);
  }

  /** The same, whose last run has ended like that. */
  public Container withEnd(End how) {
    return new Container(
        id,
        name,
        image,
        status,
        health,
        networkMode,
        labels,
        ports,
        startedAt,
        finishedAt,
        exitCode,
        error,
        inspected,
        removedAtEnd,
        how);
  }

  /** What stands behind {@code container:}; empty where it has a network of its own. */
  public String reference() {
    return networkMode.startsWith(IN_NAMESPACE_OF)
        ? networkMode.substring(IN_NAMESPACE_OF.length())
        : "";
  }

  /** Whether this container's network mode names that one: by id, 12-digit id, name or /name. */
  public boolean refersTo(String otherId, String otherName) {
    String reference = reference();
    return !reference.isEmpty()
        && (reference.equals(otherId)
            || (reference.length() == 12 && otherId.startsWith(reference))
            || reference.equals(otherName)
            || reference.equals("/" + otherName));
  }

  public boolean running() {
    return status == ContainerStatus.RUNNING;
  }

  /** Whether it has a process, running or paused. */
  public boolean alive() {
    return running() || status == ContainerStatus.PAUSED;
  }

  /** Whether its owner wants it to be left alone. */
  public boolean ignored() {
    return label(Labels.IGNORE).equals("true");
  }

  /** The label's value; empty where it is not there. */
  public String label(String key) {
    return labels.getOrDefault(key, "");
  }
}
