package dev.rootbound.app;

import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;

/**
 * Bytes to and from an engine.
 *
 * @param ending ends our direction; the engine's goes on
 * @param closing ends both
 */
record Link(InputStream in, OutputStream out, Step ending, Closeable closing) implements Closeable {
    /** Something that may fail. */
    interface Step {
        void run() throws IOException;
    }

    static Link of(SocketChannel channel) {
        return new Link(
                Channels.newInputStream(channel),
                Channels.newOutputStream(channel),
                channel::shutdownOutput,
                channel);
    }

    static Link of(Socket socket) throws IOException {
        return new Link(
                socket.getInputStream(), socket.getOutputStream(), socket::shutdownOutput, socket);
    }

    @Override
    public void close() throws IOException {
        closing.close();
    }
}
