package io.evenkeel.bench.faults;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import picocli.CommandLine;

/** What cannot be done is said before anything is begun. */
class FaultsCommandTest {
  @TempDir private Path folder;

  /** Its exit code, and what it says in error. */
  private static String run(String... options) {
    StringWriter said = new StringWriter();
    int code =
        new CommandLine(new FaultsCommand())
            .setErr(new PrintWriter(said, true))
            .setExecutionExceptionHandler((failure, command, _) -> {
              command.getErr().println(failure.getMessage());
              return 1;
            })
            .execute(options);
    return code + " " + said.toString().strip();
  }

  @Test
  void aFileInNoFolderIsRefused() {
    Path out = folder.resolve("none").resolve("sequences");
    assertThat(run("--out", out.toString(), "--plan"))
        .isEqualTo("2 bench: --out: got " + out + ", takes a file in a folder that is there");
    assertThat(folder).isEmptyDirectory();
  }

  @Test
  void aFolderIsNoFile() {
    assertThat(run("--out", folder.toString(), "--plan")).startsWith("2 bench: --out: got");
  }

  @Test
  void numbersOutOfRangeAreRefused() {
    String takes = "2 bench: --runs takes 1 or more, --engines 6, 8 or 10";
    assertThat(run("--runs", "0", "--plan")).isEqualTo(takes);
    assertThat(run("--engines", "7", "--plan")).isEqualTo(takes);
  }

  @Test
  void aSummaryOfNothingIsRefused() {
    Path none = folder.resolve("none");
    assertThat(run("--summary", none.toString()))
        .isEqualTo("2 bench: --summary: got " + none + ", takes a file that --out has written");
  }

  @Test
  void aLineThatIsNoSequenceIsNamed() throws IOException {
    Path file = folder.resolve("sequences");
    Files.writeString(file, "{\"seed\": 1}\nseed 2\n");
    assertThat(run("--summary", file.toString()))
        .isEqualTo("1 " + file + ", line 2: takes JSON, a sequence a line");
  }
}
