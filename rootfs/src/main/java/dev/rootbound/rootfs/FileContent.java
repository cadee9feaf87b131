package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.WriteBuffer;
import java.io.ByteArrayOutputStream;
import java.io.IOException;

/** Copies an entry's content into a file, the holes of a sparse one left out. For one thread. */
final class FileContent implements AutoCloseable {
    private final byte[] chunk = new byte[256 << 10];
    private final WriteBuffer buffer = new WriteBuffer(chunk.length);
    private final TarReader tar;

    FileContent(TarReader tar) {
        this.tar = tar;
    }

    /** Returns how many bytes of data were written. */
    long write(TarEntry entry, Fd to) throws IOException {
        if (entry.sparse().isEmpty()) return copy(to, entry.size());
        long written = 0;
        for (var run : entry.sparse()) {
            to.seek(run.offset());
            written += copy(to, run.length());
        }
        to.truncate(entry.size());
        return written;
    }

    /** Of a small file that is not sparse: all of it. */
    byte[] read(TarEntry entry) throws IOException {
        var all = new ByteArrayOutputStream();
        for (long left = entry.size(); left > 0; left = entry.size() - all.size()) {
            all.write(chunk, 0, fill((int) Math.min(left, chunk.length)));
        }
        return all.toByteArray();
    }

    private long copy(Fd to, long length) throws IOException {
        for (long left = length; left > 0; ) {
            int filled = fill((int) Math.min(left, chunk.length));
            buffer.write(to, chunk, 0, filled);
            left -= filled;
        }
        return length;
    }

    /** Streams give what they have at hand; small files are written by one call. */
    private int fill(int wanted) throws IOException {
        int filled = 0;
        while (filled < wanted) {
            int got = tar.read(chunk, filled, wanted - filled);
            if (got < 0) throw new LayerException("its content is shorter than its size");
            filled += got;
        }
        return filled;
    }

    @Override
    public void close() {
        buffer.close();
    }
}
