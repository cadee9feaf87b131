package dev.rootbound.docker;

import dev.rootbound.idmap.Tenant;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * The open connections of each tenant, whichever of its ids they come from; those whom nobody knows
 * at once are one crowd, for they may be one user's whole range. Everything here runs on the event
 * loop.
 */
final class Crowd {
    /** What a newcomer gets. */
    enum Entry {
        SERVED,
        /** A sentence that there are too many. */
        REFUSED,
        /** Nothing: there are too many that are being refused. */
        DROPPED
    }

    /** Refused clients that still read their sentence. */
    private static final int REFUSED_AT_ONCE = 64;

    private final int most;
    private final Map<Optional<Tenant>, Integer> open = new HashMap<>();

    Crowd(int most) {
        this.most = most;
    }

    Entry enter(Optional<Tenant> tenant) {
        int now = open.merge(tenant, 1, Integer::sum);
        if (now <= most) {
            return Entry.SERVED;
        }
        return now <= most + REFUSED_AT_ONCE ? Entry.REFUSED : Entry.DROPPED;
    }

    void leave(Optional<Tenant> tenant) {
        open.computeIfPresent(tenant, (_, count) -> count == 1 ? null : count - 1);
    }
}
