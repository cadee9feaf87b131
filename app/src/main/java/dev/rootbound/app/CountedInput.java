package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;

/** A body of known length; its early end is an error. */
final class CountedInput extends InputStream {
    private final InputStream in;
    private long left;

    CountedInput(InputStream in, long length) {
        this.in = in;
        this.left = length;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (left == 0) return -1;
        int n = in.read(bytes, offset, (int) Math.min(left, length));
        if (n < 0) throw new EngineGoneException(null);
        left -= n;
        return n;
    }
}
