package io.evenkeel.worker;

import com.google.protobuf.util.Durations;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.temporal.api.enums.v1.IndexedValueType;
import io.temporal.api.namespace.v1.NamespaceConfig;
import io.temporal.api.operatorservice.v1.AddSearchAttributesRequest;
import io.temporal.api.operatorservice.v1.ListSearchAttributesRequest;
import io.temporal.api.workflowservice.v1.DescribeNamespaceRequest;
import io.temporal.api.workflowservice.v1.UpdateNamespaceRequest;
import io.temporal.serviceclient.OperatorServiceStubs;
import io.temporal.serviceclient.OperatorServiceStubsOptions;
import io.temporal.serviceclient.WorkflowServiceStubs;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Prepares Temporal's namespace as far as it is allowed to; what it may not is said once. */
final class NamespaceSetup {
  private static final Logger log = LoggerFactory.getLogger(NamespaceSetup.class);
  private static final List<String> ATTRIBUTES =
      List.of("EvenkeelFleet", "EvenkeelVpn", "EvenkeelPhase");

  private final WorkflowServiceStubs stubs;
  private final String namespace;

  NamespaceSetup(WorkflowServiceStubs stubs, String namespace) {
    this.stubs = stubs;
    this.namespace = namespace;
  }

  /**
   * Registers the search attributes.
   *
   * @return whether they can be used: an unregistered one blocks a workflow for ever
   */
  boolean searchAttributes() {
    OperatorServiceStubs operator =
        OperatorServiceStubs.newServiceStubs(
            OperatorServiceStubsOptions.newBuilder()
                .setChannel(stubs.getRawChannel())
                .validateAndBuildWithDefaults());
    try {
      Map<String, IndexedValueType> there =
          operator
              .blockingStub()
              .listSearchAttributes(
                  ListSearchAttributesRequest.newBuilder().setNamespace(namespace).build())
              .getCustomAttributesMap();
      Map<String, IndexedValueType> missing = new TreeMap<>();
      ATTRIBUTES.stream()
          .filter(name -> !there.containsKey(name))
          .forEach(name -> missing.put(name, IndexedValueType.INDEXED_VALUE_TYPE_KEYWORD));
      if (!missing.isEmpty()) {
        var _ =
            operator
                .blockingStub()
                .addSearchAttributes(
                    AddSearchAttributesRequest.newBuilder()
                        .setNamespace(namespace)
                        .putAllSearchAttributes(missing)
                        .build());
      }
      return true;
    } catch (StatusRuntimeException refused) {
      if (refused.getStatus().getCode() == Status.Code.ALREADY_EXISTS) {
        return true;
      }
      log.warn(
          "Temporal: the search attributes {} may not be registered ({}); going on without",
          ATTRIBUTES,
          refused.getStatus().getCode());
      return false;
    }
  }

  /** How long closed outages stay readable: made longer where it is shorter, never the reverse. */
  void retention(int days) {
    try {
      var now =
          stubs
              .blockingStub()
              .describeNamespace(
                  DescribeNamespaceRequest.newBuilder().setNamespace(namespace).build())
              .getConfig()
              .getWorkflowExecutionRetentionTtl();
      if (Durations.toDays(now) >= days) {
        return;
      }
      var _ =
          stubs
              .blockingStub()
              .updateNamespace(
                  UpdateNamespaceRequest.newBuilder()
                      .setNamespace(namespace)
                      .setConfig(
                          NamespaceConfig.newBuilder()
                              .setWorkflowExecutionRetentionTtl(Durations.fromDays(days)))
                      .build());
    } catch (StatusRuntimeException refused) {
      log.warn(
          "Temporal: the retention of {} days may not be set here ({}); the monitor carries the"
              + " last 50 outages",
          days,
          refused.getStatus().getCode());
    }
  }
}
