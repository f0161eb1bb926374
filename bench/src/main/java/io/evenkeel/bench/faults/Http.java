package io.evenkeel.bench.faults;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Locale;
import java.util.Map;

/** As much of HTTP 1 as the bench speaks. */
final class Http {
  private static final int LONGEST_LINE = 64 * 1024;

  private Http() {}

  /**
   * The beginning of a message.
   *
   * @param first the request or status line; empty: the other side has ended before
   * @param headers by lower-case name
   */
  record Head(String first, Map<String, String> headers) {
    String header(String name) {
      return headers.getOrDefault(name, "");
    }
  }

  static Head head(InputStream in) throws IOException {
    String first = line(in);
    Map<String, String> headers = new LinkedHashMap<>();
    while (!first.isEmpty()) {
      String line = line(in);
      if (line.isEmpty()) {
        break;
      }
      int colon = line.indexOf(':');
      if (colon > 0) {
        headers.put(
            line.substring(0, colon).toLowerCase(Locale.ROOT), line.substring(colon + 1).strip());
      }
    }
    return new Head(first, headers);
  }

  static int status(Head head) throws IOException {
    String[] words = head.first().split(" ", 3);
    if (words.length < 2) {
      throw new EOFException("the engine has closed the connection");
    }
    return Integer.parseInt(words[1]);
  }

  /** The body of a request: none, of a known length, or in chunks. */
  static byte[] body(Head head, InputStream in) throws IOException {
    if (!head.header("transfer-encoding").equalsIgnoreCase("chunked")) {
      String length = head.header("content-length");
      return length.isEmpty() ? new byte[0] : in.readNBytes(Integer.parseInt(length));
    }
    ByteArrayOutputStream body = new ByteArrayOutputStream();
    while (true) {
      int size = Integer.parseInt(line(in).split(";", 2)[0].strip(), 16);
      body.write(in.readNBytes(size));
      String _ = line(in);
      if (size == 0) {
        return body.toByteArray();
      }
    }
  }

  /** A line without its end; empty at the end of the stream. */
  private static String line(InputStream in) throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int next = in.read(); next >= 0 && next != '\n'; next = in.read()) {
      if (line.size() > LONGEST_LINE) {
        throw new IOException("a line without an end");
      }
      line.write(next);
    }
    String text = line.toString(StandardCharsets.ISO_8859_1);
    return text.endsWith("\r") ? text.substring(0, text.length() - 1) : text;
  }
}
