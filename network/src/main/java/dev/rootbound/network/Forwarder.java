package dev.rootbound.network;

import java.io.IOException;
import java.net.DatagramPacket;
import java.net.Inet6Address;
import java.net.InetSocketAddress;
import java.net.StandardProtocolFamily;
import java.nio.ByteBuffer;
import java.nio.channels.DatagramChannel;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.function.Supplier;
import java.util.random.RandomGenerator;

/**
 * Asks other servers, in their order, by the transport the question came by. Each time with an ID
 * that cannot be guessed and from a port that the kernel draws, RFC 5452; a connected socket takes
 * nothing from any other address.
 */
final class Forwarder {
    private static final Duration PATIENCE = Duration.ofSeconds(3); // clients have five

    /** Of one container; each costs the engine a socket or two. */
    private static final int IN_FLIGHT = 64;

    private final Supplier<List<InetSocketAddress>> upstream;
    private final RandomGenerator random;
    private final Semaphore free = new Semaphore(IN_FLIGHT);

    /**
     * @param upstream asked at each query: in their order; if there are none, nothing is known
     * @param random for secrets
     */
    Forwarder(Supplier<List<InetSocketAddress>> upstream, RandomGenerator random) {
        this.upstream = upstream;
        this.random = random;
    }

    /** Makes room for one {@link #ask}; false if there is none, and the query is dropped. */
    boolean reserve() {
        return free.tryAcquire();
    }

    /**
     * The first reply that is neither SERVFAIL nor REFUSED, or else SERVFAIL, as Docker does. The
     * room for it is given back.
     */
    ByteBuffer ask(Query query, Transport transport) {
        try {
            return askAll(query, transport);
        } finally {
            free.release();
        }
    }

    private ByteBuffer askAll(Query query, Transport transport) {
        for (var server : upstream.get()) {
            if (Thread.currentThread().isInterrupted()) break;
            var reply = ask(query, transport, server).filter(Forwarder::isFinal);
            if (reply.isPresent()) return reply.get();
        }
        return Replies.failure(query);
    }

    private Optional<ByteBuffer> ask(Query query, Transport transport, InetSocketAddress server) {
        try {
            return switch (transport) {
                case UDP -> udp(query, server);
                case TCP -> tcp(query, server);
            };
        } catch (IOException | UnsupportedOperationException e) {
            return Optional.empty(); // out of reach, or of a family that the host has not
        }
    }

    private static boolean isFinal(ByteBuffer reply) {
        int code = reply.get(3) & 0xF;
        return code != Replies.SERVFAIL && code != Replies.REFUSED;
    }

    private Optional<ByteBuffer> udp(Query query, InetSocketAddress server) throws IOException {
        long deadline = System.nanoTime() + PATIENCE.toNanos();
        int limit = Transport.UDP.limit(query);
        var bytes = new byte[limit + 1];
        short id = (short) random.nextInt();
        try (var channel = DatagramChannel.open(family(server))) {
            channel.connect(server);
            channel.write(query.withId(id));
            while (true) {
                channel.socket().setSoTimeout(Frames.milliseconds(deadline));
                var packet = new DatagramPacket(bytes, bytes.length);
                channel.socket().receive(packet);
                var reply = ByteBuffer.wrap(bytes, 0, packet.getLength());
                if (!query.isAnsweredBy(reply, id)) continue;
                if (packet.getLength() > limit) return Optional.of(Replies.truncated(query));
                return Optional.of(reply.putShort(0, query.id()));
            }
        }
    }

    private Optional<ByteBuffer> tcp(Query query, InetSocketAddress server) throws IOException {
        short id = (short) random.nextInt();
        try (var channel = SocketChannel.open(family(server))) {
            channel.socket().connect(server, (int) PATIENCE.toMillis());
            Frames.write(channel.socket(), query.withId(id));
            return Frames.read(channel.socket(), PATIENCE, Transport.LARGEST)
                    .filter(reply -> query.isAnsweredBy(reply, id))
                    .map(reply -> reply.putShort(0, query.id()));
        }
    }

    private static StandardProtocolFamily family(InetSocketAddress server) {
        return server.getAddress() instanceof Inet6Address
                ? StandardProtocolFamily.INET6
                : StandardProtocolFamily.INET;
    }
}
