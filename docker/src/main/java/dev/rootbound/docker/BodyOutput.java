package dev.rootbound.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;

/** A response's body as it comes into being, in HTTP/1.1's chunks or (HTTP/1.0) bare. */
final class BodyOutput extends OutputStream {
    private static final int ENOUGH = 32 * 1024;
    private static final byte[] LINE_END = {'\r', '\n'};

    private final Wire wire;
    private final boolean chunked;
    private final ByteArrayOutputStream held = new ByteArrayOutputStream();
    private boolean closed;

    BodyOutput(Wire wire, boolean chunked) {
        this.wire = wire;
        this.chunked = chunked;
    }

    @Override
    public synchronized void write(int b) throws IOException {
        held.write(b);
    }

    @Override
    public synchronized void write(byte[] bytes, int offset, int length) throws IOException {
        held.write(bytes, offset, length);
        if (held.size() >= ENOUGH) {
            flush();
        }
    }

    @Override
    public synchronized void flush() throws IOException {
        if (held.size() == 0) {
            return;
        }
        var bytes = held.toByteArray();
        held.reset();
        if (!chunked) {
            wire.send(bytes);
            return;
        }
        wire.send(ascii(Integer.toHexString(bytes.length) + "\r\n"), bytes, LINE_END);
    }

    @Override
    public synchronized void close() throws IOException {
        if (closed) {
            return;
        }
        closed = true;
        flush();
        if (chunked) {
            wire.send(ascii("0\r\n\r\n"));
        }
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
