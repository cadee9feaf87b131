package dev.rootbound.engine;

import dev.rootbound.runtime.Cgroup;
import dev.rootbound.runtime.Monitor;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/**
 * Whether the OOM killer struck a container, from its cgroup as well: the monitor may see the end
 * first, and then says nothing of the kill that was its cause.
 *
 * @param cgroup {@code null} if it could not be read
 */
record OomKills(@Nullable Cgroup cgroup) {
    /** Of a running container; its cgroup stays until the runtime is told to remove it. */
    static OomKills of(long pid, String id) {
        try {
            return new OomKills(Cgroup.of(pid, id));
        } catch (IOException e) {
            return new OomKills(null); // it has ended: the monitor's word is all there is
        }
    }

    Monitor.Exit seenIn(Monitor.Exit exit) {
        try {
            boolean struck = cgroup != null && cgroup.oomKills() > 0;
            return new Monitor.Exit(exit.code(), exit.oomKilled() || struck);
        } catch (IOException e) {
            return exit;
        }
    }
}
