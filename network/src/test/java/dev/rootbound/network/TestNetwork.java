package dev.rootbound.network;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.Mounts;
import dev.rootbound.linux.Namespaces;
import dev.rootbound.linux.UserNamespace;
import java.io.IOException;
import java.net.DatagramPacket;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** A network namespace as a container has one, pinned, and clients in it. */
final class TestNetwork implements AutoCloseable {
    private static final String MAP = "0 1879048192 65536\n";
    private static final Duration PATIENCE = Duration.ofSeconds(12);
    static final InetSocketAddress SERVER =
            new InetSocketAddress(InetAddress.ofLiteral("127.0.0.11"), 53);

    final Path file;

    TestNetwork(Path directory) throws IOException {
        file = Files.createFile(directory.resolve("net"));
        try (var namespace = UserNamespace.createWithNetwork(MAP, MAP)) {
            namespace.loopbackUp();
            namespace.pinNetwork(file);
        }
    }

    /** A socket in there. */
    DatagramChannel udp() throws IOException {
        return Namespaces.inNetwork(file, () -> DatagramChannel.open(StandardProtocolFamily.INET));
    }

    /** A connection from there to the server. */
    SocketChannel tcp() throws IOException {
        var channel =
                Namespaces.inNetwork(file, () -> SocketChannel.open(StandardProtocolFamily.INET));
        channel.socket().connect(SERVER, (int) PATIENCE.toMillis());
        return channel;
    }

    /** By a connected socket, which hears nobody but whom it asked. */
    Dns.Reply ask(ByteBuffer query) throws IOException {
        try (var channel = udp()) {
            channel.connect(SERVER);
            return ask(channel, query);
        }
    }

    static Dns.Reply ask(DatagramChannel connected, ByteBuffer query) throws IOException {
        connected.write(query.duplicate());
        connected.socket().setSoTimeout((int) PATIENCE.toMillis());
        var packet = new DatagramPacket(new byte[5000], 5000);
        connected.socket().receive(packet);
        return Dns.read(ByteBuffer.wrap(packet.getData(), 0, packet.getLength()));
    }

    Dns.Reply askByTcp(ByteBuffer query) throws IOException {
        try (var channel = tcp()) {
            return askByTcp(channel, query).orElseThrow();
        }
    }

    static Optional<Dns.Reply> askByTcp(SocketChannel channel, ByteBuffer query)
            throws IOException {
        Frames.write(channel.socket(), query);
        return Frames.read(channel.socket(), PATIENCE, Transport.LARGEST).map(Dns::read);
    }

    /** What nft(8) lists in there. */
    String rules() throws Exception {
        var nft = new ProcessBuilder("nsenter", "--net=" + file, "nft", "list", "ruleset").start();
        return new String(nft.getInputStream().readAllBytes(), UTF_8);
    }

    @Override
    public void close() throws IOException {
        Mounts.detach(file);
    }
}
