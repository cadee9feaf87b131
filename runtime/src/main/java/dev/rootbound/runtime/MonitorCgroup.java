package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;

/**
 * The cgroup of all monitors: a service manager that ends everything in the engine's own cgroup
 * (systemd.kill(5), KillMode=control-group) must not end the containers with it.
 *
 * @param directory in the hierarchy that such a manager looks at
 */
record MonitorCgroup(Path directory) {
    /** Under the mount point of the host's cgroups, cgroups(7). */
    static MonitorCgroup of(Path cgroups, boolean unified) {
        var hierarchy = cgroups;
        if (!unified) {
            var named = cgroups.resolve("systemd");
            hierarchy = Files.isDirectory(named) ? named : cgroups.resolve("pids");
        }
        return new MonitorCgroup(hierarchy.resolve("rootbound").resolve("monitors"));
    }

    /**
     * Moves a process there. The first move on an idle host waits some ten milliseconds for all
     * processors (the kernel's cgroup_threadgroup_rwsem), those soon after do not: made while the
     * root file system is mounted, this one spares the runtime that wait.
     */
    void add(long pid) throws IOException {
        Files.createDirectories(directory);
        new CgroupDirectory(directory).write("cgroup.procs", Long.toString(pid));
    }
}
