package dev.rootbound.network;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.ArrayList;
import java.util.List;

/**
 * A port of the host that no other program can take, as long as this is open: sockets that are
 * bound, and that nothing ever reaches, since the port leads elsewhere before it is looked for
 * here. Of SCTP none are bound: the kernel may not have it.
 */
public final class HeldPort implements AutoCloseable {
    private final Protocol protocol;
    private final InetAddress address;
    private final int number;
    private final List<NetworkChannel> sockets;

    private HeldPort(
            Protocol protocol, InetAddress address, int number, List<NetworkChannel> sockets) {
        this.protocol = protocol;
        this.address = address;
        this.number = number;
        this.sockets = sockets;
    }

    /**
     * Takes a port.
     *
     * @param port 0: any that is free
     * @throws BindException if another program has it, or the address is none of the host's
     */
    public static HeldPort take(Protocol protocol, InetAddress address, int port)
            throws IOException {
        if (protocol == Protocol.SCTP) return new HeldPort(protocol, address, port, List.of());
        boolean ipv4 = address.getAddress().length == 4;
        var family = ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        var where = new InetSocketAddress(address, port);
        var socket = bound(protocol, family, where);
        int number = ((InetSocketAddress) socket.getLocalAddress()).getPort();
        return new HeldPort(protocol, address, number, new ArrayList<>(List.of(socket)));
    }

    private static NetworkChannel bound(
            Protocol protocol, StandardProtocolFamily family, InetSocketAddress where)
            throws IOException {
        NetworkChannel socket =
                protocol == Protocol.TCP
                        ? ServerSocketChannel.open(family)
                        : DatagramChannel.open(family);
        try {
            return socket.bind(where);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Which protocol's. */
    public Protocol protocol() {
        return protocol;
    }

    /** Of the host; of all if it is 0.0.0.0 or ::. */
    public InetAddress address() {
        return address;
    }

    /** Its number. */
    public int number() {
        return number;
    }

    @Override
    public void close() throws IOException {
        for (var socket : sockets) socket.close();
    }
}
