package io.evenkeel.bench.faults;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.channels.FileLock;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/** A file with one line of JSON per sequence. */
final class Records {
  private static final ObjectMapper JSON = new ObjectMapper();

  private final Path file;

  Records(Path file) {
    this.file = file;
  }

  List<JsonNode> read() throws IOException {
    List<JsonNode> all = new ArrayList<>();
    if (Files.exists(file)) {
      for (String line : Files.readAllLines(file)) {
        all.add(sequence(line, all.size() + 1));
      }
    }
    return all;
  }

  private JsonNode sequence(String line, int number) throws IOException {
    try {
      return JSON.readTree(line);
    } catch (JsonProcessingException garbled) {
      throw new IOException(file + ", line " + number + ": takes JSON, a sequence a line", garbled);
    }
  }

  Set<Long> seeds() throws IOException {
    Set<Long> seeds = new TreeSet<>();
    read().forEach(r -> seeds.add(r.path("seed").asLong()));
    return seeds;
  }

  /** Runs side by side may append to one file. */
  void append(ObjectNode one) throws IOException {
    byte[] line = (JSON.writeValueAsString(one) + "\n").getBytes(StandardCharsets.UTF_8);
    try (FileChannel channel =
            FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        FileLock _ = channel.lock()) {
      ByteBuffer rest = ByteBuffer.wrap(line);
      while (rest.hasRemaining()) {
        int _ = channel.write(rest);
      }
    }
  }

  /** What is kept of a sequence. */
  static ObjectNode of(Sequence.Result result, int engines, String commit) {
    ObjectNode one = JSON.createObjectNode();
    one.put("seed", result.plan().seed());
    one.put("at", Instant.now().truncatedTo(ChronoUnit.SECONDS).toString());
    one.put("commit", commit);
    one.put("engines", engines);
    one.put("shape", result.plan().shape().name());
    for (Hands.Done done : result.done()) {
      ObjectNode fault = one.withArray("faults").addObject();
      fault.put("kind", done.fault().kind().name());
      fault.put("what", done.fault().toString());
      fault.put("began", done.began()).put("ended", done.ended()).put("how", done.how());
    }
    one.put("seconds", result.seconds());
    result.recovery().ifPresent(s -> one.put("recovery", s));
    result.violations().forEach(one.putArray("violations")::add);
    result.engines().forEach(one.putArray("enginesOwn")::add);
    if (!result.clean()) {
      result.timeline().forEach(one.putArray("timeline")::add);
    }
    return one;
  }
}
