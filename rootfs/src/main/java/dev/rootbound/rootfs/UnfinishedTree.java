package dev.rootbound.rootfs;

import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import java.io.BufferedInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;

/**
 * A tree of the store until it is kept: closing removes it, and so does the next start after a
 * crash.
 */
final class UnfinishedTree implements AutoCloseable {
    static final String PREFIX = "tmp-";

    private final Dir dir;
    private final String unfinished;
    private final String finished;
    private final String trash;
    private boolean placed;
    private boolean kept;

    /**
     * @param name that it gets
     */
    UnfinishedTree(Dir dir, String name) {
        this.dir = dir;
        this.unfinished = PREFIX + name;
        this.finished = name;
        this.trash = PREFIX + name + "-replaced";
    }

    /** Reads the stream to its end, where it verifies what it gave. */
    LayerUnpacker.Unpacked unpack(InputStream stream) throws IOException {
        dir.mkdir(Bytes.of(unfinished), 0700);
        @SuppressWarnings("resource") // whose stream it is closes it
        var tar = new BufferedInputStream(stream, 64 << 10);
        try (var root = dir.dir(Bytes.of(unfinished))) {
            root.fd().chown(OutsideIds.STORE.rootUid(), OutsideIds.STORE.rootGid());
            root.fd().chmod(0755);
            LayerUnpacker.Unpacked unpacked;
            try (var unpacker = new LayerUnpacker(new TarReader(tar), root, dir, trash)) {
                unpacked = unpacker.unpack();
            }
            tar.transferTo(OutputStream.nullOutputStream());
            return unpacked;
        }
    }

    /** What was unpacked so far. */
    Dir open() throws ErrnoException {
        return dir.dir(Bytes.of(unfinished));
    }

    /**
     * Gives it its name, which an empty directory may have had.
     *
     * @throws ErrnoException ENOTEMPTY if what has the name is not empty; that stays
     */
    void place() throws ErrnoException {
        dir.rename(Bytes.of(unfinished), dir, Bytes.of(finished));
        placed = true;
    }

    /** Under its final name, on disk. */
    void makeDurable() throws ErrnoException {
        place();
        dir.fd().syncfs();
    }

    void keep() {
        kept = true;
    }

    @Override
    public void close() throws ErrnoException {
        if (kept) return;
        for (var name : new String[] {unfinished, trash}) dir.removeTree(Bytes.of(name));
        if (placed) dir.removeTree(Bytes.of(finished)); // else it is another's
    }
}
