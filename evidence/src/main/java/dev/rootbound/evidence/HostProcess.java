package dev.rootbound.evidence;

import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.util.Optional;

/**
 * What anybody on the host can read of a process, and which container's it is.
 *
 * @param uid the effective one
 * @param inside its pid in the innermost process namespace that it is in
 * @param cgroups as /proc/PID/cgroup has them
 */
public record HostProcess(long pid, long uid, long gid, long inside, String cgroups) {
    /** Empty if there is none. */
    public static Optional<HostProcess> of(long pid) throws IOException {
        var status = ProcFile.read(pid, "status");
        var cgroups = ProcFile.read(pid, "cgroup");
        if (status.isEmpty() || cgroups.isEmpty()) {
            return Optional.empty();
        }
        var task = Task.parse(status.get());
        return Optional.of(
                new HostProcess(
                        pid,
                        task.uids().get(1),
                        task.gids().get(1),
                        task.inside().isEmpty() ? pid : task.inside().getLast(),
                        cgroups.get()));
    }

    /** Whether it is in the container's cgroup. */
    public boolean isOf(Claim claim) {
        return CgroupPath.anyIsOf(cgroups, claim.id());
    }
}
