package dev.rootbound.docker;

import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Every field of Docker's request for a container (API 1.51), and what becomes of it. A field that
 * is in no table is nobody's: it is kept and shown by inspect, as Docker does.
 */
final class DockerFields {
    static final String MOUNTS = "bind, volume and tmpfs are what can be mounted";
    static final String LINK_LOCAL_ADDRESSES = "addresses beside a network's own cannot be had";
    private static final String ANSWERS = "it is the engine's answer, which clients send back";
    static final String WINDOWS = "only Windows containers have it";
    private static final String DEVICES =
            "there are no drivers of devices and no nodes that a container makes: name each with"
                    + " --device";
    private static final String IO = "per-device I/O limits are not built yet";
    private static final String KERNEL = "this kernel interface is gone or obsolete";
    private static final String METADATA = "it describes, nothing follows from it";
    private static final String CLIENTS = "the client does what it asks for";

    /** What becomes of a field. */
    sealed interface Use {}

    /** It is done, or the request is refused. */
    record Honoured() implements Use {}

    /** Nothing is done, and nobody is deceived, because of {@code reason}. */
    record Harmless(String reason) implements Use {}

    /** Refused if it asks for anything. */
    record Refused(String reason) implements Use {}

    /** Some of its values ask for what there is; the others are refused. */
    record Partly(String reason) implements Use {}

    static final Map<String, Use> CONFIG =
            new Table()
                    .honoured("Hostname", "Domainname", "User", "Tty", "OpenStdin", "StdinOnce")
                    .honoured("Env", "Cmd", "Image", "WorkingDir", "Entrypoint", "Labels")
                    .honoured("StopSignal", "StopTimeout", "Healthcheck", "Volumes")
                    .partly("endpoints: see their own table", "NetworkingConfig")
                    .honoured("ExposedPorts", "NetworkDisabled", "MacAddress")
                    .partly("see its own table", "HostConfig")
                    .harmless(CLIENTS, "AttachStdin", "AttachStdout", "AttachStderr")
                    .harmless(METADATA, "OnBuild", "Shell")
                    .harmless(WINDOWS, "ArgsEscaped")
                    .map();

    static final Map<String, Use> HOST =
            new Table()
                    .honoured(
                            "AutoRemove", "Init", "ReadonlyRootfs", "ShmSize", "Tmpfs", "GroupAdd")
                    .honoured("Privileged", "CapAdd", "CapDrop", "SecurityOpt", "Sysctls")
                    .honoured("MaskedPaths", "ReadonlyPaths", "Annotations", "Runtime", "LogConfig")
                    .honoured("UsernsMode", "IpcMode", "PidMode", "UTSMode", "CgroupnsMode")
                    .honoured(
                            "RestartPolicy",
                            "OomScoreAdj",
                            "OomKillDisable",
                            "PidsLimit",
                            "Ulimits")
                    .honoured("Memory", "MemoryReservation", "MemorySwap", "MemorySwappiness")
                    .honoured("NanoCpus", "CpuShares", "CpuPeriod", "CpuQuota")
                    .honoured("CpusetCpus", "CpusetMems", "BlkioWeight")
                    .honoured("NetworkMode", "PortBindings", "PublishAllPorts", "Links")
                    .honoured("Dns", "DnsOptions", "DnsSearch", "ExtraHosts")
                    .partly(WINDOWS, "Isolation")
                    .honoured("VolumesFrom", "Binds")
                    .partly(MOUNTS, "Mounts")
                    .partly("there is only the driver local", "VolumeDriver")
                    .honoured("Devices")
                    .refused(DEVICES, "DeviceRequests", "DeviceCgroupRules")
                    .refused(IO, "BlkioWeightDevice", "BlkioDeviceReadBps", "BlkioDeviceWriteBps")
                    .refused(IO, "BlkioDeviceReadIOps", "BlkioDeviceWriteIOps")
                    .refused("the engine chooses the cgroup", "CgroupParent")
                    .refused("joining another container's cgroup is not built yet", "Cgroup")
                    .refused("quotas of the root file system are not built yet", "StorageOpt")
                    .refused(KERNEL, "CpuRealtimePeriod", "CpuRealtimeRuntime")
                    .refused(KERNEL, "KernelMemory", "KernelMemoryTCP")
                    .refused(WINDOWS, "CpuCount", "CpuPercent")
                    .refused(WINDOWS, "IOMaximumIOps", "IOMaximumBandwidth")
                    .harmless(CLIENTS, "ContainerIDFile", "ConsoleSize")
                    .map();

    /** Of one network in NetworkingConfig.EndpointsConfig. */
    static final Map<String, Use> ENDPOINT =
            new Table()
                    .honoured("Links", "MacAddress", "Aliases", "GwPriority")
                    .partly(LINK_LOCAL_ADDRESSES, "IPAMConfig")
                    .refused("there are no options of one endpoint", "DriverOpts")
                    .harmless(ANSWERS, "NetworkID", "EndpointID", "Gateway", "IPAddress")
                    .harmless(ANSWERS, "IPPrefixLen", "IPv6Gateway", "GlobalIPv6Address")
                    .harmless(ANSWERS, "GlobalIPv6PrefixLen", "DNSNames")
                    .map();

    private DockerFields() {}

    private static final class Table {
        private final Map<String, Use> uses = new LinkedHashMap<>();

        Table honoured(String... names) {
            return with(new Honoured(), names);
        }

        Table harmless(String reason, String... names) {
            return with(new Harmless(reason), names);
        }

        Table refused(String reason, String... names) {
            return with(new Refused(reason), names);
        }

        Table partly(String reason, String... names) {
            return with(new Partly(reason), names);
        }

        private Table with(Use use, String... names) {
            for (var name : names) {
                uses.put(name, use);
            }
            return this;
        }

        Map<String, Use> map() {
            return java.util.Collections.unmodifiableMap(uses);
        }
    }
}
