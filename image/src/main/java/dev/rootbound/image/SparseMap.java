package dev.rootbound.image;

import dev.rootbound.image.TarEntry.Extent;
import java.util.ArrayList;
import java.util.List;

/** The data runs of a sparse file while they are read: ascending, disjoint, not too many. */
final class SparseMap {
    private final int limit;
    private final List<Extent> runs = new ArrayList<>();
    private long end;
    private long data;
    private int seen;

    SparseMap(int limit) {
        this.limit = limit;
    }

    void add(long offset, long length) throws TarException {
        if (++seen > limit)
            throw new TarException("its sparse map has more than " + limit + " runs");
        if (offset < 0 || length < 0 || offset > Long.MAX_VALUE - length) {
            throw new TarException("its sparse map has a run of " + length + " at " + offset);
        }
        if (offset < end) {
            throw new TarException("its sparse map overlaps or is out of order at " + offset);
        }
        end = offset + length;
        data += length; // disjoint and ascending: at most end
        if (length > 0) runs.add(new Extent(offset, length));
    }

    /**
     * @param size of the file with its holes
     * @param stored bytes of data in the archive
     */
    List<Extent> finish(long size, long stored) throws TarException {
        if (size < 0 || end > size) {
            throw new TarException("its sparse map ends at " + end + ", the file at " + size);
        }
        if (data != stored) {
            throw new TarException(
                    "its sparse map has " + data + " bytes of data, the archive " + stored);
        }
        return runs.isEmpty() ? List.of(new Extent(size, 0)) : List.copyOf(runs);
    }
}
