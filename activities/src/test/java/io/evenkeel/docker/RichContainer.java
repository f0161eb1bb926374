package io.evenkeel.docker;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * One thing that a container can have.
 *
 * @param starts whether a stand-in with it can be started on any host
 * @param refusal in which words an engine that cannot have it refuses to make it; empty: each can
 * @param request in the engine's own JSON; MARK stands for the test's own mark
 */
record RichContainer(String what, boolean starts, String refusal, String request) {
  /** Has one of everything that an image can have. */
  static final String IMAGE = "evenkeel/test-rich";

  static final String DOCKERFILE =
      """
      FROM scratch
      COPY busybox /bin/busybox
      ENV OF_THE_IMAGE=1
      EXPOSE 6878
      LABEL of.the.image=1
      VOLUME /state
      WORKDIR /work
      STOPSIGNAL SIGINT
      HEALTHCHECK --interval=1h CMD ["/bin/busybox", "true"]
      ENTRYPOINT ["/bin/busybox", "sleep"]
      CMD ["1000"]
      """;

  static Stream<RichContainer> all() {
    return Stream.of(process(), files(), devicesAndRights(), limits(), namespaces())
        .flatMap(some -> some);
  }

  private static Stream<RichContainer> process() {
    return Stream.of(
        started("nothing of its own", "{}"),
        started(
            "environment and labels, compose's too",
            """
            {"Env": ["SECRET=s3cr3t", "CONF=--http-port=6878\\n--bind-all", "EMPTY=", "OF_THE_IMAGE=2"],
             "Labels": {"com.docker.compose.project": "p", "com.docker.compose.service": "torrents",
               "com.docker.compose.container-number": "1", "com.docker.compose.config-hash": "0a1b",
               "com.docker.compose.oneoff": "False", "com.docker.compose.version": "2.30.3",
               "com.docker.compose.depends_on": "vpn:service_healthy:true",
               "com.docker.compose.image": "sha256:0a1b", "odd": "two\\nlines \\"quoted\\""}}
            """),
        started(
            "process and terminal",
            """
            {"Cmd": ["999"], "WorkingDir": "/tmp", "User": "65534:65534", "Tty": true, "OpenStdin": true,
             "AttachStdout": true, "StopSignal": "SIGKILL", "StopTimeout": 3}
            """),
        started(
            "an entrypoint of its own",
            """
            {"Entrypoint": ["/bin/busybox", "sleep", "998"]}
            """),
        started(
            "no entrypoint, unlike its image",
            """
            {"Entrypoint": [""], "Cmd": ["/bin/busybox", "sleep", "997"]}
            """),
        started(
            "no health check, unlike its image",
            """
            {"Healthcheck": {"Test": ["NONE"]}}
            """),
        started(
            "a health check of its own",
            """
            {"Healthcheck": {"Test": ["CMD", "/bin/busybox", "false"], "Interval": 3600000000000,
               "Timeout": 2000000000, "StartPeriod": 5000000000, "Retries": 7}}
            """),
        started(
            "a log of its own",
            """
            {"HostConfig": {"LogConfig": {"Type": "json-file",
               "Config": {"max-size": "1m", "max-file": "2", "labels": "a,b"}}}}
            """),
        started(
            "no log",
            """
            {"HostConfig": {"LogConfig": {"Type": "none", "Config": {}}}}
            """),
        started(
            "restarted on failure",
            """
            {"HostConfig": {"RestartPolicy": {"Name": "on-failure", "MaximumRetryCount": 3}}}
            """),
        started(
            "restarted always",
            """
            {"HostConfig": {"RestartPolicy": {"Name": "always", "MaximumRetryCount": 0}}}
            """),
        started(
            "restarted unless it was stopped",
            """
            {"HostConfig": {"RestartPolicy": {"Name": "unless-stopped", "MaximumRetryCount": 0}}}
            """),
        started(
            "an end of its own",
            """
            {"StopSignal": "SIGQUIT", "StopTimeout": 120}
            """),
        started(
            "a health check with a start of its own",
            """
            {"Healthcheck": {"Test": ["CMD-SHELL", "exit 1"], "Interval": 3600000000000,
               "StartPeriod": 3600000000000, "StartInterval": 1800000000000}}
            """),
        started(
            "an input that is read once, a file for its id",
            """
            {"OpenStdin": true, "StdinOnce": true, "AttachStdin": true,
             "HostConfig": {"ContainerIDFile": "/nowhere/id"}}
            """),
        started(
            "removed at its end",
            """
            {"HostConfig": {"AutoRemove": true}}
            """),
        started(
            "annotations",
            """
            {"HostConfig": {"Annotations": {"org.example/a": "b", "c": ""}}}
            """));
  }

