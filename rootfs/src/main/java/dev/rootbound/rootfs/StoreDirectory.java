package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;

/** A directory of the store, owned by the foreign range's root. */
final class StoreDirectory {
    private StoreDirectory() {}

    /** Makes it unless it is there. */
    static void make(Dir dir, String name, int mode) throws ErrnoException {
        try {
            dir.mkdir(Bytes.of(name), mode);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) {
                throw e;
            }
        }
        dir.chown(Bytes.of(name), IdRange.FOREIGN.first(), IdRange.FOREIGN.first());
    }
}
