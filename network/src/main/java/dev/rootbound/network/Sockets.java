package dev.rootbound.network;

import dev.rootbound.linux.Namespaces;
import dev.rootbound.linux.Undo;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Path;

/** Where a container's queries arrive: bound in its network namespace, to ports that are free. */
record Sockets(DatagramChannel udp, ServerSocketChannel tcp) implements AutoCloseable {
    /**
     * Tried first, and beyond those that Linux gives to clients: a client that keeps its socket is
     * still translated to the port of an earlier engine, as long as it asks.
     */
    private static final int USUAL_PORT = 61_053;

    static Sockets open(Path namespace, InetAddress address) throws IOException {
        return Namespaces.inNetwork(
                namespace,
                () -> {
                    try (var undo = new Undo()) {
                        var udp = undo.on(DatagramChannel.open(StandardProtocolFamily.INET));
                        bind(udp, address);
                        var tcp = undo.on(ServerSocketChannel.open(StandardProtocolFamily.INET));
                        bind(tcp, address);
                        undo.keep();
                        return new Sockets(udp, tcp);
                    }
                });
    }

    private static void bind(NetworkChannel channel, InetAddress address) throws IOException {
        try {
            channel.bind(new InetSocketAddress(address, USUAL_PORT));
        } catch (BindException e) {
            channel.bind(new InetSocketAddress(address, 0));
        }
    }

    int udpPort() throws IOException {
        return ((InetSocketAddress) udp.getLocalAddress()).getPort();
    }

    int tcpPort() throws IOException {
        return ((InetSocketAddress) tcp.getLocalAddress()).getPort();
    }

    @Override
    public void close() throws IOException {
        try (udp) {
            tcp.close();
        }
    }
}
