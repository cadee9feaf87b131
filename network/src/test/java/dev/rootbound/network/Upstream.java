package dev.rootbound.network;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the host's loopback, by UDP and TCP at one port, that says what a test wants. */
final class Upstream implements AutoCloseable {
    /** The messages that answer a query. */
    interface Says {
        List<ByteBuffer> to(ByteBuffer query);
    }

    private final DatagramChannel udp = DatagramChannel.open(StandardProtocolFamily.INET);
    private final ServerSocketChannel tcp = ServerSocketChannel.open(StandardProtocolFamily.INET);
    private final Says says;
    final AtomicInteger asked = new AtomicInteger();
    final Set<Short> ids = new HashSet<>();
    final Set<Object> ports = new HashSet<>();

    Upstream(Says says) throws IOException {
        this.says = says;
        var loopback = InetAddress.ofLiteral("127.0.0.1");
        tcp.bind(new InetSocketAddress(loopback, 0));
        udp.bind(tcp.getLocalAddress());
        Thread.ofVirtual().start(this::serveUdp);
        Thread.ofVirtual().start(this::serveTcp);
    }

    /** Which says that every name is 192.0.2.1. */
    static Upstream plain() throws IOException {
        return new Upstream(query -> List.of(Dns.answer(query, new byte[] {(byte) 192, 0, 2, 1})));
    }

    /** Which says nothing. */
    static Upstream silent() throws IOException {
        return new Upstream(_ -> List.of());
    }

    InetSocketAddress address() throws IOException {
        return (InetSocketAddress) udp.getLocalAddress();
    }

    private void serveUdp() {
        try {
            while (true) {
                var buffer = ByteBuffer.allocate(5000);
                var client = udp.receive(buffer);
                for (var each : said(buffer.flip(), client)) udp.send(each, client);
            }
        } catch (IOException e) {
            // closed
        }
    }

    private synchronized List<ByteBuffer> said(ByteBuffer query, Object client) {
        asked.incrementAndGet();
        ids.add(query.getShort(0));
        ports.add(client);
        return says.to(ByteBuffer.allocate(query.limit()).put(query).flip());
    }

    private void serveTcp() {
        try {
            while (true) {
                try (var client = tcp.accept()) {
                    var query = ByteBuffer.wrap(client.socket().getInputStream().readNBytes(2));
                    var bytes = client.socket().getInputStream().readNBytes(query.getShort());
                    for (var each : said(ByteBuffer.wrap(bytes), client.getRemoteAddress()))
                        Frames.write(client.socket(), each);
                }
            }
        } catch (IOException e) {
            // closed
        }
    }

    @Override
    public void close() throws IOException {
        try (udp) {
            tcp.close();
        }
    }
}
