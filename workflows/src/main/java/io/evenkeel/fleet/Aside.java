package io.evenkeel.fleet;

/**
 * The name of a container that another one replaces: it is renamed aside until its successor, which
 * gets its name, has been made. One that is found beside its successor is a leftover.
 */
public final class Aside {
  private static final String SUFFIX = "-evenkeel-replaced";

  private Aside() {}

  /** The name that a container gets while it is replaced. */
  public static String of(String name) {
    return name + SUFFIX;
  }

  /** Whether a container of this name is being replaced. */
  public static boolean is(String name) {
    return name.endsWith(SUFFIX) && name.length() > SUFFIX.length();
  }

  /** The name that it had, which is its successor's; any other name is its own. */
  public static String original(String name) {
    return is(name) ? name.substring(0, name.length() - SUFFIX.length()) : name;
  }
}
