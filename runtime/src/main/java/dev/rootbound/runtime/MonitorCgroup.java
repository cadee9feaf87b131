package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * The cgroup of all monitors: a service manager that ends everything in the engine's own cgroup
 * (systemd.kill(5), KillMode=control-group) must not end the containers with it.
 *
 * @param directory in the hierarchy that such a manager looks at
 */
record MonitorCgroup(Path directory) {
    private static final int MOVES = 8;
    private static final int PAUSE_MILLISECONDS = 4;

    /** Under the mount point of the host's cgroups, cgroups(7). */
    static MonitorCgroup of(Path cgroups, boolean unified) {
        var hierarchy = cgroups;
        if (!unified) {
            var named = cgroups.resolve("systemd");
            hierarchy = Files.isDirectory(named) ? named : cgroups.resolve("pids");
        }
        return new MonitorCgroup(hierarchy.resolve("rootbound").resolve("monitors"));
    }

    /** Moves a process there. */
    void add(long pid) throws IOException {
        var cgroup = new CgroupDirectory(directory);
        try {
            cgroup.write("cgroup.procs", Long.toString(pid));
        } catch (IOException e) {
            if (Files.exists(directory)) {
                throw e;
            }
            // it is the first; or another engine of the host, the last to need it, removed it
            Files.createDirectories(directory);
            cgroup.write("cgroup.procs", Long.toString(pid));
        }
    }

    /**
     * Moves a process there again and again while the runtime sets up its own. A move between
     * cgroups on an idle host waits some ten milliseconds for all processors (the kernel's
     * cgroup_threadgroup_rwsem), one soon after another does not: so the runtime's does not.
     *
     * @param over is counted down when the runtime is done
     * @return whether it is; false after the time a set-up takes
     */
    boolean keepMovesQuick(long pid, CountDownLatch over) throws InterruptedException {
        for (int i = 0; i < MOVES; i++) {
            try {
                add(pid);
            } catch (IOException e) {
                return false; // slower, no more
            }
            if (over.await(PAUSE_MILLISECONDS, TimeUnit.MILLISECONDS)) {
                return true;
            }
        }
        return false;
    }
}
