package dev.rootbound.docker;

import java.util.Map;
import java.util.Set;

/**
 * What Docker's request can ask for and this engine does not give: refused by name, so that nobody
 * believes to have got it.
 */
final class Unhonoured {
    private static final String VOLUMES = "bind mounts and volumes are not built yet";
    private static final String NETWORKS =
            "networks are not built yet: every container has loopback only";
    private static final String DEVICES = "devices are not built yet";
    private static final String IO = "per-device I/O limits are not built yet";
    private static final String WINDOWS = "only Windows containers have it";
    private static final String KERNEL = "this kernel interface is gone or obsolete";

    private static final Map<String, String> HOST =
            Map.ofEntries(
                    Map.entry("Binds", VOLUMES),
                    Map.entry("VolumesFrom", VOLUMES),
                    Map.entry("VolumeDriver", VOLUMES),
                    Map.entry("PortBindings", NETWORKS),
                    Map.entry("PublishAllPorts", NETWORKS),
                    Map.entry("Links", NETWORKS),
                    Map.entry("Dns", NETWORKS),
                    Map.entry("DnsOptions", NETWORKS),
                    Map.entry("DnsSearch", NETWORKS),
                    Map.entry("ExtraHosts", NETWORKS),
                    Map.entry("Devices", DEVICES),
                    Map.entry("DeviceRequests", DEVICES),
                    Map.entry("DeviceCgroupRules", DEVICES),
                    Map.entry("BlkioWeightDevice", IO),
                    Map.entry("BlkioDeviceReadBps", IO),
                    Map.entry("BlkioDeviceWriteBps", IO),
                    Map.entry("BlkioDeviceReadIOps", IO),
                    Map.entry("BlkioDeviceWriteIOps", IO),
                    Map.entry("CgroupParent", "the engine chooses the cgroup"),
                    Map.entry("Cgroup", "joining another container's cgroup is not built yet"),
                    Map.entry("StorageOpt", "quotas of the root file system are not built yet"),
                    Map.entry("CpuRealtimePeriod", KERNEL),
                    Map.entry("CpuRealtimeRuntime", KERNEL),
                    Map.entry("KernelMemory", KERNEL),
                    Map.entry("KernelMemoryTCP", KERNEL),
                    Map.entry("CpuCount", WINDOWS),
                    Map.entry("CpuPercent", WINDOWS),
                    Map.entry("IOMaximumIOps", WINDOWS),
                    Map.entry("IOMaximumBandwidth", WINDOWS));

    private static final Set<String> OWN_NETWORK = Set.of("", "default", "bridge", "none");

    private Unhonoured() {}

    static void check(Fields config, Fields host) {
        HOST.forEach((name, reason) -> {
            if (host.isSet(name)) {
                throw refuse(host.path(name), reason);
            }
        });
        modes(host);
        config(config);
        networks(config.object("NetworkingConfig").object("EndpointsConfig"));
    }

    private static void modes(Fields host) {
        var restart = host.object("RestartPolicy").text("Name");
        if (!restart.isEmpty() && !restart.equals("no")) {
            throw refuse("HostConfig.RestartPolicy", "restarting is not built yet");
        }
        var network = host.text("NetworkMode");
        if (!OWN_NETWORK.contains(network)) {
            throw refuse("HostConfig.NetworkMode", network + ": " + NETWORKS);
        }
        var isolation = host.text("Isolation");
        if (!isolation.isEmpty() && !isolation.equals("default")) {
            throw refuse("HostConfig.Isolation", isolation + ": " + WINDOWS);
        }
        // the docker CLI sends -1 for "not given"
        if (host.number("MemorySwappiness", -1, 100) > 0) {
            throw refuse("HostConfig.MemorySwappiness", "not built yet");
        }
    }

    private static void config(Fields config) {
        var volumes = config.get("Volumes");
        if (volumes != null && !volumes.isEmpty()) {
            throw refuse("Volumes", VOLUMES);
        }
        var check = config.object("Healthcheck").texts("Test");
        if (!check.isEmpty() && !check.getFirst().equals("NONE")) {
            throw refuse("Healthcheck", "health checks are not built yet");
        }
        if (config.isSet("MacAddress")) {
            throw refuse("MacAddress", NETWORKS);
        }
    }

    private static void networks(Fields endpoints) {
        for (var name : endpoints.names()) {
            if (!OWN_NETWORK.contains(name) || endpoints.isSet(name)) {
                throw refuse(endpoints.path(name), NETWORKS);
            }
        }
    }

    private static ApiException refuse(String field, String reason) {
        return new ApiException(501, field + ": " + reason);
    }
}
