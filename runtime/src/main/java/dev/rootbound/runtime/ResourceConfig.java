package dev.rootbound.runtime;

import java.util.List;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * The {@code resources} of a config.json. Their shape is that of cgroup version 1; runtimes convert
 * it for version 2.
 */
final class ResourceConfig {
    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;
    private static final long DEFAULT_PIDS = 4096;

    /** null, zero, random, urandom, tty and console: mem(4), tty(4), console(4). */
    private static final List<BundleSpec.Device> DEFAULT =
            List.of(usual(1, 3), usual(1, 5), usual(1, 8), usual(1, 9), usual(5, 0), usual(5, 1));

    private ResourceConfig() {}

    private static BundleSpec.Device usual(int major, int minor) {
        return new BundleSpec.Device(false, major, minor, "rwm");
    }

    /**
     * @param unified whether the host's cgroups are of version 2
     */
    static ObjectNode of(Resources resources, List<BundleSpec.Device> devices, boolean unified) {
        var json = JSON.objectNode();
        json.set("devices", devices(devices));
        putIfAny(json, "memory", memory(resources, unified));
        putIfAny(json, "cpu", cpu(resources));
        long pids = resources.pidsLimit() == 0 ? DEFAULT_PIDS : resources.pidsLimit();
        if (pids > 0) {
            json.putObject("pids").put("limit", pids);
        }
        if (resources.blkioWeight() != 0) {
            json.putObject("blockIO").put("weight", resources.blkioWeight());
        }
        return json;
    }

    /**
     * Docker's default set and those that are named, also for a privileged container: all devices
     * would be the host's.
     */
    private static ArrayNode devices(List<BundleSpec.Device> named) {
        var devices = JSON.arrayNode();
        devices.addObject().put("allow", false).put("access", "rwm");
        DEFAULT.forEach(device -> allow(devices, device));
        named.forEach(device -> allow(devices, device));
        return devices; // the runtime adds full, ptmx and pts of the container's own devpts
    }

    private static void allow(ArrayNode devices, BundleSpec.Device device) {
        devices.addObject()
                .put("allow", true)
                .put("type", device.block() ? "b" : "c")
                .put("major", device.major())
                .put("minor", device.minor())
                .put("access", device.access());
    }

    private static ObjectNode memory(Resources resources, boolean unified) {
        var memory = JSON.objectNode();
        putUnlessZero(memory, "limit", resources.memory());
        putUnlessZero(memory, "reservation", resources.memoryReservation());
        putUnlessZero(memory, "swap", resources.memorySwap());
        var swappiness = resources.memorySwappiness();
        if (swappiness != null && !unified) {
            memory.put("swappiness", swappiness);
        }
        if (resources.oomKillDisable() && !unified) {
            memory.put("disableOOMKiller", true);
        }
        return memory;
    }

    private static ObjectNode cpu(Resources resources) {
        var cpu = JSON.objectNode();
        putUnlessZero(cpu, "shares", resources.cpuShares());
        var quota = CpuQuota.of(resources);
        putUnlessZero(cpu, "period", quota.period());
        putUnlessZero(cpu, "quota", quota.quota());
        putUnlessEmpty(cpu, "cpus", resources.cpusetCpus());
        putUnlessEmpty(cpu, "mems", resources.cpusetMems());
        return cpu;
    }

    private static void putUnlessZero(ObjectNode node, String field, long value) {
        if (value != 0) {
            node.put(field, value);
        }
    }

    private static void putUnlessEmpty(ObjectNode node, String field, String value) {
        if (!value.isEmpty()) {
            node.put(field, value);
        }
    }

    private static void putIfAny(ObjectNode node, String field, ObjectNode value) {
        if (!value.isEmpty()) {
            node.set(field, value);
        }
    }
}
