package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerSpec;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.Isolation;
import dev.rootbound.engine.Networks.Connections;
import dev.rootbound.idmap.IdMap;
import dev.rootbound.runtime.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A container as Docker's inspect shows it: what the request said, also the parts that nobody
 * understood, and over it what was decided.
 */
final class ContainerJson {
    /** Docker's HostConfig of a container for which nothing was asked. */
    private static final String HOST_CONFIG =
            """
            {"Binds":null,"ContainerIDFile":"","LogConfig":{"Type":"json-file","Config":{}},
            "NetworkMode":"default","PortBindings":{},
            "RestartPolicy":{"Name":"no","MaximumRetryCount":0},"AutoRemove":false,
            "VolumeDriver":"","VolumesFrom":null,"ConsoleSize":[0,0],"CapAdd":null,"CapDrop":null,
            "CgroupnsMode":"private","Dns":[],"DnsOptions":[],"DnsSearch":[],"ExtraHosts":null,
            "GroupAdd":null,"IpcMode":"private","Cgroup":"","Links":null,"OomScoreAdj":0,
            "PidMode":"","Privileged":false,"PublishAllPorts":false,"ReadonlyRootfs":false,
            "SecurityOpt":null,"UTSMode":"","UsernsMode":"","ShmSize":67108864,"Runtime":"",
            "Isolation":"","CpuShares":0,"Memory":0,"NanoCpus":0,"CgroupParent":"","BlkioWeight":0,
            "BlkioWeightDevice":[],"BlkioDeviceReadBps":[],"BlkioDeviceWriteBps":[],
            "BlkioDeviceReadIOps":[],"BlkioDeviceWriteIOps":[],"CpuPeriod":0,"CpuQuota":0,
            "CpuRealtimePeriod":0,"CpuRealtimeRuntime":0,"CpusetCpus":"","CpusetMems":"",
            "Devices":[],"DeviceCgroupRules":null,"DeviceRequests":null,"MemoryReservation":0,
            "MemorySwap":0,"MemorySwappiness":null,"OomKillDisable":false,"PidsLimit":null,
            "Ulimits":[],"CpuCount":0,"CpuPercent":0,"IOMaximumIOps":0,"IOMaximumBandwidth":0,
            "MaskedPaths":null,"ReadonlyPaths":null}
            """;

    private ContainerJson() {}

    /**
     * @param origin the request as it came
     */
    static ObjectNode of(Container container, Connections connections, String origin) {
        var asked = Json.objectOrEmpty(origin);
        var json = Json.object().put("Id", container.id());
        json.put("Created", container.created().toString());
        json.put("Path", container.path());
        json.set("Args", Json.array(container.args()));
        var state = state(container.state());
        if (container.health() != null) {
            state.set("Health", AskedHealth.json(container.health()));
        }
        json.set("State", state);
        json.put("Image", container.imageId().toString());
        boolean logs = container.spec().logDriver() == ContainerSpec.LogDriver.JSON_FILE;
        json.put("LogPath", logs ? container.logFile().toString() : "");
        json.put("Name", "/" + container.name());
        json.put("RestartCount", container.restarts());
        json.put("Driver", "overlay").put("Platform", "linux");
        json.put("MountLabel", "").put("ProcessLabel", "").put("AppArmorProfile", "");
        json.set("ExecIDs", container.execIds().isEmpty() ? null : Json.array(container.execIds()));
        json.set("HostConfig", hostConfig(container, asked.get("HostConfig")));
        var driver = json.putObject("GraphDriver").put("Name", "overlay").putObject("Data");
        if (container.rootfs() != null) {
            driver.put("MergedDir", container.rootfs().toString());
        }
        json.set("Mounts", MountJson.of(container));
        json.set("Config", config(container, asked));
        json.set("NetworkSettings", ConnectionsJson.of(container, connections));
        json.set("Rootbound", ours(container));
        return json;
    }

    private static ObjectNode state(ContainerState state) {
        var json = Json.object().put("Status", StateText.status(state));
        boolean paused = state instanceof ContainerState.Running r && r.paused();
        json.put("Running", StateText.isUp(state)).put("Paused", paused);
        json.put("Restarting", state instanceof ContainerState.Restarting);
        json.put("OOMKilled", isOomKilled(state));
        json.put("Dead", state instanceof ContainerState.Dead);
        return switch (state) {
            case ContainerState.Created _ -> ended(json, 0, "", null, null);
            case ContainerState.Running r ->
                    ended(json, 0, "", r.since(), null).put("Pid", r.pid());
            case ContainerState.Exited e when !e.ran() ->
                    ended(json, e.code(), error(e), null, null);
            case ContainerState.Exited e -> ended(json, e.code(), error(e), e.startedAt(), e.at());
            case ContainerState.Restarting r ->
                    ended(
                            json,
                            r.last().code(),
                            error(r.last()),
                            r.last().startedAt(),
                            r.last().at());
            case ContainerState.Dead d ->
                    ended(json, ContainerState.Dead.CODE, d.reason(), null, null);
        };
    }

    private static boolean isOomKilled(ContainerState state) {
        return switch (state) {
            case ContainerState.Exited exited -> exited.oomKilled();
            case ContainerState.Restarting waiting -> waiting.last().oomKilled();
            case ContainerState.Created _, ContainerState.Running _, ContainerState.Dead _ -> false;
        };
    }

    private static String error(ContainerState.Exited exited) {
        return Objects.requireNonNullElse(exited.error(), "");
    }

