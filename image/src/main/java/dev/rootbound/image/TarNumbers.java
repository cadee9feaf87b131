package dev.rootbound.image;

/** The ways in which tar writes a number: octal text, base 256 (GNU, star), decimal text (pax). */
final class TarNumbers {
    private TarNumbers() {}

    /** A field of a header block; blank is 0. */
    static long parse(byte[] block, int offset, int length, String what) throws TarException {
        return (block[offset] & 0x80) != 0
                ? base256(block, offset, length, what)
                : octal(block, offset, length, what);
    }

    private static long octal(byte[] block, int offset, int length, String what)
            throws TarException {
        int at = offset;
        int end = offset + length;
        while (at < end && isPadding(block[at])) at++;
        while (end > at && isPadding(block[end - 1])) end--;
        long value = 0;
        for (; at < end; at++) {
            if (block[at] == 0) break; // what follows a NUL is rubbish of an old writer
            if (block[at] < '0' || block[at] > '7') {
                throw new TarException("its " + what + " is not an octal number");
            }
            value = value << 3 | (block[at] - '0'); // 12 digits at most: no overflow
        }
        return value;
    }

    private static boolean isPadding(byte value) {
        return value == 0 || value == ' ';
    }

    /** Two's complement, the first bit being the mark and the second the sign. */
    private static long base256(byte[] block, int offset, int length, String what)
            throws TarException {
        boolean negative = (block[offset] & 0x40) != 0;
        long value = (byte) (negative ? block[offset] | 0x80 : block[offset] & 0x7f);
        for (int i = offset + 1; i < offset + length; i++) {
            if (value > Long.MAX_VALUE >> 8 || value < Long.MIN_VALUE >> 8) {
                throw new TarException("its " + what + " is too large");
            }
            value = value << 8 | (block[i] & 0xff);
        }
        return value;
    }

    /** Digits only. */
    static long decimal(byte[] text, int from, int to, String what) throws TarException {
        if (from >= to) throw new TarException("its " + what + " is empty");
        long value = 0;
        for (int i = from; i < to; i++) {
            int digit = text[i] - '0';
            if (digit < 0 || digit > 9) throw new TarException("its " + what + " is not a number");
            if (value > (Long.MAX_VALUE - digit) / 10) {
                throw new TarException("its " + what + " is too large");
            }
            value = value * 10 + digit;
        }
        return value;
    }
}
