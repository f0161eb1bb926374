package io.evenkeel.docker;

import com.fasterxml.jackson.core.JsonParser;
import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.JsonToken;
import com.fasterxml.jackson.databind.JsonNode;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.io.IOException;
import java.io.InputStream;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Function;
import org.jspecify.annotations.Nullable;

/** Reads a JSON list entry by entry. No entry is larger than 16 MB, and 20,000 are the most. */
final class EntriesReader {
  /** Bytes. */
  private static final int LARGEST_ENTRY = 16 * 1024 * 1024;

  private static final int MOST_ENTRIES = 20_000;

  private EntriesReader() {}

  /**
   * What each entry became, in order.
   *
   * @throws DockerFailure where it is no list to its end, or one beyond the bounds
   */
  static <T> List<T> read(String operation, InputStream body, Function<JsonNode, T> entry)
      throws IOException {
    List<T> read = new ArrayList<>();
    try (BoundedEntries bounded = new BoundedEntries(body, operation, LARGEST_ENTRY);
        JsonParser parser = DockerWire.JSON.createParser(bounded)) {
      boolean list = parser.nextToken() == JsonToken.START_ARRAY;
      while (list && parser.nextToken() == JsonToken.START_OBJECT) {
        if (read.size() == MOST_ENTRIES) {
          throw failure(operation, "has more than " + MOST_ENTRIES + " entries", null);
        }
        JsonNode node = parser.readValueAsTree();
        read.add(entry.apply(node));
        bounded.begin();
      }
      if (!list || parser.currentToken() != JsonToken.END_ARRAY) {
        throw failure(operation, "is no list of objects", null);
      }
      return read;
    } catch (JsonProcessingException garbled) {
      throw failure(operation, "is not JSON", garbled);
    }
  }

  private static DockerFailure failure(String operation, String what, @Nullable Throwable cause) {
    return new DockerFailure(Kind.SERVER_ERROR, operation + ": the engine's answer " + what, cause);
  }
}
