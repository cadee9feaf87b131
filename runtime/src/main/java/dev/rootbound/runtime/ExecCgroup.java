package dev.rootbound.runtime;

import dev.rootbound.linux.Processes;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/**
 * A cgroup below a container's own, for further processes that must be ended with all that they
 * started: who leaves its parent or its session does not leave its cgroup. The runtime removes it
 * with the container's.
 *
 * @param directory in the hierarchy that it is made in
 * @param argument what the runtime calls it
 */
public record ExecCgroup(Path directory, String argument) {
    private static final Path CGROUPS = Path.of("/sys/fs/cgroup");

    /**
     * Of the hierarchies of cgroups(7) version 1 one that every process is free to have groups in.
     */
    private static final String HIERARCHY = "freezer";

    private static final int SIGKILL = 9;
    private static final int PAUSE_MILLISECONDS = 10;

    /**
     * Makes it unless it is there.
     *
     * @param container the container's cgroup, from the root of the hierarchy
     * @param unified whether /sys/fs/cgroup is cgroup v2
     */
    public static ExecCgroup make(String container, String name, boolean unified)
            throws IOException {
        var hierarchy = unified ? CGROUPS : CGROUPS.resolve(HIERARCHY);
        var directory = hierarchy.resolve(container.substring(1)).resolve(name);
        if (!Files.isDirectory(directory)) {
            Files.createDirectory(directory); // without the container's own it has ended
        }
        return new ExecCgroup(directory, unified ? name : HIERARCHY + ":" + name);
    }

    /** Kills all in it until there are none; false if that takes longer. */
    public boolean kill(Duration patience) throws IOException, InterruptedException {
        long until = System.nanoTime() + patience.toNanos();
        for (var members = members(); !members.isEmpty(); members = members()) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            for (var member : members) {
                long pid = Long.parseLong(member);
                var started = Processes.startTime(pid);
                // gone, or another's by now: only members are killed
                if (started.isPresent() && members().contains(member)) {
                    boolean _ = Processes.kill(pid, started.get(), SIGKILL);
                }
            }
            Thread.sleep(PAUSE_MILLISECONDS);
        }
        return true;
    }

    private List<String> members() throws IOException {
        // none if it went with its container
        return new CgroupDirectory(directory).text("cgroup.procs").orElse("").lines().toList();
    }
}
