package dev.rootbound.evidence;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.Namespace;
import dev.rootbound.linux.ProcFile;
import dev.rootbound.linux.Shown;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What the kernel says of one process.
 *
 * @param tasks its threads, the first one first
 * @param cgroups as /proc/PID/cgroup has them
 * @param uidMap of its user namespace, as {@link #gidMap}: outside ids are the host's
 * @param setgroups {@code allow} or {@code deny}
 * @param namespaces the other ones by their names in /proc/PID/ns
 */
record ProcessFacts(
        long pid,
        List<Task> tasks,
        String cgroups,
        String uidMap,
        String gidMap,
        String setgroups,
        UserSpace user,
        Map<String, Owned> namespaces,
        List<MountLine> mounts,
        Descriptor.Held held) {

    /** Namespaces that capabilities of the user namespace they belong to count in. */
    static final List<String> TYPES = List.of("mnt", "pid", "net", "ipc", "uts", "cgroup", "time");

    /**
     * A namespace and the user namespace that it belongs to.
     *
     * @param owner 0: none that we are in or above
     */
    record Owned(long inode, long owner) {}

    ProcessFacts {
        tasks = List.copyOf(tasks);
        namespaces = new LinkedHashMap<>(namespaces);
        mounts = List.copyOf(mounts);
    }

    /** Empty if there is no such process any more. */
    static Optional<ProcessFacts> of(long pid) throws IOException {
        try {
            var tasks = tasks(pid);
            if (tasks.isEmpty() || tasks.getFirst().isDead()) {
                return Optional.empty();
            }
            return Optional.of(
                    new ProcessFacts(
                            pid,
                            tasks,
                            read(pid, "cgroup"),
                            read(pid, "uid_map"),
                            read(pid, "gid_map"),
                            read(pid, "setgroups").strip(),
                            UserSpace.of(pid),
                            namespaces(pid),
                            MountLine.parseAll(read(pid, "mountinfo")),
                            Descriptor.of(pid)));
        } catch (NoSuchFileException e) {
            return Optional.empty();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.ESRCH) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Each thread has ids and capabilities of its own; the first one may have ended before. */
    private static List<Task> tasks(long pid) throws IOException {
        var tasks = new ArrayList<Task>();
        tasks.add(Task.parse(read(pid, "status")));
        try (var all = Files.newDirectoryStream(Path.of("/proc/" + pid + "/task"))) {
            for (var each : all) {
                var name = String.valueOf(each.getFileName());
                var status = ProcFile.read(pid, "task/" + name + "/status");
                if (!name.equals(Long.toString(pid)) && status.isPresent()) {
                    tasks.add(Task.parse(status.get()));
                }
            }
        }
        return tasks;
    }

    private static Map<String, Owned> namespaces(long pid) throws IOException {
        var namespaces = new LinkedHashMap<String, Owned>();
        for (var type : TYPES) {
            try (var each = Namespace.of(pid, type)) {
                var owner = each.owner();
                if (owner.isEmpty()) {
                    namespaces.put(type, new Owned(each.inode(), 0));
                    continue;
                }
                try (var user = owner.get()) {
                    namespaces.put(type, new Owned(each.inode(), user.inode()));
                }
            } catch (ErrnoException e) {
                // a kernel without that kind; or the process has ended, which the next file tells
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        return namespaces;
    }

    private static String read(long pid, String name) throws IOException {
        return ProcFile.read(pid, name)
                .orElseThrow(() -> new NoSuchFileException("/proc/" + pid + "/" + name));
    }

    /**
     * Whether it is another container's, that has joined this one's namespaces or is joined by it:
     * what only it may or holds is for that one's proof.
     */
    boolean isOfAnother(Claim claim) {
        return CgroupPath.isOfAny(cgroups) && !CgroupPath.anyIsOf(cgroups, claim.id());
    }

    Task first() {
        return tasks.getFirst();
    }

    /** For evidence: {@code 1234 (sleep)}. */
    String title() {
        return title(pid, first());
    }

    static String title(long pid, Task task) {
        return pid + " (" + Shown.of(task.name()) + ")";
    }
}
