package io.evenkeel.docker;

import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.io.FilterInputStream;
import java.io.IOException;
import java.io.InputStream;

/** Hands on a body of one entry after another; fails when more comes than one entry may have. */
final class BoundedEntries extends FilterInputStream {
  private final String operation;
  private final int largest;
  private int left;

  /**
   * The first entry begins.
   *
   * @param largest bytes of one entry
   */
  BoundedEntries(InputStream in, String operation, int largest) {
    super(in);
    this.operation = operation;
    this.largest = largest;
    this.left = largest;
  }

  /** The next entry begins. */
  void begin() {
    left = largest;
  }

  /** The response is its owner's to close: to be closed, a body would be read to its end. */
  @Override
  public void close() {}

  @Override
  public int read() throws IOException {
    spend(1);
    return super.read();
  }

  @Override
  public int read(byte[] bytes, int from, int length) throws IOException {
    int came = super.read(bytes, from, length);
    spend(came);
    return came;
  }

  private void spend(int bytes) {
    left -= bytes;
    if (left < 0) {
      throw new DockerFailure(
          Kind.SERVER_ERROR,
          operation + ": the engine's answer has an entry of more than " + (largest >> 20) + " MB",
          null);
    }
  }
}
