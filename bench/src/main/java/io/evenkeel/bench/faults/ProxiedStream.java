package io.evenkeel.bench.faults;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.bench.faults.Fault.Kind;
import io.evenkeel.bench.faults.Fault.Paths;
import java.io.BufferedReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.InputStreamReader;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Optional;

/** The engine's events, or a followed log, on the way to the worker; for one thread. */
final class ProxiedStream {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Request request;
  private final CurrentFaults faults;
  private final OutputStream out;

  /**
   * Hands on nothing yet.
   *
   * @param out to the worker
   */
  ProxiedStream(Request request, CurrentFaults faults, OutputStream out) {
    this.request = request;
    this.faults = faults;
    this.out = out;
  }

  /** Hands on what the engine says until it says no more. */
  void handOn(Http.Head head, InputStream answer) throws IOException, InterruptedException {
    String first =
        head.first().replace("HTTP/1.0", "HTTP/1.1")
            + "\r\nContent-Type: "
            + head.header("content-type")
            + "\r\nTransfer-Encoding: chunked\r\n\r\n";
    out.write(first.getBytes(StandardCharsets.ISO_8859_1));
    if (request.isOneOf(Paths.EVENTS)) {
      events(answer);
    } else {
      log(answer);
    }
    hold();
    chunk(new byte[0], 0);
  }

  private void log(InputStream answer) throws IOException, InterruptedException {
    byte[] some = new byte[16 * 1024];
    for (int read = answer.read(some); read >= 0; read = answer.read(some)) {
      hold();
      chunk(some, read);
    }
  }

  private void events(InputStream answer) throws IOException, InterruptedException {
    BufferedReader lines =
        new BufferedReader(new InputStreamReader(answer, StandardCharsets.UTF_8));
    for (String line = lines.readLine(); line != null; line = lines.readLine()) {
      hold();
      Optional<Fault> late = faults.of(Kind.EVENTS_LATE);
      if (late.isPresent()) {
        awaitLate(line, late.get());
      }
      if (faults.losesTheNextEvent()) {
        continue;
      }
      byte[] bytes = (line + "\n").getBytes(StandardCharsets.UTF_8);
      chunk(bytes, bytes.length);
      if (faults.of(Kind.EVENTS_DOUBLED).isPresent()) {
        chunk(bytes, bytes.length);
      }
    }
  }

  private static void awaitLate(String line, Fault late) throws IOException, InterruptedException {
    JsonNode event = JSON.readTree(new ByteArrayInputStream(line.getBytes(StandardCharsets.UTF_8)));
    long due = event.path("timeNano").asLong() / 1_000_000 + 500 + 9L * late.variant();
    Thread.sleep(Math.max(0, due - System.currentTimeMillis()));
  }

  /** What an open stream says while its path hangs comes when that is over. */
  private void hold() throws InterruptedException {
    Optional<Fault> fault = faults.of(request);
    if (fault.isPresent()) {
      switch (fault.get().kind()) {
        case SOCKET_HANGS, SOCKET_SWALLOWS, SOCKET_STALLS -> faults.awaitEnd(fault.get());
        default -> {}
      }
    }
  }

  private void chunk(byte[] bytes, int length) throws IOException {
    byte[] size = (Integer.toHexString(length) + "\r\n").getBytes(StandardCharsets.US_ASCII);
    byte[] all = new byte[size.length + length + 2];
    System.arraycopy(size, 0, all, 0, size.length);
    System.arraycopy(bytes, 0, all, size.length, length);
    all[all.length - 2] = '\r';
    all[all.length - 1] = '\n';
    out.write(all);
  }
}
