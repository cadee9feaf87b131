package dev.rootbound.build;

import dev.rootbound.engine.ContainerSpec;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What RUN does, all expanded.
 *
 * @param spec of its container
 * @param targets absolute paths inside at which something is mounted
 * @param shown the command, for people
 */
record RunStep(ContainerSpec spec, List<String> targets, String shown) {
    /** The targets and what is above them, as files are named here. */
    Set<String> mountPoints() {
        var points = new HashSet<String>();
        for (var target : targets) {
            for (var at = InsidePath.bytes(target); at.length() > 1; at = InsidePath.parent(at)) {
                points.add(at.substring(1));
            }
        }
        return points;
    }
}
