package dev.rootbound.engine;

import java.io.IOException;
import java.util.HashMap;
import java.util.Map;

/**
 * The sockets of the host that builds have open: each costs the engine descriptors, also those of
 * the connections to it, and no tenant has all of these.
 */
final class HostSockets {
    private static final int OF_ONE = 64;

    private final Binds binds;

    /** By tenant. Guarded by this. */
    private final Map<Long, Integer> open = new HashMap<>();

    HostSockets(Binds binds) {
        this.binds = binds;
    }

    /** Opens one for who connects to it. */
    HostSocket open(Caller caller, String path) throws IOException {
        long tenant = caller.tenant().uid();
        take(tenant);
        try {
            return binds.socket(caller, path, () -> giveBack(tenant));
        } catch (IOException | RuntimeException e) {
            giveBack(tenant);
            throw e;
        }
    }

    private synchronized void take(long tenant) {
        int own = open.getOrDefault(tenant, 0) + 1;
        if (own > OF_ONE) {
            throw new EngineException.Denied(
                    "more than "
                            + OF_ONE
                            + " agents in the builds of one user at once: let fewer steps with"
                            + " RUN --mount=type=ssh run at the same time");
        }
        open.put(tenant, own);
    }

    private synchronized void giveBack(long tenant) {
        open.computeIfPresent(tenant, (_, n) -> n > 1 ? n - 1 : null);
    }
}
