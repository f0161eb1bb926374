package io.evenkeel.port;

import org.jspecify.annotations.Nullable;

/** Docker could not do it, or could not be asked; {@code kind} says what the caller may do. */
public final class DockerFailure extends RuntimeException {
  /** What became of a call. */
  public enum Kind {
    /** Nobody answers at the socket: try again, conclude nothing. */
    UNAVAILABLE,
    /** No answer within the deadline; dockerd may still go on with it. */
    TIMEOUT,
    /** 5xx without a known meaning: try again. */
    SERVER_ERROR,
    /** 404 for the container itself. */
    NOT_FOUND,
    /** 404, 409 or 500 whose text says that the namespace's owner is gone: recreate. */
    NAMESPACE_GONE,
    /** 409 or 500 whose text says that the namespace's owner is not running. */
    NAMESPACE_DOWN,
    /** 409: the name is taken, or the state forbids it. */
    CONFLICT,
    /** 400: the request itself is wrong. */
    BAD_REQUEST,
    /** Made anew it would lack something that it has: it is left as it is. */
    NOT_KEPT,
    /** 401 or 403. */
    DENIED;

    /** Whether the same call may succeed later without anybody changing anything. */
    public boolean passing() {
      return this == UNAVAILABLE || this == TIMEOUT || this == SERVER_ERROR;
    }
  }

  private final Kind kind;

  /**
   * @param kind what the caller may do
   * @param message one line: what was asked of which container, and what came back
   */
  public DockerFailure(Kind kind, String message, @Nullable Throwable cause) {
    super(message, cause);
    this.kind = kind;
  }

  public Kind kind() {
    return kind;
  }
}
