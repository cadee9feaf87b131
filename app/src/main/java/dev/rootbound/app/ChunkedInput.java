package dev.rootbound.app;

import java.io.IOException;
import java.io.InputStream;

/** A body in chunks (RFC 9112 §7.1). Reads return what has come, so that streams are live. */
final class ChunkedInput extends InputStream {
    private static final int LONGEST_LINE = 4096;

    private final InputStream in;
    private long left;
    private boolean begun;
    private boolean ended;

    ChunkedInput(InputStream in) {
        this.in = in;
    }

    @Override
    public int read() throws IOException {
        byte[] one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xFF;
    }

    @Override
    public int read(byte[] bytes, int offset, int length) throws IOException {
        if (length == 0) return 0;
        if (left == 0 && !nextChunk()) return -1;
        int n = in.read(bytes, offset, (int) Math.min(left, length));
        if (n < 0) throw new EngineGoneException(null);
        left -= n;
        return n;
    }

    private boolean nextChunk() throws IOException {
        if (ended) return false;
        if (begun && !Connection.line(in, LONGEST_LINE).isEmpty())
            throw new IOException(
                    "the engine's answer is badly chunked: no line end after a chunk");
        begun = true;
        String line = Connection.line(in, LONGEST_LINE);
        int semicolon = line.indexOf(';');
        String size = semicolon < 0 ? line : line.substring(0, semicolon);
        try {
            left = Long.parseUnsignedLong(size.strip(), 16);
        } catch (NumberFormatException e) {
            throw new IOException("the engine's answer is badly chunked: \"" + size + "\"", e);
        }
        if (left < 0)
            throw new IOException("the engine's answer is badly chunked: \"" + size + "\"");
        if (left > 0) return true;
        while (!Connection.line(in, LONGEST_LINE).isEmpty()) {} // trailers
        ended = true;
        return false;
    }
}
