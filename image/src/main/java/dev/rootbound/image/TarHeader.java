package dev.rootbound.image;

import java.util.Arrays;

/**
 * One 512-byte header block: v7, POSIX ustar, GNU or star (pax(1), «ustar Interchange Format»; GNU
 * tar manual, «Basic Tar Format»).
 */
final class TarHeader {
    static final int BLOCK = 512;

    /** Where a number stands in the block. */
    enum Field {
        MODE(100, 8),
        UID(108, 8),
        GID(116, 8),
        SIZE(124, 12),
        MTIME(136, 12),
        CHECKSUM(148, 8),
        DEVICE_MAJOR(329, 8),
        DEVICE_MINOR(337, 8),
        /** Old GNU sparse files only. */
        REAL_SIZE(483, 12);

        private final int offset;
        private final int length;

        Field(int offset, int length) {
            this.offset = offset;
            this.length = length;
        }
    }

    private final byte[] block;

    TarHeader(byte[] block) {
        this.block = block.clone();
    }

    boolean isZero() {
        return Arrays.equals(block, new byte[BLOCK]);
    }

    /** Old tars summed signed bytes; both are accepted, as everywhere. */
    void verifyChecksum() throws TarException {
        long stored = number(Field.CHECKSUM);
        long unsigned = 0;
        long signed = 0;
        for (int i = 0; i < BLOCK; i++) {
            boolean blank =
                    i >= Field.CHECKSUM.offset && i < Field.CHECKSUM.offset + Field.CHECKSUM.length;
            byte value = blank ? (byte) ' ' : block[i];
            unsigned += value & 0xff;
            signed += value;
        }
        if (stored != unsigned && stored != signed) {
            throw new TarException("the header's checksum is wrong: damaged, or not a tar archive");
        }
    }

    /** The type flag as a character. */
    char type() {
        return (char) (block[156] & 0xff);
    }

    boolean isGnu() {
        return matches(257, "ustar  \0");
    }

    private boolean isPosix() {
        return matches(257, "ustar\0");
    }

    private boolean matches(int offset, String magic) {
        for (int i = 0; i < magic.length(); i++) {
            if (block[offset + i] != magic.charAt(i)) return false;
        }
        return true;
    }

    /** With the prefix, where the format has one (GNU keeps times there, star ends it earlier). */
    byte[] name() {
        var name = text(0, 100);
        if (!isPosix()) return name;
        var prefix = text(345, matches(508, "tar\0") ? 131 : 155);
        if (prefix.length == 0) return name;
        var whole = Arrays.copyOf(prefix, prefix.length + 1 + name.length);
        whole[prefix.length] = '/';
        System.arraycopy(name, 0, whole, prefix.length + 1, name.length);
        return whole;
    }

    byte[] linkName() {
        return text(157, 100);
    }

    byte[] userName() {
        return isPosix() || isGnu() ? text(265, 32) : new byte[0];
    }

    /** Four runs of an old GNU sparse file; the rest follows in blocks of their own. */
    boolean addSparse(SparseMap map) throws TarException {
        addSparse(block, 386, 4, map);
        return block[482] != 0;
    }

    /** An extension block of an old GNU sparse file; whether another follows. */
    static boolean addSparseExtension(byte[] block, SparseMap map) throws TarException {
        addSparse(block, 0, 21, map);
        return block[504] != 0;
    }

    private static void addSparse(byte[] block, int start, int count, SparseMap map)
            throws TarException {
        for (int at = start; at < start + 24 * count; at += 24) {
            if (block[at] == 0) return; // an unused slot
            map.add(
                    TarNumbers.parse(block, at, 12, "sparse offset"),
                    TarNumbers.parse(block, at + 12, 12, "sparse length"));
        }
    }

    long number(Field field) throws TarException {
        return TarNumbers.parse(
                block,
                field.offset,
                field.length,
                field.name().toLowerCase(java.util.Locale.ROOT).replace('_', ' '));
    }

    private byte[] text(int offset, int length) {
        int end = offset;
        while (end < offset + length && block[end] != 0) end++;
        return Arrays.copyOfRange(block, offset, end);
    }
}
