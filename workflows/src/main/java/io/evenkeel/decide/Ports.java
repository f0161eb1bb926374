package io.evenkeel.decide;

/** Port numbers as labels carry them. */
public final class Ports {
  private Ports() {}

  /** A port 1-65535; 0 for anything else. */
  public static int parse(String text) {
    if (text.isEmpty() || text.length() > 5 || !text.chars().allMatch(c -> c >= '0' && c <= '9')) {
      return 0;
    }
    int port = Integer.parseInt(text);
    return port <= 65_535 ? port : 0;
  }
}
