package dev.rootbound.idmap;

import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;

/**
 * Which ids on the host's disks stand for a container's ids in a bind mount: somebody's own for a
 * few of them, for all others those of a permanent block. Never an id of the store's or of a lease.
 */
public final class DiskIds {
    private DiskIds() {}

    /**
     * The map of a bind mount, inside to disk.
     *
     * @param own inside id to id on disk, one for one
     * @param block inside id {@code n} is its {@code n}th id, if {@code own} has neither; the ids
     *     after its end are not in the map
     * @param size how many ids the container has
     */
    public static IdMap of(Map<Long, Long> own, List<IdRange> block, long size) {
        var entries = new ArrayList<IdMap.Entry>();
        own.forEach((inside, disk) -> entries.add(new IdMap.Entry(inside, new IdRange(disk, 1))));
        long inside = 0;
        for (var range : block) {
            long count = Math.min(range.size(), size - inside);
            if (count < 1) break;
            add(entries, own, inside, new IdRange(range.first(), count));
            inside += count;
        }
        return new IdMap(entries);
    }

    /** Of a range what is left between the ids that are taken on either side. */
    private static void add(
            List<IdMap.Entry> entries, Map<Long, Long> own, long inside, IdRange range) {
        var taken = new TreeSet<Long>(); // places in the range
        own.forEach((id, disk) -> {
            taken.add(id - inside);
            taken.add(disk - range.first());
        });
        long from = 0;
        for (long place : taken.subSet(0L, range.size())) {
            add(entries, inside, range, from, place);
            from = place + 1;
        }
        add(entries, inside, range, from, range.size());
    }

    private static void add(
            List<IdMap.Entry> entries, long inside, IdRange range, long from, long to) {
        if (from == to) return;
        entries.add(new IdMap.Entry(inside + from, new IdRange(range.first() + from, to - from)));
    }
}
