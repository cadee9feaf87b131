package dev.rootbound.app;

import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.function.Function;

/** The part of Docker's {@code HostConfig} that is neither storage nor network. */
final class HostOptions {
    private final Arguments arguments;

    HostOptions(Arguments arguments) {
        this.arguments = arguments;
    }

    Json.Members json() {
        var host = new Json.Members();
        life(host);
        isolation(host);
        resources(host);
        devices(host);
        return host;
    }

    /** What an update changes: only what was given. */
    Json.Members changes() {
        var changes = new Json.Members();
        resources(changes);
        if (arguments.has("restart")) changes.with("RestartPolicy", restartPolicy());
        return changes;
    }

    private void life(Json.Members host) {
        host.with("ContainerIDFile", arguments.text("cidfile"))
                .with("AutoRemove", arguments.is("rm"))
                .with("RestartPolicy", restartPolicy())
                .with("Annotations", pairs("annotation"))
                .with("StorageOpt", pairs("storage-opt"));
        var log = new Json.Members();
        log.with("Type", arguments.text("log-driver")).with("Config", pairs("log-opt"));
        if (arguments.text("log-driver").equals("none") && arguments.has("log-opt"))
            throw new CliException(ExitCodes.ENGINE, "invalid logging opts for driver none");
        if (!log.map().isEmpty()) host.with("LogConfig", log);
        if (arguments.has("init")) host.with("Init", new Json.Bool(arguments.is("init")));
    }

    private Json restartPolicy() {
        String text = arguments.text("restart");
        int colon = text.indexOf(':');
        String name = colon < 0 ? text : text.substring(0, colon);
        if (arguments.is("rm") && !name.isEmpty() && !name.equals("no"))
            throw new CliException(
                    ExitCodes.ENGINE,
                    "conflicting options: cannot specify both --restart and --rm");
        long count = 0;
        try {
            if (colon >= 0) count = Long.parseLong(text.substring(colon + 1));
        } catch (NumberFormatException e) {
            throw new CliException(
                    ExitCodes.ENGINE,
                    "invalid restart policy format: maximum retry count must be an integer");
        }
        return new Json.Members()
                .with("Name", name.isEmpty() ? "no" : name)
                .with("MaximumRetryCount", count);
    }

    private void isolation(Json.Members host) {
        host.with("CapAdd", arguments.all("cap-add"))
                .with("CapDrop", arguments.all("cap-drop"))
                .with("GroupAdd", arguments.all("group-add"))
                .with("CgroupnsMode", arguments.text("cgroupns"))
                .with("IpcMode", arguments.text("ipc"))
                .with("PidMode", arguments.text("pid"))
                .with("UTSMode", arguments.text("uts"))
                .with("UsernsMode", arguments.text("userns"))
                .with("Privileged", arguments.is("privileged"))
                .with("ReadonlyRootfs", arguments.is("read-only"))
                .with("Runtime", arguments.text("runtime"))
                .with("CgroupParent", arguments.text("cgroup-parent"))
                .with("Sysctls", pairs("sysctl"));
        new SecurityOptions(arguments.all("security-opt")).addTo(host);
    }

    private void resources(Json.Members host) {
        host.with("ShmSize", arguments.bytes("shm-size"))
                .with("Memory", arguments.bytes("memory"))
                .with("MemoryReservation", arguments.bytes("memory-reservation"))
                .with("MemorySwap", arguments.bytes("memory-swap"))
                .with("NanoCpus", nanoCpus())
                .with("CpuShares", arguments.number("cpu-shares"))
                .with("CpuPeriod", arguments.number("cpu-period"))
                .with("CpuQuota", arguments.number("cpu-quota"))
                .with("CpuRealtimePeriod", arguments.number("cpu-rt-period"))
                .with("CpuRealtimeRuntime", arguments.number("cpu-rt-runtime"))
                .with("CpusetCpus", arguments.text("cpuset-cpus"))
                .with("CpusetMems", arguments.text("cpuset-mems"))
                .with("PidsLimit", arguments.number("pids-limit"))
                .with("BlkioWeight", arguments.number("blkio-weight"))
                .with("OomScoreAdj", arguments.number("oom-score-adj"))
                .with("OomKillDisable", arguments.is("oom-kill-disable"));
        if (arguments.has("memory-swappiness"))
            host.with(
                    "MemorySwappiness",
                    new Json.Numeral("" + arguments.number("memory-swappiness")));
        list(host, "Ulimits", "ulimit", value -> Ulimits.json(value));
    }

    private long nanoCpus() {
        String text = arguments.last("cpus");
        if (text == null) return 0;
        try {
            return new BigDecimal(text).movePointRight(9).longValueExact();
        } catch (NumberFormatException e) {
            throw arguments.invalid("cpus", text, "failed to parse " + text + " as a number");
        } catch (ArithmeticException e) {
            throw arguments.invalid("cpus", text, "value is too precise");
        }
    }

    private void devices(Json.Members host) {
        host.with("DeviceCgroupRules", arguments.all("device-cgroup-rule"));
        list(host, "Devices", "device", Devices::device);
        list(host, "DeviceRequests", "gpus", Devices::gpus);
        list(host, "BlkioWeightDevice", "blkio-weight-device", Devices::weight);
        list(host, "BlkioDeviceReadBps", "device-read-bps", Devices::bytesRate);
        list(host, "BlkioDeviceWriteBps", "device-write-bps", Devices::bytesRate);
        list(host, "BlkioDeviceReadIOps", "device-read-iops", Devices::rate);
        list(host, "BlkioDeviceWriteIOps", "device-write-iops", Devices::rate);
    }

    private void list(Json.Members host, String field, String flag, Function<String, Json> parse) {
        List<String> values = arguments.all(flag);
        if (values.isEmpty()) return;
        var items = new ArrayList<Json>();
        for (String value : values) {
            try {
                items.add(parse.apply(value));
            } catch (IllegalArgumentException e) {
                throw arguments.invalid(flag, value, String.valueOf(e.getMessage()));
            }
        }
        host.with(field, new Json.Array(items));
    }

    private Map<String, String> pairs(String flag) {
        var pairs = new LinkedHashMap<String, String>();
        for (String pair : arguments.all(flag)) KeyValueFile.put(pairs, pair);
        return pairs;
    }
}
