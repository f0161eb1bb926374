package io.evenkeel.worker;

import java.nio.file.Files;
import java.nio.file.Path;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The room on the disk for the dev server's file. Without any, Temporal answers but takes nothing
 * down: no outage is repaired until there is room again, and none is lost.
 */
final class Room {
  private static final Logger log = LoggerFactory.getLogger(Room.class);
  private static final long MEGABYTE = 1L << 20;

  /** Far more than one outage takes. */
  private static final long LEAST = 16 * MEGABYTE;

  private final Path folder;
  private volatile boolean enough = true;

  Room(Path folder) {
    this.folder = folder.toAbsolutePath();
  }

  /** Looks, and says in one line when it has become too little, and when there is enough again. */
  void look() {
    if (!Files.isDirectory(folder)) {
      return;
    }
    long left = folder.toFile().getUsableSpace();
    if (enough && left < LEAST) {
      log.error(
          "{} MB are left in {} for Temporal's file: without room nothing is written down and no"
              + " outage is repaired",
          left / MEGABYTE,
          folder);
    } else if (!enough && left >= LEAST) {
      log.info("there is room again in {}", folder);
    }
    enough = left >= LEAST;
  }

  /** Whether the last look found enough. */
  boolean isEnough() {
    return enough;
  }

  @Override
  public String toString() {
    return folder.toString();
  }
}
