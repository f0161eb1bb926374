package io.evenkeel.worker;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.evenkeel.fleet.FleetView;
import io.evenkeel.workflow.EvenkeelData;
import io.grpc.StatusRuntimeException;
import io.temporal.client.WorkflowException;
import org.springframework.http.HttpStatus;
import org.springframework.http.MediaType;
import org.springframework.web.bind.annotation.GetMapping;
import org.springframework.web.bind.annotation.RestController;
import org.springframework.web.server.ResponseStatusException;

/** What consumers ask: the fleet, and the engines that can be used now. */
@RestController
class FleetController {
  private static final ObjectMapper JSON = EvenkeelData.mapper();

  private final FleetService fleet;

  FleetController(FleetService fleet) {
    this.fleet = fleet;
  }

  /** The whole fleet, in the shape of {@code status --json}. */
  @GetMapping(path = "/fleet", produces = MediaType.APPLICATION_JSON_VALUE)
  String fleet() throws JsonProcessingException {
    return JSON.writeValueAsString(view());
  }

  /** The reachable engines. */
  @GetMapping(path = "/engines", produces = MediaType.APPLICATION_JSON_VALUE)
  String engines() throws JsonProcessingException {
    return JSON.writeValueAsString(
        view().engines().stream().filter(FleetView.Engine::reachable).toList());
  }

  private FleetView view() {
    try {
      return fleet.view();
    } catch (IllegalStateException | StatusRuntimeException | WorkflowException away) {
      throw new ResponseStatusException(
          HttpStatus.SERVICE_UNAVAILABLE, "the fleet's monitor does not answer", away);
    }
  }
}
