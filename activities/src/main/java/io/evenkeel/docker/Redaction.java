package io.evenkeel.docker;

import java.util.regex.Pattern;

/**
 * Takes what looks like a secret out of the engine's words before they reach a failure, a history
 * or a log. An engine quotes what it could not use: the options of a network volume with its
 * password, an entry of the environment, a registry's address with somebody's account.
 */
final class Redaction {
  private static final String HIDDEN = "***";

  /** What is read of a text at most; the rest is left out. */
  private static final int LONGEST = 4_096;

  /** Docker's local volume driver: {@code mount SOURCE:TARGET, data: OPTIONS: REASON}. */
  private static final Pattern MOUNT_OPTIONS = Pattern.compile("(?<=, data: ).+?(?=: |$)");

  /** A password may hold an @: what follows the last one is the host. */
  private static final Pattern USER_INFO = Pattern.compile("(?<=://)[^\\s/\"']+@");

  private static final Pattern AUTHORIZATION =
      Pattern.compile("(?i)\\b(bearer|basic)\\s++[^\\s,;\"'&]++");

  private static final Pattern NAMED =
      Pattern.compile(
          "(?i)([\\w.-]{0,64}(?:pass|passw|passwd|password|passphrase|pwd|pw|secret|secrets|token"
              + "|key|credential|credentials)\\\\?\"?\\s{0,2}[=])\\s{0,2}"
              + "(?:\\\\?\"[^\"]*+\"?|'[^']*+'?|[^\\s,;&\"']++)");

  private static final Pattern IN_JSON =
      Pattern.compile(
          "(?i)(\"[\\w.-]{0,64}(?:pass|passwd|password|passphrase|pwd|secret|token|key|auth"
              + "|credential|credentials)\"\\s{0,2}:\\s{0,2})\"(?:[^\"\\\\]|\\\\.)*+\"?");

  private Redaction() {}

  /** The same text, each secret in it replaced by three asterisks; of 4,096 characters at most. */
  static String of(String text) {
    String read = text.length() > LONGEST ? text.substring(0, LONGEST) : text;
    read = MOUNT_OPTIONS.matcher(read).replaceAll(HIDDEN);
    read = USER_INFO.matcher(read).replaceAll(HIDDEN + "@");
    read = AUTHORIZATION.matcher(read).replaceAll("$1 " + HIDDEN);
    read = IN_JSON.matcher(read).replaceAll("$1\"" + HIDDEN + "\"");
    return NAMED.matcher(read).replaceAll("$1" + HIDDEN);
  }
}
