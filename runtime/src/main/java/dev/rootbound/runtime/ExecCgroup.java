package dev.rootbound.runtime;

import dev.rootbound.linux.ProcFile;
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
        var group = new CgroupDirectory(directory);
        while (!members(group).isEmpty()) {
            if (System.nanoTime() - until > 0) {
                return false;
            }
            if (group.has("cgroup.kill")) { // version 2, Linux 5.14
                group.write("cgroup.kill", "1");
            } else {
                killFrozen(group, until);
            }
            Thread.sleep(PAUSE_MILLISECONDS);
        }
        return true;
    }

    /** Frozen, so that none makes another meanwhile; the signals strike when they thaw. */
    private void killFrozen(CgroupDirectory group, long until) throws IOException {
        group.write("freezer.state", "FROZEN");
        try {
            for (var member : members(group)) {
                if (System.nanoTime() - until > 0) {
                    return;
                }
                long pid = Long.parseLong(member);
                var started = Processes.startTime(pid);
                // gone, or another's by now: only members are killed
                if (started.isPresent() && isMember(pid)) {
                    boolean _ = Processes.kill(pid, started.get(), SIGKILL);
                }
            }
        } finally {
            group.write("freezer.state", "THAWED");
        }
    }

    private boolean isMember(long pid) throws IOException {
        var own = directory.subpath(directory.getNameCount() - 2, directory.getNameCount());
        return ProcFile.lines(ProcFile.read(pid, "cgroup").orElse("")).stream()
                .anyMatch(line -> line.endsWith("/" + own));
    }

    private static List<String> members(CgroupDirectory group) throws IOException {
        // none if it went with its container
        return group.text("cgroup.procs").orElse("").lines().toList();
    }
}
