package dev.rootbound.network;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.util.concurrent.Semaphore;
import org.jspecify.annotations.Nullable;

/**
 * Carries the connections of a port that the kernel does not lead away: those to the host's
 * loopback address of IPv6, which is never routed, and those by IPv6 to a container that has none.
 * Whence they come is not seen behind it.
 */
final class Relay {
    /** Each takes two descriptors of the engine's. */
    private static final int MOST = 256;

    private static final int CHUNK = 16 << 10;

    private final ServerSocketChannel socket;
    private final Semaphore free = new Semaphore(MOST);
    private volatile @Nullable InetSocketAddress target;

    Relay(ServerSocketChannel socket) {
        this.socket = socket;
    }

    /** From now on, connections lead there; what is connected stays so. */
    void leadTo(InetSocketAddress address) {
        boolean first = target == null;
        target = address;
        if (first) Thread.ofVirtual().name("relay-" + address.getPort()).start(this::accept);
    }

    /** Ends with the socket. */
    private void accept() {
        while (socket.isOpen()) {
            try {
                var client = socket.accept();
                if (free.tryAcquire()) {
                    Thread.ofVirtual().name("relay").start(() -> carry(client));
                } else {
                    client.close();
                }
            } catch (IOException e) {
                pause(); // it is closed, or there are too many open files for the moment
            }
        }
    }

    private static void pause() {
        try {
            Thread.sleep(100);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void carry(SocketChannel client) {
        var address = target;
        try (client;
                var server = SocketChannel.open()) {
            if (address == null) return;
            server.connect(address);
            var back = Thread.ofVirtual().start(() -> copy(server, client));
            copy(client, server);
            back.join();
        } catch (IOException | InterruptedException e) {
            // either side has ended it: so does the other
        } finally {
            free.release();
        }
    }

    /** Until an end, which is passed on; a side that breaks ends both. */
    private static void copy(SocketChannel from, SocketChannel to) {
        var buffer = ByteBuffer.allocate(CHUNK);
        try {
            while (from.read(buffer) >= 0) {
                buffer.flip();
                while (buffer.hasRemaining()) to.write(buffer);
                buffer.clear();
            }
            to.shutdownOutput();
        } catch (IOException e) {
            close(from);
            close(to);
        }
    }

    private static void close(SocketChannel channel) {
        try {
            channel.close();
        } catch (IOException e) {
            // it is of no use any more
        }
    }
}
