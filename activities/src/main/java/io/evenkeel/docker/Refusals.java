package io.evenkeel.docker;

import com.fasterxml.jackson.core.JsonProcessingException;
import io.evenkeel.docker.DockerWire.Answer;
import io.evenkeel.port.DockerFailure;
import io.evenkeel.port.DockerFailure.Kind;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Reads an answer that is no success. 404, 409 and 500 are ambiguous: the text decides, in the
 * words of 20.10 and of current engines.
 */
final class Refusals {
  private static final int LONGEST_TEXT = 300;
  private static final Pattern NO_SUCH_CONTAINER = Pattern.compile("no such container: (\\S+)");
  private static final Pattern IS_RESTARTING =
      Pattern.compile("container (\\S+) is restarting, wait until");

  private Refusals() {}

  /**
   * Translates it.
   *
   * @param asked the id or name that was asked for; empty where it was a creation
   */
  static DockerFailure of(Answer answer, String what, String asked) {
    String text = message(answer);
    return new DockerFailure(
        kind(answer.status(), text.toLowerCase(Locale.ROOT), asked.toLowerCase(Locale.ROOT)),
        what + ": the engine answers " + answer.status() + ", " + text,
        null);
  }

  private static Kind kind(int status, String text, String asked) {
    boolean joins = text.contains("join") && text.contains("network");
    if (joins && text.contains("no such container")) {
      return Kind.NAMESPACE_GONE;
    }
    if (joins && text.contains("non running")) {
      return Kind.NAMESPACE_DOWN;
    }
    Matcher restarting = IS_RESTARTING.matcher(text);
    if (restarting.find()) {
      return restarting.group(1).equals(asked) ? Kind.CONFLICT : Kind.NAMESPACE_DOWN;
    }
    // 20.10 says only that, with a 404 to a start and a 500 to a restart, of the namespace's owner
    // too: then the one that it names is not the one that was asked for.
    Matcher missing = NO_SUCH_CONTAINER.matcher(text);
    if (missing.find() && !missing.group(1).equals(asked)) {
      return Kind.NAMESPACE_GONE;
    }
    return switch (status) {
      case 400 -> Kind.BAD_REQUEST;
      case 401, 403 -> Kind.DENIED;
      case 404 -> Kind.NOT_FOUND;
      case 409 -> Kind.CONFLICT;
      // A redirect is no word of an engine.
      default -> status >= 500 || status < 400 ? Kind.SERVER_ERROR : Kind.BAD_REQUEST;
    };
  }

  private static String message(Answer answer) {
    String text = answer.text();
    try {
      text = DockerWire.JSON.readTree(text).path("message").asText(text);
    } catch (JsonProcessingException notJson) {
      text = "not JSON: " + text;
    }
    String line = Secrets.masked(text).replaceAll("\\p{Cntrl}+", " ").strip();
    return line.length() > LONGEST_TEXT ? line.substring(0, LONGEST_TEXT) : line;
  }
}
