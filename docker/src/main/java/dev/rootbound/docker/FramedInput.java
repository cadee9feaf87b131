package dev.rootbound.docker;

import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.util.Objects;

/**
 * One of several streams in a body: pieces, each after its length as a number of four bytes, most
 * significant first; a piece of no bytes is its end.
 */
final class FramedInput extends InputStream {
    private final InputStream body;
    private int left;
    private boolean ended;

    /**
     * @param body at the first piece when this is first read; left open
     */
    FramedInput(InputStream body) {
        this.body = body;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        Objects.checkFromIndexSize(offset, length, bytes.length);
        if (length == 0) return 0;
        if (left == 0 && !ended) begin();
        if (ended) return -1;
        int got = body.read(bytes, offset, Math.min(left, length));
        if (got < 0) throw cut();
        left -= got;
        return got;
    }

    private void begin() throws IOException {
        var head = body.readNBytes(Integer.BYTES);
        if (head.length < Integer.BYTES) throw cut();
        left = ByteBuffer.wrap(head).getInt();
        if (left < 0) throw new IOException("a piece of a context has no length");
        ended = left == 0;
    }

    private static EOFException cut() {
        return new EOFException("the body ends within a context");
    }
}
