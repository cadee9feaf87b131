package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry.Extent;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import java.util.ArrayList;
import java.util.List;

/** Where a file has data, as its file system says, lseek(2). */
final class Sparseness {
    /**
     * Bytes of holes below which a file is written in full: Docker 26 loads and runs a layer with a
     * sparse file, but cannot save it again (tar-split).
     */
    private static final long WORTHWHILE = 64 << 20;

    /** A file of more runs is written in full; who reads ours takes four times as many. */
    private static final int MOST_RUNS = 1 << 16;

    private Sparseness() {}

    /** Ascending, as a {@code TarEntry} has them; empty if the file is to be written in full. */
    static List<Extent> runs(Fd file, long size) throws ErrnoException {
        var runs = new ArrayList<Extent>();
        long data = 0;
        for (long at = 0; at < size; ) {
            long start = Math.min(size, file.nextData(at).orElse(size));
            if (start == size) break;
            at = Math.min(size, file.nextHole(start));
            data += at - start;
            runs.add(new Extent(start, at - start));
            if (runs.size() > MOST_RUNS) break;
        }
        file.seek(0);
        if (size - data < WORTHWHILE || runs.size() > MOST_RUNS) return List.of();
        return runs.isEmpty() ? List.of(new Extent(size, 0)) : runs;
    }
}