    private static ObjectNode ended(
            ObjectNode json,
            int code,
            @Nullable String error,
            @Nullable Instant started,
            @Nullable Instant finished) {
        json.put("Pid", 0).put("ExitCode", code).put("Error", error);
        json.put("StartedAt", started == null ? Timestamps.NEVER : started.toString());
        return json.put("FinishedAt", finished == null ? Timestamps.NEVER : finished.toString());
    }

    private static String logDriver(ContainerSpec.LogDriver driver) {
        return switch (driver) {
            case JSON_FILE -> "json-file";
            case LOCAL -> "local";
            case NONE -> "none";
        };
    }

    private static ObjectNode hostConfig(Container container, @Nullable JsonNode asked) {
        var json = Json.objectOrEmpty(HOST_CONFIG);
        var spec = container.spec();
        overlay(json, asked);
        limits(json, spec.resources());
        json.put("ShmSize", spec.shmSize());
        json.put("AutoRemove", spec.autoRemove());
        json.set("RestartPolicy", AskedRestart.json(spec.restart()));
        json.withObject("LogConfig").put("Type", logDriver(spec.logDriver()));
        joined(json, spec.isolation());
        if (json.path("IpcMode").stringValue("").isEmpty()) {
            json.put("IpcMode", "private");
        }
        if (json.path("CgroupnsMode").stringValue("").isEmpty()) {
            json.put("CgroupnsMode", "private");
        }
        return json;
    }

    /** Named as they are found at each start: by id. */
    private static void joined(ObjectNode json, Isolation isolation) {
        var modes =
                Map.of(
                        "UsernsMode", isolation.usernsMode(),
                        "NetworkMode", isolation.networkMode(),
                        "IpcMode", isolation.ipcMode(),
                        "PidMode", isolation.pidMode());
        modes.forEach((name, mode) -> {
            if (mode.startsWith("container:")) json.put(name, mode);
        });
    }

    /** As they are now: an update changes them after the request. */
    private static void limits(ObjectNode json, Resources limits) {
        json.put("Memory", limits.memory());
        json.put("MemoryReservation", limits.memoryReservation());
        json.put("MemorySwap", limits.memorySwap());
        json.put("MemorySwappiness", limits.memorySwappiness());
        json.put("OomKillDisable", limits.oomKillDisable());
        json.put("NanoCpus", limits.nanoCpus()).put("CpuShares", limits.cpuShares());
        json.put("CpuPeriod", limits.cpuPeriod()).put("CpuQuota", limits.cpuQuota());
        json.put("CpusetCpus", limits.cpusetCpus()).put("CpusetMems", limits.cpusetMems());
        json.put("BlkioWeight", limits.blkioWeight());
        if (limits.pidsLimit() != 0) {
            json.put("PidsLimit", limits.pidsLimit());
        }
    }

    /** What was asked; null keeps the default. */
    private static void overlay(ObjectNode json, @Nullable JsonNode asked) {
        if (asked != null && asked.isObject()) {
            asked.properties().stream()
                    .filter(entry -> !entry.getValue().isNull())
                    .forEach(entry -> json.set(entry.getKey(), entry.getValue()));
        }
    }

    private static ObjectNode config(Container container, ObjectNode asked) {
        var spec = container.spec();
        var json = Json.object();
        json.put("Hostname", spec.hostname()).put("Domainname", spec.domainname());
        json.put("User", spec.user());
        json.put("AttachStdin", false).put("AttachStdout", false).put("AttachStderr", false);
        asked.remove(List.of("HostConfig", "NetworkingConfig"));
        overlay(json, asked);
        json.put("Hostname", spec.hostname()).put("Domainname", spec.domainname());
        json.put("User", spec.user());
        json.put("Tty", spec.terminal()).put("OpenStdin", spec.stdin());
        json.put("StdinOnce", spec.stdinOnce());
        json.set("Env", Json.array(spec.env()));
        json.set("Cmd", texts(spec.cmd()));
        json.put("Image", spec.image());
        if (!json.has("Volumes")) {
            json.putNull("Volumes");
        }
        json.put("WorkingDir", spec.workingDir());
        json.set("Entrypoint", texts(spec.entrypoint()));
        json.putNull("OnBuild");
        json.set("Labels", Json.object(spec.labels()));
        if (spec.stopSignal() != null) {
            json.put("StopSignal", spec.stopSignal());
        }
        if (spec.health() != null) {
            json.set("Healthcheck", AskedHealth.json(spec.health()));
        }
        return json;
    }

    private static @Nullable JsonNode texts(@Nullable List<String> texts) {
        return texts == null || texts.isEmpty() ? null : Json.array(texts);
    }

    /** What Docker has no word for: whose it is, and as which host ids it runs. */
    private static ObjectNode ours(Container container) {
        var json = Json.object().put("Tenant", container.tenant().uid());
        if (container.state() instanceof ContainerState.Running running) {
            json.put("Lease", running.lease().name().toLowerCase(Locale.ROOT));
        }
        var ids = container.ids();
        json.set("UidMappings", ids == null ? Json.array(List.of()) : mappings(ids.uids()));
        json.set("GidMappings", ids == null ? Json.array(List.of()) : mappings(ids.gids()));
        return json;
    }

    private static ArrayNode mappings(IdMap map) {
        var maps = JsonNodeFactory.instance.arrayNode();
        for (var entry : map.entries()) {
            maps.addObject()
                    .put("ContainerID", entry.inside())
                    .put("HostID", entry.outside().first())
                    .put("Size", entry.outside().size());
        }
        return maps;
    }
}
