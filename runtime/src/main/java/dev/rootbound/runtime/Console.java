package dev.rootbound.runtime;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.PacketSocket;
import java.io.IOException;
import java.nio.file.Path;

/**
 * A connection to a container's streams: conmon's attach socket, one packet a piece, the first byte
 * names the stream.
 */
public final class Console implements AutoCloseable {
    private static final int STDERR_PACKET = 3;
    private static final int PACKET = 64 << 10;
    // conmon reads 32 KiB at most and drops the rest of a larger packet
    private static final int SEND = 8 << 10;

    private final PacketSocket socket;

    private Console(PacketSocket socket) {
        this.socket = socket;
    }

    static Console connect(Path socket) throws ErrnoException {
        return new Console(PacketSocket.connect(socket));
    }

    /** Takes output: {@code stream} is 1 or 2. */
    public interface Sink {
        void write(int stream, byte[] bytes, int offset, int length) throws IOException;
    }

    /** Copies output until the monitor ends or {@link #detach}. */
    public void pump(Sink sink) throws IOException {
        var packet = new byte[PACKET];
        while (true) {
            int n = receive(packet);
            if (n < 0) {
                return;
            }
            if (n > 1) {
                sink.write(packet[0] == STDERR_PACKET ? 2 : 1, packet, 1, n - 1);
            }
        }
    }

    private int receive(byte[] packet) throws ErrnoException {
        try {
            return socket.receive(packet);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ECONNRESET) { // the monitor ended with input of ours unread
                return -1;
            }
            throw e;
        }
    }

    /** Input for the process. */
    public void write(byte[] bytes, int offset, int length) throws IOException {
        for (int done = 0; done < length; done += SEND) {
            socket.send(bytes, offset + done, Math.min(SEND, length - done));
        }
    }

    /** No more input will come. */
    public void endInput() throws IOException {
        socket.endOutput();
    }

    /** Ends a {@link #pump}. */
    public void detach() {
        socket.shutdown();
    }

    @Override
    public void close() {
        socket.close();
    }
}
