package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.Map;

/**
 * What a sparse member has that others have not: GNU tar's pax format 1.0, where the map of the
 * runs precedes their data (GNU tar manual, «Storing Sparse Files»).
 */
final class SparseOutput {
    /** So that who does not know the format does not take the file for a whole one. */
    private static final String NAME = "GNUSparseFile.0/data";

    private SparseOutput() {}

    /** The map, whole blocks; empty if the file is not sparse. */
    static byte[] map(TarEntry entry) {
        if (entry.sparse().isEmpty()) return new byte[0];
        var runs = new ArrayList<>(entry.sparse());
        var last = runs.getLast();
        if (last.offset() + last.length() < entry.size()) {
            runs.add(new TarEntry.Extent(entry.size(), 0)); // how GNU tar ends a hole at the end
        }
        var lines = new StringBuilder().append(runs.size()).append('\n');
        for (var run : runs) {
            lines.append(run.offset()).append('\n').append(run.length()).append('\n');
        }
        var text = lines.toString().getBytes(UTF_8);
        return Arrays.copyOf(text, text.length + (-text.length & (TarHeader.BLOCK - 1)));
    }

    /** Bytes of content in the archive. */
    static long stored(TarEntry entry, byte[] map) {
        if (entry.sparse().isEmpty()) return entry.size();
        return map.length + entry.sparse().stream().mapToLong(TarEntry.Extent::length).sum();
    }

    /** For the header. */
    static byte[] name(TarEntry entry) {
        if (entry.sparse().isEmpty()) return entry.name();
        return NAME.getBytes(UTF_8);
    }

    /** For the pax header; none if the file is not sparse. */
    static Map<String, byte[]> records(TarEntry entry) {
        if (entry.sparse().isEmpty()) return Map.of();
        return Map.of(
                "GNU.sparse.major", "1".getBytes(UTF_8),
                "GNU.sparse.minor", "0".getBytes(UTF_8),
                "GNU.sparse.name", entry.name(),
                "GNU.sparse.realsize", Long.toString(entry.size()).getBytes(UTF_8));
    }
}
