package dev.rootbound.registry;

import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.util.concurrent.atomic.AtomicInteger;

/** Something on loopback that need not speak HTTP. */
final class RawServer implements AutoCloseable {
    /** What it does with a connection; it is closed then. */
    interface Doing {
        void with(Socket socket) throws IOException;
    }

    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    RawServer(Doing doing) throws IOException {
        Thread.ofVirtual().start(() -> accept(doing));
    }

    private void accept(Doing doing) {
        while (!server.isClosed()) {
            try {
                var socket = server.accept();
                connections.incrementAndGet();
                Thread.ofVirtual().start(() -> run(doing, socket));
            } catch (IOException _) {
                // closed
            }
        }
    }

    private static void run(Doing doing, Socket socket) {
        try (socket) {
            doing.with(socket);
        } catch (IOException _) {
            // the client has gone
        }
    }

    Repository repository() {
        return new Repository("localhost:" + server.getLocalPort(), "app");
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
