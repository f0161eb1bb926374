package io.evenkeel.worker;

import io.evenkeel.worker.Settings.Malformed;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Settings as texts, and what a text is to be. */
record SettingsText(Function<String, @Nullable String> source) {

  /** The first of these names that is set; where none is, the other. */
  String text(String name, String otherwise) {
    String value = source.apply(name);
    return value == null || value.isBlank() ? otherwise : value.strip();
  }

  boolean isSet(String name) {
    return !text(name, "").isEmpty();
  }

  /** A yaml list: NAME[0], NAME[1], …; empty where it is not there. */
  List<String> list(String name) {
    List<String> all = new ArrayList<>();
    while (isSet(name + "[" + all.size() + "]")) {
      all.add(text(name + "[" + all.size() + "]", ""));
    }
    return all;
  }

  int number(String name, int least, int most, int otherwise) {
    String text = text(name, Integer.toString(otherwise));
    String takes = "a whole number from " + least + " to " + most;
    try {
      int value = Integer.parseInt(text);
      if (value < least || value > most) {
        throw new Malformed(name, text, takes);
      }
      return value;
    } catch (NumberFormatException notANumber) {
      throw new Malformed(name, text, takes);
    }
  }

  boolean flag(String name, boolean otherwise) {
    String text = text(name, Boolean.toString(otherwise));
    if (!text.equals("true") && !text.equals("false")) {
      throw new Malformed(name, text, "true or false");
    }
    return text.equals("true");
  }

  Duration seconds(String name, int least, int most, Duration otherwise) {
    return Duration.ofSeconds(number(name, least, most, (int) otherwise.toSeconds()));
  }

  /** Goes into an HTTP header: one line of printable ASCII. Never shown. */
  String secret(String name, String otherwise) {
    String text = text(name, otherwise);
    if (!text.chars().allMatch(c -> c > 32 && c < 127)) {
      throw new Malformed(name, "something else", "one word of printable ASCII");
    }
    return text;
  }

  String oneOf(String name, String otherwise, String... words) {
    String text = text(name, otherwise);
    if (!List.of(words).contains(text)) {
      throw new Malformed(name, text, String.join(", ", words));
    }
    return text;
  }

  <E extends Enum<E>> E choice(String name, Class<E> type, E otherwise) {
    String text = text(name, otherwise.name());
    return Arrays.stream(type.getEnumConstants())
        .filter(value -> value.name().equalsIgnoreCase(text))
        .findFirst()
        .orElseThrow(() ->
            new Malformed(
                name,
                text,
                Arrays.stream(type.getEnumConstants())
                    .map(value -> value.name().toLowerCase(Locale.ROOT))
                    .collect(Collectors.joining(", "))));
  }
}
