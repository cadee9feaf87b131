package dev.rootbound.network;

import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.channels.DatagramChannel;
import java.nio.channels.NetworkChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A port of the host that no other program can take, as long as this is open: a socket that is
 * bound, and that little ever reaches, since the port leads elsewhere before it is looked for here.
 * Of SCTP none is bound: the kernel may not have it.
 */
public final class HeldPort implements AutoCloseable {
    private final int number;
    private final @Nullable NetworkChannel socket;
    private final Optional<Relay> relay;

    private HeldPort(int number, @Nullable NetworkChannel socket) {
        this.number = number;
        this.socket = socket;
        this.relay =
                socket instanceof ServerSocketChannel server
                        ? Optional.of(new Relay(server))
                        : Optional.empty();
    }

    /**
     * Takes a port.
     *
     * @param address of the host; that of all IPv6 addresses is of all IPv4 addresses, too, ipv6(7)
     * @param port 0: any that is free
     * @throws BindException if another program has it, or the address is none of the host's
     */
    public static HeldPort take(Protocol protocol, InetAddress address, int port)
            throws IOException {
        if (protocol == Protocol.SCTP) return new HeldPort(port, null);
        boolean ipv4 = address.getAddress().length == 4;
        var family = ipv4 ? StandardProtocolFamily.INET : StandardProtocolFamily.INET6;
        NetworkChannel socket =
                protocol == Protocol.TCP
                        ? ServerSocketChannel.open(family)
                        : DatagramChannel.open(family);
        try {
            var at = socket.bind(new InetSocketAddress(address, port)).getLocalAddress();
            return new HeldPort(((InetSocketAddress) at).getPort(), socket);
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    /** Its number. */
    public int number() {
        return number;
    }

    /** Where connections of TCP lead that come here all the same, until it is closed. */
    public void leadTo(InetSocketAddress target) {
        relay.ifPresent(each -> each.leadTo(target));
    }

    @Override
    public void close() throws IOException {
        if (socket != null) socket.close();
    }
}
