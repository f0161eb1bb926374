package io.evenkeel.docker;

import java.util.regex.Pattern;

/**
 * Hides what looks like a secret in an engine's own words: it quotes what it was given, such as a
 * volume's mount options, an entry of an environment or a registry's URL.
 */
final class Secrets {
  private static final String HIDDEN = "***";

  /** What is longer is cut before it is read. */
  private static final int LONGEST_READ = 2_000;

  /** A key that names a secret; a name before it, such as a provider's, belongs to it. */
  private static final String KEY =
      "(?<![\\w.-])[\\w.-]*(?:pass|pwd|secret|token|credential|auth|key)[\\w.-]*";

  /** To the space, the quote or the bracket that ends it; a colon before a space is no part. */
  private static final String WORD = "\\S*?(?=[\"'`)\\]}]*[:;.,]*(?:\\s|$))";

  private static final Pattern USER_INFO = Pattern.compile("(//)[^\\s/\"'?#]*@");
  private static final Pattern HEADER =
      Pattern.compile("(?i)(authorization\"?\\s*[:=]\\s*\"?(?:(?:basic|bearer)\\s+)?)" + WORD);
  private static final Pattern BEARER = Pattern.compile("(?i)(\\bbearer\\s+)[\\w+/=.~-]{16,}");
  private static final Pattern JSON =
      Pattern.compile("(?i)(\\\\?\"" + KEY + "\\\\?\"\\s*:\\s*\\\\?\")(?:[^\"\\\\]|\\\\[^\"])*");
  private static final Pattern NO_VARIABLE =
      Pattern.compile("(?i)(invalid environment variable:? [^=]*=).+");
  private static final Pattern QUOTED_WHOLE =
      Pattern.compile("(?i)([\"'`]-*" + KEY + "=)[^\"'`,]*(?=[\"'`,])");
  private static final Pattern OPTION =
      Pattern.compile(
          "(?i)((?:,|\\bdata: ?|\\bo='?|\\boptions:? ?[\"']?)"
              + KEY
              + "=).*?(?=,|[\"']?: |[\"'](?:[\\s:;)]|$)|$)");
  private static final Pattern ENTRY =
      Pattern.compile("(?i)(" + KEY + "=)(?!\\*{3}[^\\w\\s])" + WORD);
  private static final Pattern FLAG =
      Pattern.compile("(?i)((?<!\\S)(?=--)" + KEY + " )[^\\s-]" + WORD);

  private Secrets() {}

  /** The same text without them; of its first 2,000 characters. */
  static String masked(String text) {
    String masked = text.length() > LONGEST_READ ? text.substring(0, LONGEST_READ) : text;
    masked = USER_INFO.matcher(masked).replaceAll("$1" + HIDDEN + "@");
    for (Pattern secret :
        new Pattern[] {HEADER, BEARER, JSON, NO_VARIABLE, QUOTED_WHOLE, OPTION, ENTRY, FLAG}) {
      masked = secret.matcher(masked).replaceAll("$1" + HIDDEN);
    }
    return masked;
  }
}
