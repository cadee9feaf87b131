package dev.rootbound.image;

import dev.rootbound.image.TarEntry.Extent;
import dev.rootbound.image.TarHeader.Field;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The four ways in which GNU tar writes a sparse file: type S, and pax 0.0, 0.1 and 1.0 (GNU tar
 * manual, «Storing Sparse Files»).
 *
 * @param realSize with the holes; -1 if not sparse
 */
record SparseFormat(long realSize, List<Extent> runs) {
    static final SparseFormat NONE = new SparseFormat(-1, List.of());

    /** No map has a longer line than a 64-bit number. */
    private static final int DIGITS = 20;

    /** The file's size, {@code stored} being that of its content in the archive. */
    long size(long stored) {
        return realSize < 0 ? stored : realSize;
    }

    /** Reads the map, which may be in the content: what is left of that is the runs' data. */
    static SparseFormat read(TarHeader header, PaxRecords pax, TarInput in, int limit)
            throws IOException {
        var map = new SparseMap(limit);
        if (header.type() == 'S') return old(header, in, map);
        var version = version(pax);
        if (version == null) return NONE;
        switch (version) {
            case "0.0" -> ofRecords(pax.sparseRuns(), map);
            case "0.1" -> ofText(pax.value("GNU.sparse.map"), map);
            case "1.0" -> ofContent(in, map, limit);
            default -> throw new TarException("its sparse format " + version + " is unknown");
        }
        long size = pax.number("GNU.sparse.realsize", pax.number("GNU.sparse.size", -1));
        return new SparseFormat(size, map.finish(size, in.content()));
    }

    private static SparseFormat old(TarHeader header, TarInput in, SparseMap map)
            throws IOException {
        if (!header.isGnu()) throw new TarException("it is sparse but not of GNU tar");
        boolean more = header.addSparse(map);
        while (more) more = TarHeader.addSparseExtension(in.extensionBlock(), map);
        long size = header.number(Field.REAL_SIZE);
        return new SparseFormat(size, map.finish(size, in.content()));
    }

    /** Versions 0.x need not say that they are. */
    private static @Nullable String version(PaxRecords pax) {
        var major = pax.value("GNU.sparse.major");
        var minor = pax.value("GNU.sparse.minor");
        if (major != null || minor != null) {
            var version = text(major) + "." + text(minor);
            boolean old = version.equals("0.0") || version.equals("0.1");
            if (!old) return version;
        }
        if (pax.has("GNU.sparse.map")) return "0.1";
        return pax.sparseRuns().isEmpty() && !pax.has("GNU.sparse.numblocks") ? null : "0.0";
    }

    private static String text(byte @Nullable [] value) {
        return value == null ? "" : TarEntry.printable(value);
    }

    private static void ofRecords(List<Long> numbers, SparseMap map) throws TarException {
        if (numbers.size() % 2 != 0) throw new TarException("its sparse map is cut off");
        for (int i = 0; i < numbers.size(); i += 2) map.add(numbers.get(i), numbers.get(i + 1));
    }

    private static void ofText(byte @Nullable [] value, SparseMap map) throws TarException {
        var text = value == null ? "" : new String(value, StandardCharsets.ISO_8859_1);
        var numbers = text.split(",", -1);
        if (numbers.length % 2 != 0) throw new TarException("its sparse map is cut off");
        for (int i = 0; i < numbers.length; i += 2) {
            map.add(decimal(numbers[i]), decimal(numbers[i + 1]));
        }
    }

    private static long decimal(String text) throws TarException {
        var bytes = text.getBytes(StandardCharsets.ISO_8859_1);
        return TarNumbers.decimal(bytes, 0, bytes.length, "sparse map");
    }

    /** How many runs, then offset and length of each, a line each, padded to whole blocks. */
    private static void ofContent(TarInput in, SparseMap map, int limit) throws IOException {
        var lines = new Lines(in);
        long count = lines.next();
        if (count > limit)
            throw new TarException("its sparse map has more than " + limit + " runs");
        for (long i = 0; i < count; i++) map.add(lines.next(), lines.next());
    }

    /** Numbers, a line each, from blocks of content. */
    private static final class Lines {
        private final TarInput in;
        private byte[] block = {};
        private int at;

        Lines(TarInput in) {
            this.in = in;
        }

        long next() throws IOException {
            var digits = new byte[DIGITS];
            for (int length = 0; length < DIGITS; length++) {
                byte read = read();
                if (read == '\n') return TarNumbers.decimal(digits, 0, length, "sparse map");
                digits[length] = read;
            }
            throw new TarException("its sparse map is not made of numbers");
        }

        private byte read() throws IOException {
            if (at == block.length) {
                block = in.contentBlock();
                at = 0;
            }
            return block[at++];
        }
    }
}
