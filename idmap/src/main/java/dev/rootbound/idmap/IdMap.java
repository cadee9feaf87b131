package dev.rootbound.idmap;

import java.util.List;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/**
 * Which host ids stand for a container's ids; the inside and outside of user_namespaces(7). Never
 * empty, and never two ids for one: a forgotten map cannot mean root on the host.
 */
public record IdMap(List<Entry> entries) {
    /** UID_GID_MAP_MAX_EXTENTS of the kernel's include/linux/user_namespace.h. */
    private static final int MAX_ENTRIES = 340;

    /**
     * Ids {@code [inside, inside + outside.size())} of the container are {@code outside} on the
     * host.
     */
    public record Entry(long inside, IdRange outside) {
        public Entry {
            var _ = new IdRange(inside, outside.size()); // refuses what is not a range of ids
        }

        IdRange insideRange() {
            return new IdRange(inside, outside.size());
        }

        private boolean overlaps(Entry other) {
            return outside.overlaps(other.outside) || insideRange().overlaps(other.insideRange());
        }
    }

    public IdMap {
        entries = List.copyOf(entries);
        if (entries.isEmpty()) {
            throw new IllegalArgumentException("a map needs an entry");
        }
        if (entries.size() > MAX_ENTRIES) {
            throw new IllegalArgumentException(
                    "a map of " + entries.size() + " entries: the kernel takes " + MAX_ENTRIES);
        }
        refuseOverlap(entries);
    }

    private static void refuseOverlap(List<Entry> entries) {
        for (int i = 0; i < entries.size(); i++) {
            for (int j = 0; j < i; j++) {
                if (entries.get(i).overlaps(entries.get(j))) {
                    throw new IllegalArgumentException(
                            "entries overlap: " + entries.get(j) + " and " + entries.get(i));
                }
            }
        }
    }

    /** Inside ids from 0 on are {@code outside}. */
    public static IdMap of(IdRange outside) {
        return new IdMap(List.of(new Entry(0, outside)));
    }

    /** Empty if the container has no such id. */
    public OptionalLong toHost(long inside) {
        for (var entry : entries) { // asked for each file of a layer
            if (entry.insideRange().contains(inside)) {
                return OptionalLong.of(entry.outside.first() + (inside - entry.inside));
            }
        }
        return OptionalLong.empty();
    }

    /** Empty if the host's id is none of the container's. */
    public OptionalLong toInside(long host) {
        for (var entry : entries) {
            if (entry.outside.contains(host)) {
                return OptionalLong.of(entry.inside + (host - entry.outside.first()));
            }
        }
        return OptionalLong.empty();
    }

    /** The first inside id after all that are mapped. */
    public long insideEnd() {
        return entries.stream().mapToLong(e -> e.insideRange().end()).max().orElseThrow();
    }

    /**
     * What a file system's ids are seen as by a mount that is id-mapped for a container, as {@link
     * #procText}: for each inside id that both have, this map's outside id is {@code container}'s.
     * May be empty.
     */
    public String seenAs(IdMap container) {
        var text = new StringBuilder();
        for (var own : entries) {
            for (var other : container.entries) {
                long first = Math.max(own.inside, other.inside);
                long end = Math.min(own.insideRange().end(), other.insideRange().end());
                if (first >= end) continue;
                text.append(own.outside.first() + (first - own.inside)).append(' ');
                text.append(other.outside.first() + (first - other.inside)).append(' ');
                text.append(end - first).append('\n');
            }
        }
        return text.toString();
    }

    /** The inside ids for messages: {@code ids 0 to 65535}. */
    public String insideText() {
        return entries.stream()
                .map(e -> e.insideRange().toString())
                .collect(Collectors.joining(", ", "ids ", ""));
    }

    /** What is written to {@code /proc/PID/uid_map} and {@code gid_map}: user_namespaces(7). */
    public String procText() {
        return entries.stream()
                .map(e -> e.inside + " " + e.outside.first() + " " + e.outside.size() + "\n")
                .collect(Collectors.joining());
    }
}
