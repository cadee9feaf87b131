package dev.rootbound.evidence;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Stat;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/**
 * Looks at all below a directory that others may change meanwhile: by descriptors, as far as a
 * limit, and following no link.
 */
final class FileWalk {
    /** Each level is an open directory. */
    private static final int DEPTH = 200;

    /** Told of each file. */
    interface Visitor {
        /**
         * @param way to it from the top
         */
        void file(byte[] way, Stat stat) throws IOException;

        /** Whether to look at what is in a directory. */
        default boolean enters(Dir dir) throws IOException {
            return true;
        }
    }

    private final Visitor visitor;
    private final long limit;
    private long files;
    private boolean whole = true;

    /**
     * @param limit how many files to look at, at most
     */
    FileWalk(long limit, Visitor visitor) {
        this.limit = limit;
        this.visitor = visitor;
    }

    /** How many were looked at, of whatever kind. */
    long files() {
        return files;
    }

    /** Whether that is all of them. */
    boolean whole() {
        return whole;
    }

    /** Looks at the directory itself, too. */
    void tree(Dir top) throws IOException {
        look(new byte[0], top.stat(new byte[0]));
        below(top);
    }

    /** Looks at what is not a directory. */
    void file(Stat stat) throws IOException {
        look(new byte[0], stat);
    }

    /** Looks at what is in it. */
    void below(Dir top) throws IOException {
        below(top, new byte[0], 1);
    }

    private void below(Dir dir, byte[] way, int depth) throws IOException {
        if (!visitor.enters(dir)) {
            return;
        }
        for (var name : dir.names()) {
            if (files >= limit) {
                whole = false;
                return;
            }
            try {
                enter(dir, name, joined(way, name), depth);
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                    throw e;
                }
                // it was removed or replaced meanwhile
            }
        }
    }

    private static byte[] joined(byte[] way, byte[] name) {
        var joined = new ByteArrayOutputStream();
        joined.writeBytes(way);
        if (way.length > 0) {
            joined.write('/');
        }
        joined.writeBytes(name);
        return joined.toByteArray();
    }

    private void enter(Dir dir, byte[] name, byte[] way, int depth) throws IOException {
        var stat = dir.stat(name);
        look(way, stat);
        if (!stat.isDirectory()) {
            return;
        }
        if (depth == DEPTH) {
            whole = false;
            return;
        }
        try (var child = dir.dir(name)) {
            below(child, way, depth + 1);
        }
    }

    private void look(byte[] way, Stat stat) throws IOException {
        files++;
        visitor.file(way, stat);
    }
}
