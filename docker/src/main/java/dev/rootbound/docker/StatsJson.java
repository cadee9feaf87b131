package dev.rootbound.docker;

import dev.rootbound.engine.Container;
import dev.rootbound.engine.Usage;
import dev.rootbound.runtime.CgroupStats;
import dev.rootbound.runtime.NetworkCounters;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.node.ObjectNode;

/** What a container has used, as Docker's API 1.51 shows it. */
final class StatsJson {
    private StatsJson() {}

    /**
     * @param before the sample before, {@code null} if there is none
     * @param now {@code null}: it does not run
     */
    static ObjectNode of(
            Container container, Usage.@Nullable Sample before, Usage.@Nullable Sample now) {
        var json = Json.object().put("name", "/" + container.name()).put("id", container.id());
        json.put("read", time(now)).put("preread", time(before));
        json.set("pids_stats", pids(now));
        json.set("blkio_stats", blockIo(now));
        json.put("num_procs", 0).putObject("storage_stats"); // of Windows containers
        json.set("cpu_stats", cpu(now));
        json.set("precpu_stats", cpu(before));
        json.set("memory_stats", memory(now));
        if (now != null && !now.networks().isEmpty()) {
            json.set("networks", networks(now.networks()));
        }
        return json;
    }

    private static String time(Usage.@Nullable Sample sample) {
        return sample == null ? Timestamps.NEVER : sample.at().toString();
    }

    private static ObjectNode pids(Usage.@Nullable Sample sample) {
        var json = Json.object();
        if (sample != null) {
            var pids = sample.cgroup().pids();
            json.put("current", pids.current());
            if (pids.limit() != Long.MAX_VALUE) {
                json.put("limit", pids.limit());
            }
        }
        return json;
    }

    private static ObjectNode blockIo(Usage.@Nullable Sample sample) {
        var json = Json.object();
        put(json, "io_service_bytes_recursive", sample == null ? List.of() : io(sample, true));
        put(json, "io_serviced_recursive", sample == null ? List.of() : io(sample, false));
        for (var name :
                List.of(
                        "io_queue_recursive",
                        "io_service_time_recursive",
                        "io_wait_time_recursive",
                        "io_merged_recursive",
                        "io_time_recursive",
                        "sectors_recursive")) {
            json.putNull(name); // gone from the kernel with the scheduler that counted them
        }
        return json;
    }

    private static List<CgroupStats.BlockIo> io(Usage.Sample sample, boolean bytes) {
        return bytes ? sample.cgroup().ioBytes() : sample.cgroup().ioOperations();
    }

    private static void put(ObjectNode json, String name, List<CgroupStats.BlockIo> counts) {
        if (counts.isEmpty()) {
            json.putNull(name);
            return;
        }
        var array = json.putArray(name);
        for (var count : counts) {
            array.addObject()
                    .put("major", count.major())
                    .put("minor", count.minor())
                    .put("op", count.operation())
                    .put("value", count.value());
        }
    }

    private static ObjectNode cpu(Usage.@Nullable Sample sample) {
        var json = Json.object();
        var usage = json.putObject("cpu_usage");
        if (sample == null) {
            usage.put("total_usage", 0).put("usage_in_kernelmode", 0).put("usage_in_usermode", 0);
            throttling(json, 0, 0, 0);
            return json;
        }
        var cpu = sample.cgroup().cpu();
        usage.put("total_usage", cpu.total());
        if (!cpu.perCpu().isEmpty()) {
            var each = usage.putArray("percpu_usage");
            cpu.perCpu().forEach(each::add);
        }
        usage.put("usage_in_kernelmode", cpu.system()).put("usage_in_usermode", cpu.user());
        json.put("system_cpu_usage", sample.host().nanos());
        json.put("online_cpus", sample.host().online());
        throttling(json, cpu.periods(), cpu.throttledPeriods(), cpu.throttled());
        return json;
    }

    private static void throttling(ObjectNode json, long periods, long throttled, long time) {
        json.putObject("throttling_data")
                .put("periods", periods)
                .put("throttled_periods", throttled)
                .put("throttled_time", time);
    }

    private static ObjectNode memory(Usage.@Nullable Sample sample) {
        var json = Json.object();
        if (sample == null) {
            return json;
        }
        var memory = sample.cgroup().memory();
        json.put("usage", memory.usage());
        if (memory.maxUsage() != 0) {
            json.put("max_usage", memory.maxUsage());
        }
        var fields = json.putObject("stats");
        memory.fields().forEach(fields::put);
        if (memory.failures() != 0) {
            json.put("failcnt", memory.failures());
        }
        return json.put("limit", Math.min(memory.limit(), sample.hostMemory()));
    }

    private static ObjectNode networks(Map<String, NetworkCounters> networks) {
        var json = Json.object();
        networks.forEach((name, counters) -> {
            var one = json.putObject(name);
            direction(one, "rx_", counters.received());
            direction(one, "tx_", counters.sent());
        });
        return json;
    }

    private static void direction(
            ObjectNode json, String prefix, NetworkCounters.Direction direction) {
        json.put(prefix + "bytes", direction.bytes());
        json.put(prefix + "packets", direction.packets());
        json.put(prefix + "errors", direction.errors());
        json.put(prefix + "dropped", direction.dropped());
    }
}
