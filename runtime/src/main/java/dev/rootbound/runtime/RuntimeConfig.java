package dev.rootbound.runtime;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.linux.KernelVersion;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import tools.jackson.databind.node.ArrayNode;
import tools.jackson.databind.node.JsonNodeFactory;
import tools.jackson.databind.node.ObjectNode;

/**
 * A bundle's config.json (OCI runtime-spec 1.0.2, config.md and config-linux.md). Pure; golden
 * files show it. There are no hooks: nothing that a request says runs on the host.
 */
public final class RuntimeConfig {
    /** Files of /proc and /sys that show or change the host: Docker's list. */
    public static final List<String> DEFAULT_MASKED_PATHS =
            List.of(
                    "/proc/acpi",
                    "/proc/asound",
                    "/proc/interrupts",
                    "/proc/kcore",
                    "/proc/keys",
                    "/proc/latency_stats",
                    "/proc/sched_debug",
                    "/proc/scsi",
                    "/proc/timer_list",
                    "/proc/timer_stats",
                    "/sys/devices/virtual/powercap",
                    "/sys/firmware");

    /** Docker's list. */
    public static final List<String> DEFAULT_READONLY_PATHS =
            List.of("/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger");

    private static final JsonNodeFactory JSON = JsonNodeFactory.instance;

    private RuntimeConfig() {}

    /**
     * Of a network namespace of its own, so that ping and low ports need no capability.
     *
     * @param gids the container's: the kernel refuses a range whose ends are not mapped (ip-sysctl,
     *     ping_group_range)
     */
    public static Map<String, String> defaultSysctls(IdMap gids) {
        return Map.of(
                "net.ipv4.ping_group_range",
                "0 " + (gids.insideEnd() - 1),
                "net.ipv4.ip_unprivileged_port_start",
                "0");
    }

    /**
     * The whole file. {@code domainname} is not in it: the runtime refuses the sysctl, so the
     * engine sets it in the UTS namespace between create and start.
     *
     * @param kernel the running one, for conditions of the seccomp profile
     */
    public static ObjectNode of(BundleSpec spec, KernelVersion kernel) throws InvalidSpec {
        var config = JSON.objectNode();
        config.put("ociVersion", "1.0.2");
        config.set("process", ProcessConfig.of(spec.process()));
        config.putObject("root")
                .put("path", spec.rootfs().toString())
                .put("readonly", spec.readOnlyRoot());
        if (spec.has(BundleSpec.Namespace.UTS)) config.put("hostname", spec.hostname());
        config.set("mounts", MountConfig.of(spec));
        if (!spec.annotations().isEmpty()) {
            var annotations = config.putObject("annotations");
            new TreeMap<>(spec.annotations()).forEach(annotations::put);
        }
        config.set("linux", linux(spec, kernel));
        return config;
    }

    /** What {@code runc exec --process} reads. */
    public static ObjectNode processJson(ProcessSpec process) {
        return ProcessConfig.of(process);
    }

    private static ObjectNode linux(BundleSpec spec, KernelVersion kernel) throws InvalidSpec {
        var linux = JSON.objectNode();
        linux.set("namespaces", namespaces(spec));
        if (spec.has(BundleSpec.Namespace.USER)) {
            linux.set("uidMappings", mappings(spec.ids().uids()));
            linux.set("gidMappings", mappings(spec.ids().gids()));
        }
        linux.put("cgroupsPath", spec.cgroupsPath());
        linux.set(
                "resources",
                ResourceConfig.of(spec.resources(), spec.devices(), spec.unifiedCgroups()));
        linux.set("sysctl", sysctls(spec.sysctls()));
        if (!spec.privileged()) {
            spec.maskedPaths().forEach(linux.putArray("maskedPaths")::add);
            spec.readonlyPaths().forEach(linux.putArray("readonlyPaths")::add);
        }
        var profile = spec.seccomp();
        if (profile != null) {
            linux.set(
                    "seccomp",
                    SeccompProfile.toSpec(
                            profile, spec.process().bounding(), spec.architecture(), kernel));
        }
        return linux;
    }

    private static ArrayNode namespaces(BundleSpec spec) {
        var namespaces = JSON.arrayNode();
        for (var each : spec.namespaces()) {
            var namespace = namespaces.addObject().put("type", each.type());
            if (!each.path().isEmpty()) namespace.put("path", each.path());
        }
        return namespaces;
    }

    /** The runtime wants them although the namespace that it joins has them already. */
    private static ArrayNode mappings(IdMap ids) {
        var mappings = JSON.arrayNode();
        for (var entry : ids.entries()) {
            mappings.addObject()
                    .put("containerID", entry.inside())
                    .put("hostID", entry.outside().first())
                    .put("size", entry.outside().size());
        }
        return mappings;
    }

    private static ObjectNode sysctls(Map<String, String> all) {
        var sysctls = JSON.objectNode();
        new TreeMap<>(all).forEach(sysctls::put);
        return sysctls;
    }
}
