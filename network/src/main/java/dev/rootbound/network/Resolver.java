package dev.rootbound.network;

import dev.rootbound.linux.Undo;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.function.Supplier;

/**
 * The DNS server of one container, RFC 1035, at 127.0.0.11 in its network namespace: it answers
 * what the container can see, and asks others for the rest. Its sockets are the container's, its
 * threads are the engine's; those sockets that ask others are the host's.
 *
 * <p>What arrives is the container's making, and so are the firewall rules around it: whatever it
 * does there, it does to itself. A name that is not ours never leaves without an upstream server
 * (CVE-2024-29018).
 */
public final class Resolver implements AutoCloseable {
    private static final InetAddress ADDRESS = InetAddress.ofLiteral("127.0.0.11"); // Docker's

    private final Sockets sockets;
    private final TcpService tcp;
    private final ExecutorService tasks;

    private Resolver(Sockets sockets, TcpService tcp, ExecutorService tasks) {
        this.sockets = sockets;
        this.tcp = tcp;
        this.tasks = tasks;
    }

    /**
     * Answers from now on. An earlier engine may have done so before.
     *
     * @param namespace file that pins the network namespace, whose loopback device is up
     * @param upstream who is asked for what is not ours, as it is at each query, from the host's
     *     network namespace, in this order; it must name none that the container may not reach;
     *     empty: nothing is forwarded, and such a query fails (SERVFAIL, as Docker has it for
     *     internal networks)
     * @throws IOException if the sockets cannot be bound, or nft(8) or nsenter(1) fails, as a
     *     container that may change its own firewall can make it
     */
    public static Resolver open(
            Path namespace, Names names, Supplier<List<InetSocketAddress>> upstream)
            throws IOException {
        try (var undo = new Undo()) {
            var sockets = undo.on(Sockets.open(namespace, ADDRESS));
            new Redirection(ADDRESS, sockets.udpPort(), sockets.tcpPort()).apply(namespace);
            var resolver = serve(sockets, names, upstream);
            undo.keep();
            return resolver;
        }
    }

    private static Resolver serve(
            Sockets sockets, Names names, Supplier<List<InetSocketAddress>> upstream) {
        var random = new SecureRandom();
        var answers = new Answers(names, random);
        var forwarder = new Forwarder(upstream, random);
        var pace = new Pace();
        var tasks =
                Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("names-", 0).factory());
        var udp = new UdpService(sockets.udp(), answers, forwarder, pace, tasks);
        var tcp = new TcpService(sockets.tcp(), answers, forwarder, pace);
        tasks.execute(udp::serve);
        tasks.execute(() -> tcp.serve(tasks));
        return new Resolver(sockets, tcp, tasks);
    }

    /**
     * Ends all that was begun, and waits for that. The redirection stays in the namespace and goes
     * with it: until then a query fails at once, and reaches no server of the container's own.
     */
    @Override
    public void close() throws IOException {
        try (tasks;
                sockets;
                tcp) {
            tasks.shutdownNow();
        }
    }
}