  private static Stream<RichContainer> files() {
    return Stream.of(
        started(
            "binds with modes, named volumes",
            """
            {"HostConfig": {"Binds": ["MARK-a:/named", "MARK-b:/read:ro,nocopy", "/usr:/host/:rw",
               "/usr:/private:ro,rprivate"], "VolumeDriver": "local"}}
            """),
        created(
            "binds that propagate",
            """
            {"HostConfig": {"Binds": ["/usr:/slave:ro,rslave", "/usr:/shared:rshared"]}}
            """),
        started(
            "mounts of each type",
            """
            {"HostConfig": {"Mounts": [
               {"Type": "volume", "Source": "MARK-c", "Target": "/volume", "ReadOnly": true,
                "VolumeOptions": {"NoCopy": true, "Labels": {"a": "b"},
                  "DriverConfig": {"Name": "local", "Options": {"type": "tmpfs", "device": "tmpfs"}}}},
               {"Type": "bind", "Source": "/usr", "Target": "/bind/", "ReadOnly": true,
                "BindOptions": {"Propagation": "rprivate", "NonRecursive": true}},
               {"Type": "tmpfs", "Target": "/tmpfs", "TmpfsOptions": {"SizeBytes": 1048576, "Mode": 448}}]}}
            """),
        created(
            "a mount that propagates",
            """
            {"HostConfig": {"Mounts": [{"Type": "bind", "Source": "/usr", "Target": "/slave",
               "BindOptions": {"Propagation": "rslave"}}]}}
            """),
        started(
            "a bind with what newer engines know",
            """
            {"HostConfig": {"Mounts": [{"Type": "bind", "Source": "/usr", "Target": "/bind",
               "ReadOnly": true, "BindOptions": {"ReadOnlyNonRecursive": true, "CreateMountpoint": true}},
               {"Type": "tmpfs", "Target": "/tmpfs", "TmpfsOptions": {"Options": [["exec"]]}}]}}
            """),
        started(
            "a volume of options in a bind, without what the image has there",
            """
            {"HostConfig": {"Binds": ["MARK-e:/bin/of:nocopy,ro"], "Mounts": [
               {"Type": "volume", "Source": "MARK-f", "Target": "/state", "VolumeOptions": {
                "NoCopy": true, "DriverConfig": {"Name": "local", "Options":
                  {"type": "tmpfs", "device": "tmpfs", "o": "size=1m,uid=7"}}}}]}}
            """),
        refusedByOlderEngines(
            "the files of an image",
            "mount type unknown",
            """
            {"HostConfig": {"Mounts": [{"Type": "image", "Source": "evenkeel/test-rich", "Target": "/image"}]}}
            """),
        started(
            "tmpfs with options",
            """
            {"HostConfig": {"Tmpfs": {"/scratch": "size=1m,mode=1770,noexec", "/plain": ""}}}
            """));
  }

  private static Stream<RichContainer> devicesAndRights() {
    return Stream.of(
        created(
            "devices",
            """
            {"HostConfig": {"Devices": [
               {"PathOnHost": "/dev/null", "PathInContainer": "/dev/nothing", "CgroupPermissions": "rw"}],
             "DeviceCgroupRules": ["c 1:5 r"]}}
            """),
        created(
            "a request for GPUs",
            """
            {"HostConfig": {"DeviceRequests": [{"Driver": "", "Count": -1, "DeviceIDs": null,
               "Capabilities": [["gpu", "compute"]], "Options": {"a": "b"}}]}}
            """),
        created(
            "capabilities, groups, security options",
            """
            {"HostConfig": {"CapAdd": ["NET_ADMIN", "SYS_TIME"], "CapDrop": ["MKNOD"],
             "GroupAdd": ["1001", "1002"], "ReadonlyRootfs": true,
             "SecurityOpt": ["no-new-privileges", "seccomp=unconfined"]}}
            """),
        started(
            "groups, and files that only volumes change",
            """
            {"User": "7:8", "HostConfig": {"GroupAdd": ["1001", "1002"], "ReadonlyRootfs": true}}
            """),
        created(
            "all privileges",
            """
            {"HostConfig": {"Privileged": true}}
            """),
        created(
            "paths that are masked",
            """
            {"HostConfig": {"MaskedPaths": ["/proc/kcore"], "ReadonlyPaths": ["/proc/bus"]}}
            """),
        created(
            "nothing masked",
            """
            {"HostConfig": {"MaskedPaths": [], "ReadonlyPaths": []}}
            """));
  }

