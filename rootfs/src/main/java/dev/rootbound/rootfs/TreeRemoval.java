package dev.rootbound.rootfs;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;

/**
 * Removes a tree where it is. {@link Dir#removeTree} renames directories, which overlayfs refuses
 * for those of lower layers (EXDEV).
 */
final class TreeRemoval {
    private TreeRemoval() {}

    /** A directory and all in it; what vanishes meanwhile is fine. */
    static void remove(Dir parent, byte[] name) throws IOException {
        remove(parent, name, 0);
    }

    private static void remove(Dir parent, byte[] name, int depth) throws IOException {
        MergedDirectory.refuseDepth(depth);
        try (var directory = parent.dir(name)) {
            for (var child : directory.names()) {
                if (!unlinked(directory, child)) remove(directory, child, depth + 1);
            }
        }
        parent.rmdir(name);
    }

    /** False if it is a directory. */
    private static boolean unlinked(Dir parent, byte[] name) throws ErrnoException {
        try {
            parent.unlink(name);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.EISDIR) return false;
            if (e.errno() != Errno.ENOENT) throw e;
        }
        return true;
    }
}
