package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;

import io.evenkeel.docker.DockerWire.Answer;
import io.evenkeel.port.DockerFailure.Kind;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The engines' own words: 20.10, then a current one; ID is the container that was asked for. */
class RefusalsTest {
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          500 | cannot join network of a non running container: OTHER                                | NAMESPACE_DOWN
          409 | cannot join network of a non running container: OTHER                                | NAMESPACE_DOWN
          409 | cannot join network namespace of a non running container: container vpn is exited    | NAMESPACE_DOWN
          500 | No such container: OTHER                                                             | NAMESPACE_GONE
          404 | joining network namespace of container: No such container: OTHER                     | NAMESPACE_GONE
          404 | No such container: ID                                                                | NOT_FOUND
          409 | Container OTHER is restarting, wait until the container is running                   | NAMESPACE_DOWN
          409 | Container ID is restarting, wait until the container is running                      | CONFLICT
          409 | Conflict. The container name "/x" is already in use by container OTHER               | CONFLICT
          400 | invalid reference format                                                             | BAD_REQUEST
          401 | authorization denied by plugin                                                       | DENIED
          403 | Forbidden                                                                            | DENIED
          500 | driver failed programming external connectivity                                      | SERVER_ERROR
          503 | the daemon is starting                                                               | SERVER_ERROR
          """)
  void isReadAsWhatItMeans(int status, String text, Kind kind) {
    String words = text.replace("ID", "abc123").replace("OTHER", "def456").replace("\"", "\\\"");
    Answer answer = new Answer(status, "{\"message\":\"" + words + "\"}");

    assertThat(Refusals.of(answer, "start of abc123", "abc123").kind()).isEqualTo(kind);
  }

  @ParameterizedTest
  @CsvSource({"<html>502 Bad Gateway</html>", "''"})
  void whatIsNotJsonIsToldInOneBoundedLine(String body) {
    String text = body + "\n\u001b[31m" + "z".repeat(10_000);
    var failure = Refusals.of(new Answer(502, text), "list", "");

    assertThat(failure.kind()).isEqualTo(Kind.SERVER_ERROR);
    assertThat(failure.getMessage()).hasSizeLessThan(400).doesNotContain("\n", "\u001b");
  }
}