  private static Stream<RichContainer> limits() {
    return Stream.of(
        created(
            "memory and cpu",
            """
            {"HostConfig": {"Memory": 67108864, "MemoryReservation": 33554432, "MemorySwap": 134217728,
             "NanoCpus": 500000000, "CpuShares": 512, "CpusetCpus": "0", "PidsLimit": 100,
             "OomScoreAdj": 100, "OomKillDisable": false, "ShmSize": 33554432, "BlkioWeight": 300,
             "CgroupParent": "/evenkeel-test"}}
            """),
        created(
            "cpu by quota",
            """
            {"HostConfig": {"CpuPeriod": 50000, "CpuQuota": 25000, "MemorySwappiness": 10,
             "OomKillDisable": true, "Memory": 67108864, "MemorySwap": -1}}
            """),
        created(
            "reads and writes of a device",
            """
            {"HostConfig": {"BlkioWeight": 400, "BlkioWeightDevice": [{"Path": "DEVICE", "Weight": 200}],
             "BlkioDeviceReadBps": [{"Path": "DEVICE", "Rate": 1048576}],
             "BlkioDeviceWriteBps": [{"Path": "DEVICE", "Rate": 2097152}],
             "BlkioDeviceReadIOps": [{"Path": "DEVICE", "Rate": 1000}],
             "BlkioDeviceWriteIOps": [{"Path": "DEVICE", "Rate": 2000}]}}
            """
                .replace("DEVICE", blockDevice())),
        created(
            "a limit of processes, a place among those that go when memory ends",
            """
            {"HostConfig": {"PidsLimit": 50, "OomScoreAdj": 500, "ShmSize": 1048576}}
            """),
        created(
            "no limit of processes",
            """
            {"HostConfig": {"PidsLimit": -1}}
            """),
        created(
            "a parent of its control group",
            """
            {"HostConfig": {"CgroupParent": "/evenkeel-test/below", "CgroupnsMode": "host"}}
            """),
        refusedByTheStorage(
            "a disk of a size",
            "storage-opt is supported only for",
            """
            {"HostConfig": {"StorageOpt": {"size": "1G"}}}
            """),
        created(
            "ulimits",
            """
            {"HostConfig": {"Ulimits": [{"Name": "nofile", "Soft": 512, "Hard": 1024},
               {"Name": "core", "Soft": 0, "Hard": 0}]}}
            """),
        created(
            "sysctls",
            """
            {"HostConfig": {"Sysctls": {"net.ipv4.ip_unprivileged_port_start": "0",
               "kernel.shm_rmid_forced": "1"}}}
            """));
  }

  private static Stream<RichContainer> namespaces() {
    return Stream.of(
        created(
            "an init, the host's processes, a runtime",
            """
            {"HostConfig": {"Init": true, "PidMode": "host", "IpcMode": "shareable", "Runtime": "runc"}}
            """),
        created(
            "namespaces of its own",
            """
            {"HostConfig": {"CgroupnsMode": "private", "IpcMode": "none", "UsernsMode": "host"}}
            """),
        created(
            "the host's names and memory",
            """
            {"HostConfig": {"UTSMode": "host", "IpcMode": "host", "CgroupnsMode": "host"}}
            """),
        started(
            "a memory of its own",
            """
            {"HostConfig": {"IpcMode": "private"}}
            """),
        created(
            "a runtime by its whole name",
            """
            {"HostConfig": {"Runtime": "io.containerd.runc.v2"}}
            """),
        started(
            "how names are looked up",
            """
            {"HostConfig": {"DnsSearch": ["example.org"], "DnsOptions": ["ndots:1"]}}
            """));
  }

  /** Any one of this host; empty where there is none. */
  private static String blockDevice() {
    try (Stream<Path> blocks = Files.list(Path.of("/sys/block"))) {
      return blocks
          .map(block -> "/dev/" + block.getFileName())
          .sorted()
          .filter(device -> Files.exists(Path.of(device)))
          .findFirst()
          .orElse("");
    } catch (IOException unreadable) {
      throw new UncheckedIOException(unreadable);
    }
  }

  private static RichContainer started(String what, String request) {
    return new RichContainer(what, true, "", request);
  }

  private static RichContainer created(String what, String request) {
    return new RichContainer(what, false, "", request);
  }

  private static RichContainer refusedByOlderEngines(String what, String words, String request) {
    return new RichContainer(what, true, words, request);
  }

  private static RichContainer refusedByTheStorage(String what, String words, String request) {
    return new RichContainer(what, false, words, request);
  }

  @Override
  public String toString() {
    return what;
  }
}
