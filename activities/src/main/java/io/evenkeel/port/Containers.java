package io.evenkeel.port;

import io.evenkeel.fleet.Container;
import io.evenkeel.fleet.End;
import java.time.Duration;
import java.util.List;
import java.util.Optional;

/**
 * The containers of one Docker host. Every call ends within its deadline, on every transport, with
 * an answer or a {@link DockerFailure}. "Already so" is a success.
 */
public interface Containers {

  /** What a start, stop, kill, rename or removal found. */
  enum Outcome {
    DONE,
    ALREADY_SO
  }

  /**
   * Every container of the host, the stopped ones too, in one call, without inspect: {@code
   * startedAt} and the other fields that only inspect knows are empty, {@code inspected} is false.
   */
  List<Container> list();

  /** One container by id or name; empty where Docker answers 404. */
  Optional<Container> inspect(String idOrName, Duration deadline);

  /** How a container's last run has ended, by what the daemon still remembers of its events. */
  End end(String id);

  /** 204: DONE, 304: ALREADY_SO. */
  Outcome start(String idOrName);

  /**
   * Stops with the grace given, then kills; 304: ALREADY_SO. The daemon goes on when the client
   * gives up.
   *
   * @param grace whole seconds
   */
  Outcome stop(String idOrName, Duration grace);

  /**
   * Stops and starts as one call, which one that is removed at its end survives. Ends it before it
   * looks at its VPN: only for one whose VPN runs.
   *
   * @param grace whole seconds
   */
  Outcome restart(String idOrName, Duration grace);

  /** SIGKILL; one that is not running: ALREADY_SO. */
  Outcome kill(String idOrName);

  Outcome unpause(String idOrName);

  /** One that already has that name: ALREADY_SO. */
  Outcome rename(String id, String newName);

  /**
   * Creates an engine from its template in the namespace of a VPN, and does not start it.
   *
   * @return its id; a name that is taken is a {@link DockerFailure} of kind CONFLICT
   */
  String create(NewContainer wanted);

  /**
   * Tells, and changes nothing, whether {@link #createLike} has all that it needs: else a {@link
   * DockerFailure} of kind NOT_KEPT says what is missing.
   */
  void requireKept(String id);

  /**
   * Creates, under the name given and in the namespace given, the same container as the one given:
   * everything that it had, but what the daemon itself makes new. Does not start it.
   *
   * @return the new one's id
   */
  String createLike(String oldId, String name, String namespaceOwnerId);

  /** Removes a container, by force where asked, and keeps its volumes. Gone already: ALREADY_SO. */
  Outcome remove(String idOrName, boolean force);

  /** Answers whether the daemon answers, within a second. */
  boolean ping();
}
