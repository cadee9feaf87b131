package dev.rootbound.network;

import java.io.EOFException;
import java.io.IOException;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.Optional;

/** Messages in a TCP connection, each after its length in two bytes: RFC 1035 section 4.2.2. */
final class Frames {
    private Frames() {}

    /**
     * The next message; empty at the end.
     *
     * @param patience for all of it, however slowly its bytes come
     * @throws IOException if it is larger than {@code limit}, too
     */
    static Optional<ByteBuffer> read(Socket socket, Duration patience, int limit)
            throws IOException {
        long deadline = System.nanoTime() + patience.toNanos();
        var length = new byte[2];
        if (!fill(socket, length, deadline)) return Optional.empty();
        int size = ByteBuffer.wrap(length).getShort() & 0xFFFF;
        if (size > limit) throw new IOException("a message of " + size + " bytes, not " + limit);
        var message = new byte[size];
        if (!fill(socket, message, deadline)) throw new EOFException("no message after its length");
        return Optional.of(ByteBuffer.wrap(message));
    }

    /** In one write: what is not sent at once waits for the peer's acknowledgement. */
    static void write(Socket socket, ByteBuffer message) throws IOException {
        var frame = ByteBuffer.allocate(2 + message.remaining());
        frame.putShort((short) message.remaining()).put(message.duplicate());
        socket.getOutputStream().write(frame.array());
    }

    /** False if there was nothing at all. */
    private static boolean fill(Socket socket, byte[] bytes, long deadline) throws IOException {
        for (int filled = 0; filled < bytes.length; ) {
            socket.setSoTimeout(milliseconds(deadline));
            int count = socket.getInputStream().read(bytes, filled, bytes.length - filled);
            if (count < 0 && filled > 0) throw new EOFException("ends within a message");
            if (count < 0) return false;
            filled += count;
        }
        return true;
    }

    /** Until then, as a timeout of a socket, for which 0 is forever. */
    static int milliseconds(long deadline) throws SocketTimeoutException {
        long rest = deadline - System.nanoTime();
        if (rest <= 0) throw new SocketTimeoutException("too slow");
        return Math.max(1, (int) Duration.ofNanos(rest).toMillis());
    }
}
