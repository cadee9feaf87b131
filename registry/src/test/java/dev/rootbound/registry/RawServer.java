package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketAddress;
import java.util.concurrent.atomic.AtomicInteger;

/** Something on loopback that need not speak HTTP. */
final class RawServer implements AutoCloseable {
    /** What it does with a connection; it is closed then. */
    interface Doing {
        void with(Socket socket) throws IOException;
    }

    private static final int TLS_HANDSHAKE = 22; // RFC 8446, 5.1

    final AtomicInteger connections = new AtomicInteger();
    private final ServerSocket server = new ServerSocket(0, 50, InetAddress.getLoopbackAddress());

    RawServer(Doing doing) throws IOException {
        Thread.ofVirtual().start(() -> accept(doing));
    }

    static boolean isTls(int first) {
        return first == TLS_HANDSHAKE;
    }

    /**
     * As Go's net/http and nginx do it: in plain, and then reading on, so that no reset for what
     * was not read overtakes the answer.
     */
    static void refuseTls(Socket socket) throws IOException {
        answer(socket, "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request");
        socket.shutdownOutput();
        socket.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    /** Hands the connection on to a server that would wait for TLS to end its line. */
    static void forward(Socket client, SocketAddress to) throws IOException {
        try (var behind = new Socket()) {
            var in = new PushbackInputStream(client.getInputStream());
            int first = in.read();
            if (first < 0) return;
            if (isTls(first)) {
                refuseTls(client);
                return;
            }
            in.unread(first);
            behind.connect(to);
            Thread.ofVirtual().start(() -> run(_ -> send(in, behind), behind));
            behind.getInputStream().transferTo(client.getOutputStream());
        }
    }

    private static void send(InputStream in, Socket to) throws IOException {
        in.transferTo(to.getOutputStream());
    }

    static void answer(Socket socket, String text) throws IOException {
        socket.getOutputStream().write(text.getBytes(UTF_8));
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

    int port() {
        return server.getLocalPort();
    }

    Repository repository() {
        return new Repository("localhost:" + port(), "app");
    }

    @Override
    public void close() {
        try {
            server.close();
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
