package dev.rootbound.evidence;

import dev.rootbound.linux.ProcFile;
import java.util.Arrays;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * Whose a cgroup is, cgroups(7): those of containers are called as their ids. A container may call
 * what it makes below its own as it likes, also by the id of another one: the first such name
 * counts.
 */
final class CgroupPath {
    private static final Pattern ID = Pattern.compile("[0-9a-f]{64}");

    private CgroupPath() {}

    /** Whether it is the container's, or below that. */
    static boolean isOf(String path, String container) {
        return Arrays.stream(path.split("/"))
                .filter(name -> ID.matcher(name).matches())
                .findFirst()
                .filter(container::equals)
                .isPresent();
    }

    /** Whether a process is in such a cgroup of any hierarchy: the text of /proc/PID/cgroup. */
    static boolean anyIsOf(String cgroups, String container) {
        return paths(cgroups).anyMatch(path -> isOf(path, container));
    }

    /** Whether a process is in some container's cgroup. */
    static boolean isOfAny(String cgroups) {
        return paths(cgroups)
                .flatMap(path -> Arrays.stream(path.split("/")))
                .anyMatch(name -> ID.matcher(name).matches());
    }

    private static Stream<String> paths(String cgroups) {
        return ProcFile.lines(cgroups).stream().map(line -> line.replaceFirst("^[^:]*:[^:]*:", ""));
    }
}
