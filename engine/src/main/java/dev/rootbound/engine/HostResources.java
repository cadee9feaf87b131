package dev.rootbound.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the host's cgroups have to give.
 *
 * @param cpus how many the engine may use
 * @param cpuList their numbers, such as {@code 0-3}
 * @param memList numbers of memory nodes
 * @param swap whether swap can be limited
 * @param swappiness whether it can be set for one container: not in cgroup v2
 * @param oomKillDisable whether the OOM killer can be off for one container: not in cgroup v2
 */
public record HostResources(
        int cpus,
        String cpuList,
        String memList,
        boolean swap,
        boolean swappiness,
        boolean oomKillDisable) {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    static HostResources read(boolean unified, List<String> status) throws IOException {
        var v1 = CGROUPS.resolve("memory");
        var allowed = field(status, "Cpus_allowed_list", "0");
        var cpuset = unified ? CGROUPS : CGROUPS.resolve("cpuset");
        var effective = unified ? ".effective" : "";
        return new HostResources(
                CpuList.parse("cpus", allowed).cardinality(),
                text(cpuset.resolve("cpuset.cpus" + effective), allowed),
                text(
                        cpuset.resolve("cpuset.mems" + effective),
                        field(status, "Mems_allowed_list", "0")),
                unified
                        ? swapBelow(CGROUPS)
                        : Files.exists(v1.resolve("memory.memsw.limit_in_bytes")),
                !unified && Files.exists(v1.resolve("memory.swappiness")),
                !unified && Files.exists(v1.resolve("memory.oom_control")));
    }

    /** The root of cgroup v2 has no limits: what a child of it has shows what the kernel offers. */
    private static boolean swapBelow(Path root) throws IOException {
        try (var children = Files.list(root)) {
            return children.anyMatch(c -> Files.exists(c.resolve("memory.swap.max")));
        }
    }

    private static String text(Path file, String otherwise) throws IOException {
        var text = Files.exists(file) ? Files.readString(file).strip() : "";
        return text.isEmpty() ? otherwise : text;
    }

    private static String field(List<String> status, String name, String otherwise) {
        return status.stream()
                .filter(line -> line.startsWith(name + ":"))
                .map(line -> line.substring(name.length() + 1).strip())
                .findFirst()
                .orElse(otherwise);
    }
}
