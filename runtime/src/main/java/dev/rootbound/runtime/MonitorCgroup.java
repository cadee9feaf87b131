package dev.rootbound.runtime;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rootbound.linux.At;
import dev.rootbound.linux.Fd;
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
        var text = Long.toString(pid).getBytes(US_ASCII);
        try (var members = Fd.open(directory.resolve("cgroup.procs"), At.O_WRONLY)) {
            members.write(text, 0, text.length);
        }
    }
}
