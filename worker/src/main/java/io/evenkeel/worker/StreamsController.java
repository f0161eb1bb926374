package io.evenkeel.worker;

import com.fasterxml.jackson.annotation.JsonProperty;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import jakarta.servlet.http.HttpServletRequest;
import java.net.InetAddress;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.springframework.http.HttpStatus;
import org.springframework.web.bind.annotation.PostMapping;
import org.springframework.web.bind.annotation.RequestBody;
import org.springframework.web.bind.annotation.RequestHeader;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/**
 * Consumers tell which engines they use, at the original orchestrator's paths and in its shapes. An
 * engine in use is busy: it is never moved to even the VPNs out.
 */
@RestController
class StreamsController {
  private static final int LONGEST = 256;

  private final FleetService fleet;
  private final Settings settings;

  StreamsController(FleetService fleet, Settings settings) {
    this.fleet = fleet;
    this.settings = settings;
  }

  /** As the original takes it; what else it holds is not ours. */
  record Started(
      @JsonProperty("container_id") @Nullable String containerId,
      @Nullable Key stream,
      @Nullable Session session) {}

  record Key(@Nullable String key) {}

  record Session(@JsonProperty("playback_session_id") @Nullable String id) {}

  record Ended(
      @JsonProperty("container_id") @Nullable String containerId,
      @JsonProperty("stream_id") @Nullable String streamId) {}

  @PostMapping(path = "/events/stream_started")
  Map<String, String> started(
      @RequestBody Started told,
      @RequestHeader(name = "Authorization", defaultValue = "") String authorization,
      HttpServletRequest request) {
    permit(authorization, request);
    String container = word("container_id", told.containerId());
    String key = word("stream.key", told.stream() == null ? null : told.stream().key());
    String session =
        word("session.playback_session_id", told.session() == null ? null : told.session().id());
    String id = key + "|" + session;
    tell(() -> fleet.reader().monitor().streamStarted(container, id));
    return Map.of("id", id, "container_id", container, "status", "started");
  }

  @PostMapping(path = "/events/stream_ended")
  Map<String, Object> ended(
      @RequestBody Ended told,
      @RequestHeader(name = "Authorization", defaultValue = "") String authorization,
      HttpServletRequest request) {
    permit(authorization, request);
    String container = word("container_id", told.containerId());
    String stream = word("stream_id", told.streamId());
    tell(() -> fleet.reader().monitor().streamEnded(container, stream));
    return Map.of("updated", true, "stream", stream);
  }

  private static void tell(Runnable signal) {
    try {
      signal.run();
    } catch (IllegalStateException | StatusRuntimeException | WorkflowException away) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "the fleet's monitor does not answer", away);
    }
  }

  private static String word(String name, @Nullable String text) {
    if (text == null || text.isBlank() || text.length() > LONGEST) {
      throw new ResponseStatusException(
          HttpStatus.UNPROCESSABLE_CONTENT, name + ": takes 1 to " + LONGEST + " characters");
    }
    return text;
  }

  /** With a key only who knows it, without one only this machine. */
  private void permit(String authorization, HttpServletRequest request) {
    if (settings.apiKey().isEmpty()) {
      if (!isLoopback(request.getRemoteAddr())) {
        throw new ResponseStatusException(
            HttpStatus.FORBIDDEN, "without API_KEY only this machine may write");
      }
      return;
    }
    if (!authorization.startsWith("Bearer ")) {
      throw new ResponseStatusException(HttpStatus.UNAUTHORIZED, "missing bearer token");
    }
    byte[] given = authorization.substring("Bearer ".length()).getBytes(StandardCharsets.UTF_8);
    if (!MessageDigest.isEqual(given, settings.apiKey().getBytes(StandardCharsets.UTF_8))) {
      throw new ResponseStatusException(HttpStatus.FORBIDDEN, "invalid token");
    }
  }

  private static boolean isLoopback(String address) {
    try {
      return InetAddress.getByName(address).isLoopbackAddress();
    } catch (UnknownHostException unknown) {
      return false;
    }
  }
}
