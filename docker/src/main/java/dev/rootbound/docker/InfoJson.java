package dev.rootbound.docker;

import dev.rootbound.engine.EngineInfo;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import tools.jackson.databind.node.ObjectNode;

/** What the engine is, in Docker's words. */
final class InfoJson {
    private InfoJson() {}

    /**
     * The version of Docker that clients may take it for; Testcontainers refuses less than 1.6. Our
     * own is that of the component {@code Engine}, which the docker CLI shows.
     */
    static ObjectNode version(EngineInfo info) {
        var version = Json.object();
        version.putObject("Platform").put("Name", "Rootbound Engine");
        var components = version.putArray("Components");
        var java = "none (Java " + Runtime.version().feature() + ")";
        var details =
                Map.of(
                        "Experimental",
                        "false",
                        "GoVersion",
                        java,
                        "ApiVersion",
                        ApiVersion.MAX,
                        "MinAPIVersion",
                        ApiVersion.MIN,
                        "Arch",
                        architecture(info),
                        "Os",
                        "linux",
                        "KernelVersion",
                        info.kernel());
        components.add(component("Engine", info.version(), details));
        components.add(component(info.runtime(), info.runtimeVersion(), Map.of()));
        components.add(component("conmon", info.monitorVersion(), Map.of()));
        return version.put("Version", ApiVersion.RELEASE)
                .put("ApiVersion", ApiVersion.MAX)
                .put("MinAPIVersion", ApiVersion.MIN)
                .put("GitCommit", "")
                .put("GoVersion", java)
                .put("Os", "linux")
                .put("Arch", architecture(info))
                .put("KernelVersion", info.kernel())
                .put("BuildTime", "");
    }

    private static ObjectNode component(String name, String version, Map<String, String> details) {
        var component = Json.object().put("Name", name).put("Version", version);
        component.set("Details", Json.object(details));
        return component;
    }

    /** Go's word for it. */
    private static String architecture(EngineInfo info) {
        return switch (info.architecture()) {
            case "x86_64" -> "amd64";
            case "aarch64" -> "arm64";
            default -> info.architecture();
        };
    }

    static ObjectNode info(EngineInfo info) {
        var json = Json.object();
        json.put("ID", info.id())
                .put(
                        "Containers",
                        info.containersRunning()
                                + info.containersPaused()
                                + info.containersStopped())
                .put("ContainersRunning", info.containersRunning())
                .put("ContainersPaused", info.containersPaused())
                .put("ContainersStopped", info.containersStopped())
                .put("Images", info.images());
        storage(json, info);
        host(json, info);
        runtimes(json, info);
        json.set("SecurityOptions", Json.array(security(info)));
        json.set("Warnings", Json.array(info.notes()));
        return json;
    }

    private static void storage(ObjectNode json, EngineInfo info) {
        json.put("Driver", "overlay");
        var status = json.putArray("DriverStatus");
        status.addArray().add("Id-mapped").add("true");
        status.addArray().add("Pool of host ids").add(info.pool());
        status.addArray().add("Leases").add(Integer.toString(info.leases()));
        if (info.remap() != null) {
            status.addArray()
                    .add("Ids of all containers")
                    .add(info.remap().user() + ": " + info.remap().ids().outsideText());
        }
        json.put("DockerRootDir", info.root().toString());
        var plugins = json.putObject("Plugins");
        plugins.set("Volume", Json.array(List.of()));
        plugins.set("Network", Json.array(List.of("bridge", "host", "null")));
        plugins.putNull("Authorization");
        plugins.set("Log", Json.array(List.of("json-file", "none")));
        json.put("LoggingDriver", "json-file");
    }

    private static void host(ObjectNode json, EngineInfo info) {
        for (var ability : List.of("MemoryLimit", "SwapLimit", "CpuCfsPeriod", "CpuCfsQuota")) {
            json.put(ability, true);
        }
        json.put("CPUShares", true).put("CPUSet", true).put("PidsLimit", true);
        json.put("OomKillDisable", info.cgroupVersion() == 1);
        json.put("IPv4Forwarding", true);
        json.put("Debug", false).put("NFd", 0).put("NGoroutines", 0).put("NEventsListener", 0);
        json.put("SystemTime", Instant.now().toString());
        json.put("CgroupDriver", info.cgroupDriver())
                .put("CgroupVersion", Integer.toString(info.cgroupVersion()))
                .put("KernelVersion", info.kernel())
                .put("OperatingSystem", info.operatingSystem())
                .put("OSVersion", "")
                .put("OSType", "linux")
                .put("Architecture", info.architecture())
                .put("NCPU", info.cpus())
                .put("MemTotal", info.memory())
                .put("Name", info.hostname())
                .put("ServerVersion", info.version())
                .put("IndexServerAddress", "https://index.docker.io/v1/")
                .put("HttpProxy", "")
                .put("HttpsProxy", "")
                .put("NoProxy", "")
                .put("ExperimentalBuild", false)
                .put("LiveRestoreEnabled", true)
                .put("Isolation", "")
                .put("ProductLicense", "Apache-2.0");
        json.set("Labels", Json.array(List.of()));
        json.putNull("RegistryConfig").putNull("GenericResources");
        json.putNull("DefaultAddressPools").putNull("CDISpecDirs").putNull("Containerd");
    }

    private static void runtimes(ObjectNode json, EngineInfo info) {
        json.putObject("Runtimes").putObject(info.runtime()).put("path", info.runtime());
        json.put("DefaultRuntime", info.runtime());
        var swarm = json.putObject("Swarm");
        swarm.put("NodeID", "").put("NodeAddr", "").put("LocalNodeState", "inactive");
        swarm.put("ControlAvailable", false).put("Error", "").putNull("RemoteManagers");
        json.put("InitBinary", "");
        json.putObject("ContainerdCommit").put("ID", "");
        json.putObject("RuncCommit").put("ID", info.runtimeVersion());
        json.putObject("InitCommit").put("ID", "");
    }

    private static List<String> security(EngineInfo info) {
        var seccomp = "name=seccomp,profile=" + info.seccomp();
        var remap = info.remap();
        var userns = remap == null ? "name=userns" : "name=userns,remap=" + remap.user();
        return info.cgroupVersion() == 2
                ? List.of(seccomp, userns, "name=cgroupns")
                : List.of(seccomp, userns);
    }
}
