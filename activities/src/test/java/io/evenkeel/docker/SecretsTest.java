package io.evenkeel.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.evenkeel.docker.DockerWire.Answer;
import java.time.Duration;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** An engine's own words reach histories and logs: without the secrets, with everything else. */
class SecretsTest {
  private static final String SECRET = "hunter2";

  private final ContainerReader reader =
      new ContainerReader(new DockerSettings("", Duration.ofSeconds(1), "ondemand.app"));

  /** Every way in which they come in. */
  private List<String> told(String words) throws JsonProcessingException {
    ObjectNode answer = DockerWire.JSON.createObjectNode();
    answer.put("message", words);
    ObjectNode container = DockerWire.JSON.createObjectNode();
    container.put("Id", "1").putObject("State").put("Status", "exited").put("Error", words);
    String refusal =
        String.valueOf(
            Refusals.of(new Answer(500, answer.toString()), "start of a", "a").getMessage());
    String notJson =
        String.valueOf(Refusals.of(new Answer(502, words), "start of a", "a").getMessage());
    return List.of(refusal, notJson, reader.inspected(container).error());
  }

  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      quoteCharacter = '^',
      textBlock =
          """
          failed to mount local volume: mount //nas/media:/var/lib/docker/volumes/m/_data, data: username=u,pass=hunter2: permission denied         | failed to mount local volume: mount //nas/media:/var/lib/docker/volumes/m/_data, data: username=u,pass=***: permission denied
          failed to mount local volume: mount //nas/m:/v, data: addr=10.0.0.9,password=hunter2,password=hunter2,vers=3.0: no such file or directory | failed to mount local volume: mount //nas/m:/v, data: addr=10.0.0.9,password=***,password=***,vers=3.0: no such file or directory
          mount //nas/m:/v, data: password=my hunter2: and so,vers=3.0: connection refused                                                        | mount //nas/m:/v, data: password=***: and so,vers=3.0: connection refused
          VolumeDriver.Mount: mount with options: type='cifs' device='//nas/m' o='username=u,password2=hunter2': exit status 32                     | VolumeDriver.Mount: mount with options: type='cifs' device='//nas/m' o='username=u,password2=***': exit status 32
          error while mounting volume '/v': options "password=hunter2,vers=3.0": exit status 1                                                      | error while mounting volume '/v': options "password=***,vers=3.0": exit status 1
          invalid environment variable: =hunter2                                                                                                    | invalid environment variable: =***
          invalid environment variable: =PASSWORD=hunter2, and more                                                                                 | invalid environment variable: =***
          OCI runtime create failed: exec: "OPENVPN_PASSWORD=hunter2 x": executable file not found in $PATH: unknown                                | OCI runtime create failed: exec: "OPENVPN_PASSWORD=***": executable file not found in $PATH: unknown
          exec: "--token=hunter2": executable file not found in $PATH: unknown                                                                      | exec: "--token=***": executable file not found in $PATH: unknown
          exec of /run --api-key hunter2 --http-port 6878 failed: permission denied                                                                 | exec of /run --api-key *** --http-port 6878 failed: permission denied
          WIREGUARD_PRIVATE_KEY=hunter2+/z= is no environment                                                                                       | WIREGUARD_PRIVATE_KEY=*** is no environment
          gluetun.WIREGUARD_PRESHARED_KEY=hunter2: no such network                                                                                  | gluetun.WIREGUARD_PRESHARED_KEY=***: no such network
          Get "https://user:hunter2@registry.example:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused                                 | Get "https://***@registry.example:5000/v2/": dial tcp 10.0.0.1:5000: connect: connection refused
          parse "https://user:p@hunter2@host:8443/x": no such host                                                                                  | parse "https://***@host:8443/x": no such host
          Head "https://h/v2/x?account=a&token=hunter2": unauthorized                                                                               | Head "https://h/v2/x?account=a&token=***": unauthorized
          plugin: got Authorization: Basic hunter2, refused                                                                                         | plugin: got Authorization: Basic ***, refused
          plugin answered {"username":"u","password":"hunter2, \\\\ x","id":7}                                                                      | plugin answered {"username":"u","password":"***","id":7}
          fluentd: Bearer aaaaaaaaaaaahunter2zzz is no token                                                                                        | fluentd: Bearer *** is no token
          """)
  void whatIsASecretIsHiddenAndNothingElse(String words, String masked)
      throws JsonProcessingException {
    assertThat(told(words)).allSatisfy(line -> assertThat(line).doesNotContain(SECRET));
    assertThat(Secrets.masked(words)).isEqualTo(masked);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "No such container: 0123456789abcdef",
        "Conflict. The container name \"/vpn-key-1\" is already in use by container \"0123\".",
        "driver failed programming external connectivity on endpoint token-server (0123): Bind for"
            + " 0.0.0.0:19000 failed: port is already allocated",
        "error while mounting volume '/var/lib/docker/volumes/secret/_data': failed to mount local"
            + " volume: mount :/export:/v, data: addr=10.0.0.9,nolock: no such file or directory",
        "Get \"https://registry-1.docker.io/v2/\": unauthorized: incorrect username or password",
        "pull access denied for x, may require 'docker login': no basic auth credentials",
        "Basic authentication required",
        "manifest for https://ghcr.io/a/b@sha256:0123456789abcdef not found",
        "error gathering device information while adding custom device \"/dev/net/tun\": no such"
            + " file or directory",
        "error reading key: no such file or directory",
        "invalid mount config for type \"bind\": bind source path does not exist: /etc/auth/token",
        "cannot join network namespace of a non running container: container vpn2 is exited",
        "OCI runtime create failed: runc create failed: unable to start container process: error"
            + " during container init: error mounting \"/run/secrets/k\" to rootfs: not a directory"
      })
  void whatIsNoneStaysAsItIs(String words) throws JsonProcessingException {
    assertThat(Secrets.masked(words)).isEqualTo(words);
    assertThat(told(words)).allSatisfy(line -> assertThat(line).endsWith(words));
  }

  /** Wherever it stands in a text, and however long that is: what is cut is masked before. */
  @Test
  void noneIsToldWhereverTheTextIsCut() throws JsonProcessingException {
    Random random = new Random(20_261_126L);
    List<String> before = List.of("//u:", "data: pass=", "A_KEY=", "--token ", "x,password=");
    List<String> after = List.of("@host/x: gone", ",vers=3: refused", " is wrong", "", ": no");
    for (int run = 0; run < 2_000; run++) {
      int kind = random.nextInt(before.size());
      String words =
          "w ".repeat(random.nextInt(160)) + before.get(kind) + SECRET.repeat(1 + run % 60);
      String end = kind == 0 ? after.getFirst() : after.get(1 + random.nextInt(4));
      assertThat(told(words + end))
          .as("run %d: %s", run, words)
          .allSatisfy(line -> assertThat(line).doesNotContain(SECRET));
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"pass", "key=\"", "https://", "data: pass=", "a.b-", "\"auth\":\"", "=="})
  void hostileWordsAreReadToTheirEnd(String again) {
    String words = again.repeat(500_000);
    await()
        .atMost(Duration.ofSeconds(60))
        .until(() -> Secrets.masked(words).length() < words.length());
  }
}
