package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.UserNamespace;
import java.io.IOException;

/** The store's directories: owned by the foreign range, and seen as a lease's. */
final class StoreDirectory {
    /** The owners on disk. */
    static final IdMaps IDS = IdMaps.of(IdRange.FOREIGN);

    private StoreDirectory() {}

    /** A namespace whose id-mapped mounts show the store's owners as these ids. */
    static UserNamespace seenAs(IdMaps ids) throws IOException {
        return UserNamespace.create(IDS.uids().seenAs(ids.uids()), IDS.gids().seenAs(ids.gids()));
    }

    /** Makes one, the range's root's, unless it is there. */
    static void make(Dir dir, String name, int mode) throws ErrnoException {
        try {
            dir.mkdir(Bytes.of(name), mode);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        dir.chown(Bytes.of(name), IDS.rootUid(), IDS.rootGid());
    }
}
