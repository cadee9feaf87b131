package dev.rootbound.engine;

import dev.rootbound.linux.KernelVersion;
import dev.rootbound.runtime.Capabilities;
import dev.rootbound.runtime.HostLimits;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Set;

/**
 * What the engine may do on this host, read once at its start from /proc.
 *
 * @param capabilities the engine's own bounding set: no container can have more
 * @param unifiedCgroups whether /sys/fs/cgroup is cgroup v2; a hybrid hierarchy is not
 */
public record Host(
        KernelVersion kernel,
        Set<String> capabilities,
        HostLimits limits,
        boolean unifiedCgroups,
        HostResources resources) {

    private static final long CAP_SYS_RESOURCE = 1L << 24;

    /** Minimum: id-mapped layers below overlayfs came with Linux 5.19. */
    static final KernelVersion MINIMUM = new KernelVersion(5, 19);

    public static Host read() throws IOException {
        long bounding = capabilities("CapBnd");
        long effective = capabilities("CapEff");
        int oom = Integer.parseInt(Files.readString(Path.of("/proc/self/oom_score_adj")).strip());
        boolean unified = Files.exists(Path.of("/sys/fs/cgroup/cgroup.controllers"));
        return new Host(
                KernelVersion.parse(KernelVersion.release()),
                Capabilities.ofMask(bounding),
                new HostLimits(hardLimits(), (effective & CAP_SYS_RESOURCE) != 0, oom),
                unified,
                HostResources.read(unified, Files.readAllLines(Path.of("/proc/self/status"))));
    }

    private static long capabilities(String field) throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/self/status"))) {
            if (line.startsWith(field + ":")) {
                return Long.parseUnsignedLong(line.substring(field.length() + 1).strip(), 16);
            }
        }
        return 0;
    }

    /** proc_pid_limits(5): the name is 26 characters wide, then soft, hard and unit. */
    private static Map<String, Long> hardLimits() throws IOException {
        var names =
                Map.ofEntries(
                        Map.entry("max cpu time", "cpu"),
                        Map.entry("max file size", "fsize"),
                        Map.entry("max data size", "data"),
                        Map.entry("max stack size", "stack"),
                        Map.entry("max core file size", "core"),
                        Map.entry("max resident set", "rss"),
                        Map.entry("max processes", "nproc"),
                        Map.entry("max open files", "nofile"),
                        Map.entry("max locked memory", "memlock"),
                        Map.entry("max address space", "as"),
                        Map.entry("max file locks", "locks"),
                        Map.entry("max pending signals", "sigpending"),
                        Map.entry("max msgqueue size", "msgqueue"),
                        Map.entry("max nice priority", "nice"),
                        Map.entry("max realtime priority", "rtprio"),
                        Map.entry("max realtime timeout", "rttime"));
        var limits = new HashMap<String, Long>();
        for (var line : Files.readAllLines(Path.of("/proc/self/limits"))) {
            if (line.length() < 48) {
                continue;
            }
            var name = names.get(line.substring(0, 26).strip().toLowerCase(Locale.ROOT));
            if (name != null) {
                var hard = line.substring(26).strip().split("\\s+")[1];
                limits.put(name, hard.equals("unlimited") ? -1 : Long.parseLong(hard));
            }
        }
        return limits;
    }

    /** Refuses a kernel that cannot do what the engine stands on. */
    void check() {
        if (!kernel.isAtLeast(MINIMUM)) {
            throw new EngineException.Failed(
                    "this kernel is Linux "
                            + kernel
                            + ": id-mapped layers below overlayfs need "
                            + MINIMUM
                            + " or newer");
        }
    }
}
