package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Where this host's cgroup hierarchies are mounted, cgroups(7).
 *
 * @param controllers of version 1, each with its hierarchy; empty on a host that has version 2 only
 * @param unified version 2; beside version 1 (a hybrid host) it has no controllers
 */
record CgroupMounts(Map<String, Hierarchy> controllers, @Nullable Hierarchy unified) {
    private static @Nullable CgroupMounts host; // guarded by the class

    /**
     * @param root which part of the hierarchy is mounted there; {@code /} is all of it
     */
    record Hierarchy(Path mount, String root) {
        /** The directory of a cgroup that /proc/PID/cgroup names. */
        Path directory(String cgroup) throws IOException {
            var below = root.equals("/") ? cgroup : cgroup.substring(common(cgroup));
            return mount.resolve(below.substring(Math.min(1, below.length())));
        }

        private int common(String cgroup) throws IOException {
            if (!cgroup.startsWith(root + "/")) {
                throw new IOException(
                        "cgroup " + cgroup + " is outside of what is mounted on " + mount);
            }
            return root.length();
        }
    }

    CgroupMounts {
        controllers = Map.copyOf(controllers);
    }

    /** Read once: a long file where many containers run. */
    static synchronized CgroupMounts host() throws IOException {
        var read = host;
        if (read == null) {
            read = parse(Files.readAllLines(Path.of("/proc/self/mountinfo")));
            host = read;
        }
        return read;
    }

    /** From the lines of proc_pid_mountinfo(5). The first mount of a hierarchy counts. */
    static CgroupMounts parse(List<String> mountinfo) {
        var controllers = new HashMap<String, Hierarchy>();
        Hierarchy unified = null;
        for (var line : mountinfo) {
            var fields = line.split(" ", -1);
            int separator = List.of(fields).indexOf("-");
            if (separator < 6 || fields.length < separator + 4) {
                continue;
            }
            var hierarchy = new Hierarchy(Path.of(fields[4]), fields[3]);
            if (fields[separator + 1].equals("cgroup2") && unified == null) {
                unified = hierarchy;
            } else if (fields[separator + 1].equals("cgroup")) {
                for (var option : fields[separator + 3].split(",", -1)) {
                    controllers.putIfAbsent(option, hierarchy); // "rw" too, which nobody asks for
                }
            }
        }
        return new CgroupMounts(controllers, unified);
    }

    /** Whether limits are those of version 2. */
    boolean isUnified() {
        return unified != null && !controllers.containsKey("memory");
    }

    /**
     * The cgroup of a process in which a component is named {@code id}, up to that.
     *
     * @param lines of the process's /proc/PID/cgroup
     */
    Cgroup cgroup(List<String> lines, String id) throws IOException {
        var paths = new HashMap<String, String>();
        for (var line : lines) {
            var fields = line.split(":", 3);
            for (var controller : fields[1].split(",", -1)) {
                paths.put(controller, fields[2]);
            }
        }
        if (isUnified() && unified != null) {
            return new CgroupV2(directory(unified, paths.getOrDefault("", "/"), id));
        }
        var directories = new HashMap<String, CgroupDirectory>();
        for (var controller : CgroupV1.CONTROLLERS) {
            var hierarchy = controllers.get(controller);
            if (hierarchy != null) {
                var path = paths.getOrDefault(controller, "/");
                directories.put(controller, directory(hierarchy, path, id));
            }
        }
        return new CgroupV1(Map.copyOf(directories));
    }

    private static CgroupDirectory directory(Hierarchy hierarchy, String path, String id)
            throws IOException {
        int at = (path + "/").indexOf("/" + id + "/");
        if (at < 0 || List.of(path.split("/", -1)).contains("..")) {
            throw new NoSuchFileException(path, null, "not the cgroup of container " + id);
        }
        return new CgroupDirectory(hierarchy.directory(path.substring(0, at + 1 + id.length())));
    }
}
