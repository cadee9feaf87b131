package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import java.io.IOException;

/** Whose host ids are that somebody chooses for a container: as the host's files are now. */
final class ChosenIds {
    /** The engine's own lines: what of them is leased, nobody gets. */
    private static final String POOL_USER = "rootbound";

    private final HostUsers users;

    ChosenIds(HostUsers users) {
        this.users = users;
    }

    /** A sentence; empty if they are nobody's. */
    String whose(IdMaps ids) throws IOException {
        for (var range : ids.outside()) {
            var whose = whose(range);
            if (!whose.isEmpty()) return "ids " + range + " are not free: " + whose;
        }
        return "";
    }

    private String whose(IdRange asked) throws IOException {
        if (asked.first() < IdPool.BLOCK) {
            return "those below " + IdPool.BLOCK + " are the host's own";
        }
        if (asked.overlaps(IdRange.FOREIGN)) return "files in the store have " + IdRange.FOREIGN;
        for (var file : new SubidFile[] {users.subordinates(), users.subordinateGroups()}) {
            for (var line : file.lines()) {
                if (!line.owner().equals(POOL_USER) && asked.overlaps(line.range())) {
                    return line.range() + " are subordinate ids of " + line.owner();
                }
            }
        }
        for (long id : users.ids()) if (asked.contains(id)) return id + " is a user's or group's";
        return "";
    }
}
