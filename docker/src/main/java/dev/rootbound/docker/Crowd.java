package dev.rootbound.docker;

import java.util.HashMap;
import java.util.Map;

/** The open connections of each uid. Everything here runs on the event loop. */
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
    private final Map<Long, Integer> open = new HashMap<>();

    Crowd(int most) {
        this.most = most;
    }

    Entry enter(long uid) {
        int now = open.merge(uid, 1, Integer::sum);
        if (now <= most) {
            return Entry.SERVED;
        }
        return now <= most + REFUSED_AT_ONCE ? Entry.REFUSED : Entry.DROPPED;
    }

    void leave(long uid) {
        open.computeIfPresent(uid, (_, count) -> count == 1 ? null : count - 1);
    }
}
