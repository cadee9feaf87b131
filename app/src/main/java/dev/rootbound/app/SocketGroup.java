package dev.rootbound.app;

import dev.rootbound.docker.Access;
import dev.rootbound.linux.Getent;
import java.io.IOException;
import org.jspecify.annotations.Nullable;

/** {@code daemon --group}: the group that the engine's sockets are for. */
final class SocketGroup {
    private SocketGroup() {}

    /**
     * @param group name or number; {@code null}: every user of the host may connect
     * @throws CliException if there is no such group
     */
    static Access access(@Nullable String group) throws IOException {
        return group == null ? Access.EVERYBODY : Access.of(gid(group));
    }

    /** Also one that is not in /etc/group: getent(1) knows where else. */
    private static long gid(String group) throws IOException {
        for (var line : Getent.lines("group", group)) {
            var fields = line.split(":", -1);
            if (fields.length > 2) return Long.parseLong(fields[2]);
        }
        throw new CliException(
                ExitCodes.ENGINE,
                "--group "
                        + group
                        + ": there is no such group on this host; groupadd makes one, and without"
                        + " --group every user may talk to the engine, each as a tenant of its"
                        + " own");
    }
}
