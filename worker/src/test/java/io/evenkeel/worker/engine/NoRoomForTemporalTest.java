package io.evenkeel.worker.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.IOException;
import java.io.OutputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The disk of Temporal's file is full in the middle of an outage. */
@Tag("engine")
@Tag("dev")
@Timeout(600)
class NoRoomForTemporalTest {
  private static final Duration LONG = Duration.ofMinutes(3);
  private static final Duration A_WHILE = Duration.ofSeconds(7);

  private final RealFleet fleet = new RealFleet(22_400, "dev");
  private final Path disk = fleet.data().resolve("disk");
  private boolean mounted;

  @AfterEach
  void end() throws Exception {
    fleet.close();
    if (mounted) {
      // What still ends in there holds up nobody.
      int _ = command("umount", "--lazy", disk.toString());
    }
  }

  @Test
  void nothingIsDoneAndItIsSaidInOneLineAndWithRoomItIsRepaired() throws Exception {
    Files.createDirectory(disk);
    mounted = command("mount", "-t", "tmpfs", "-o", "size=64m", "none", disk.toString()) == 0;
    if (!mounted && System.getenv("CI") == null) {
      abort("this user may not mount a small disk");
    }
    assertThat(mounted).as("a small disk can be mounted").isTrue();
    var _ = fleet.with("EVENKEEL_DATA_DIR", disk.toString()).withVpn(1).withVpn(2);
    var _ = fleet.startWorkerProcess(4);
    awaitTwoAndTwo();
    Map<String, String> others = fleet.engines(1);
    Map<String, String> before = fleet.engines(2);

    Path filling = disk.resolve("filling");
    fill(filling);
    fleet.crash(fleet.vpn(2));
    await().atMost(LONG).until(() -> fleet.log().contains("are left in " + disk));
    await()
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> fleet.get("/actuator/health").contains("hardly any room for its file"));
    await()
        .during(A_WHILE)
        .atMost(LONG)
        .ignoreExceptions()
        .until(() -> fleet.engines(1).equals(others) && fleet.engines(2).equals(before));
    assertThat(fleet.answeringHoweverSlowly(1)).isEqualTo(2);

    Files.delete(filling);
    await().atMost(LONG).until(() -> fleet.log().contains("there is room again in " + disk));
    awaitTwoAndTwo();
    assertThat(fleet.engines(1)).isEqualTo(others);
    assertThat(fleet.engines(2).keySet()).isEqualTo(before.keySet());
    assertThat(fleet.all()).hasSize(4);
  }

  private void awaitTwoAndTwo() {
    await()
        .atMost(LONG)
        .until(() -> fleet.answering(1) == 2 && fleet.answering(2) == 2 && !fleet.outageIsOpen());
  }

  private static void fill(Path file) throws IOException {
    byte[] block = new byte[4096];
    try (OutputStream out = Files.newOutputStream(file)) {
      while (true) {
        out.write(block);
      }
    } catch (IOException full) {
      assertThat(Files.size(file)).isPositive();
    }
  }

  private static int command(String... words) throws IOException, InterruptedException {
    return new ProcessBuilder(words)
        .redirectErrorStream(true)
        .redirectOutput(ProcessBuilder.Redirect.DISCARD)
        .start()
        .waitFor();
  }
}
