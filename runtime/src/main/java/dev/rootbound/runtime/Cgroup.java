package dev.rootbound.runtime;

import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.nio.file.NoSuchFileException;
import java.util.List;

/**
 * A running container's cgroup: it is frozen, limited and measured by the kernel's own files. The
 * runtime is not asked: it would be a process a question (20 ms), and its {@code pause} and {@code
 * update} write the same files.
 */
public sealed interface Cgroup permits CgroupV1, CgroupV2 {
    /**
     * The cgroup of the process, which must be below one that is named like the container: a
     * container may have moved its process into a cgroup that it made below its own, and a later
     * process with the same pid is in neither.
     *
     * @throws NoSuchFileException if there is no such process any more
     */
    static Cgroup of(long pid, String id) throws IOException {
        return CgroupMounts.host().cgroup(ProcFile.lines(pid, "cgroup"), id);
    }

    /** Whether all its processes are frozen. */
    boolean isFrozen() throws IOException;

    /** Returns when all its processes are frozen; if they cannot be, none is. */
    void freeze() throws IOException;

    void thaw() throws IOException;

    /**
     * Sets the limits that are not 0 or empty; if one is refused, none is changed.
     *
     * @return what this kernel has no means for and was left out, a sentence each
     */
    List<String> update(Resources limits) throws IOException;

    CgroupStats stats() throws IOException;

    /** The pids, on the host, of all its processes. */
    List<Long> processes() throws IOException;

    /** How many of its processes the OOM killer has killed. */
    long oomKills() throws IOException;
}
