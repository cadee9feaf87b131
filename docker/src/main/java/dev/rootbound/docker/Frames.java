package dev.rootbound.docker;

import dev.rootbound.engine.Engine;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.concurrent.CountDownLatch;
import org.jspecify.annotations.Nullable;

/**
 * A process's output on a hijacked connection: with a terminal bare bytes, else Docker's frames,
 * {@code [1 or 2, 0, 0, 0, length]} and the bytes. Writers wait until the connection is there.
 */
final class Frames implements Engine.Output {
    /** What stands before a piece of output. */
    private interface Header {
        byte[] of(Engine.Stream stream, int length);
    }

    private static final byte[] NONE = {};

    private final Header header;
    private final CountDownLatch opened = new CountDownLatch(1);
    private volatile @Nullable Wire wire;

    Frames(boolean terminal) {
        this(terminal ? (_, _) -> NONE : Frames::header);
    }

    private Frames(Header header) {
        this.header = header;
    }

    /** Both streams in binary WebSocket messages. */
    static Frames webSocket() {
        return new Frames((_, length) -> WebSocket.header(WebSocket.BINARY, length));
    }

    /** From now on writers write there. */
    void open(Wire to) {
        wire = to;
        opened.countDown();
    }

    /** There will be no connection: writers fail. Has no effect on one that is open. */
    void giveUp() {
        opened.countDown();
    }

    @Override
    public void write(Engine.Stream stream, byte[] bytes, int offset, int length)
            throws IOException {
        try {
            opened.await();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            var interrupted = new InterruptedIOException("interrupted before the client was there");
            interrupted.initCause(e);
            throw interrupted;
        }
        var to = wire;
        if (to == null) {
            throw new IOException("the client has gone");
        }
        send(to, stream, Arrays.copyOfRange(bytes, offset, offset + length));
    }

    /** Writes to the open connection, past writers that wait for it. */
    void send(Wire to, Engine.Stream stream, byte[] bytes) throws IOException {
        to.send(header.of(stream, bytes.length), bytes);
    }

    static byte[] header(Engine.Stream stream, int length) {
        byte type = stream == Engine.Stream.STDOUT ? (byte) 1 : 2;
        return ByteBuffer.allocate(8).put(0, type).putInt(4, length).array();
    }
}
