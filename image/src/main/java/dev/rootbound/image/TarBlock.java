package dev.rootbound.image;

import java.nio.charset.StandardCharsets;

/** A ustar header block in the making; fields as {@link TarHeader} reads them. */
final class TarBlock {
    /** The longest name or link target that fits. */
    static final int NAME = 100;

    /** The largest owner, and the largest size or time, that fit in octal. */
    static final long MAX_ID = 07777777;

    static final long MAX_NUMBER = 077777777777L;

    private final byte[] block = new byte[TarHeader.BLOCK];

    /** What does not fit is cut off: a pax header says it in full. */
    TarBlock(char type, byte[] name, byte[] link) {
        System.arraycopy(name, 0, block, 0, Math.min(NAME, name.length));
        block[156] = (byte) type;
        System.arraycopy(link, 0, block, 157, Math.min(NAME, link.length));
        var magic = "ustar\00000".getBytes(StandardCharsets.US_ASCII);
        System.arraycopy(magic, 0, block, 257, magic.length);
        devices(0, 0);
    }

    TarBlock owner(int mode, long uid, long gid) {
        octal(100, 7, mode);
        octal(108, 7, fits(uid, MAX_ID));
        octal(116, 7, fits(gid, MAX_ID));
        return this;
    }

    TarBlock size(long size, long mtime) {
        octal(124, 11, fits(size, MAX_NUMBER));
        octal(136, 11, fits(mtime, MAX_NUMBER));
        return this;
    }

    final TarBlock devices(int major, int minor) {
        octal(329, 7, fits(major, MAX_ID));
        octal(337, 7, fits(minor, MAX_ID));
        return this;
    }

    private static long fits(long value, long most) {
        return value < 0 || value > most ? 0 : value;
    }

    /** The sum of all bytes, those of the sum itself taken as blanks. */
    byte[] bytes() {
        int sum = 8 * ' ';
        for (int i = 0; i < block.length; i++) sum += i >= 148 && i < 156 ? 0 : block[i] & 0xff;
        octal(148, 6, sum);
        block[154] = 0;
        block[155] = ' ';
        return block;
    }

    private void octal(int offset, int digits, long value) {
        long left = value;
        for (int at = offset + digits - 1; at >= offset; at--) {
            block[at] = (byte) ('0' + (left & 7));
            left >>>= 3;
        }
    }
}
