package dev.rootbound.docker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.util.concurrent.TimeUnit;

/** HTTP/1.1 at one address, with one event loop for all its clients. */
@SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do when an event loop has ended
final class HttpServer implements AutoCloseable {
    private static final int FIRST_READ = 16 << 10;
    private static final int MOST_READ = 256 << 10;
    private static final int BACKLOG = 1024;
    private static final long GRACE_MILLIS = 300;

    private final Gate gate;
    private final Requests requests;
    private final EventLoopGroup loop;
    private final ChannelGroup clients;
    private final Channel listener;
    private final ClientLimits limits;
    private final Crowd crowd;

    HttpServer(Gate gate, ClientLimits limits, Requests.Handler handler) throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        this.gate = gate;
        requests = new Requests(handler);
        this.limits = limits;
        crowd = new Crowd(limits.connections());
        loop = new MultiThreadIoEventLoopGroup(1, StayingEpoll.factory());
        clients = new DefaultChannelGroup(loop.next());
        boolean listening = false;
        try {
            listener = bind();
            gate.open();
            listening = true;
        } finally {
            if (!listening) {
                loop.shutdownGracefully(0, 0, TimeUnit.SECONDS);
            }
        }
    }

    private Channel bind() throws IOException {
        var bound =
                new ServerBootstrap()
                        .group(loop)
                        .channel(gate.kind())
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(64, FIRST_READ, MOST_READ))
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(new Initializer())
                        .bind(gate.address())
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listen on " + gate.address() + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    private final class Initializer extends ChannelInitializer<DuplexChannel> {
        @Override
        protected void initChannel(DuplexChannel channel) throws IOException {
            clients.add(channel);
            gate.greet(channel, peer -> welcome(channel, peer));
        }
    }

    private void welcome(DuplexChannel channel, Peer peer) {
        var crowded = peer.tenant();
        channel.closeFuture().addListener(_ -> crowd.leave(crowded));
        switch (crowd.enter(crowded)) {
            case SERVED -> {
                var decoder = new RequestDecoder();
                var connection = new Connection(channel, decoder, peer, limits, requests);
                channel.pipeline().addLast(decoder, connection);
            }
            case REFUSED -> channel.pipeline().addLast(refusal(channel, peer));
            case DROPPED -> channel.close();
        }
    }

    private Refusal refusal(DuplexChannel channel, Peer peer) {
        return new Refusal(
                channel,
                "503 Service Unavailable",
                peer.tenant()
                                .map(tenant -> "user " + tenant.uid() + " has ")
                                .orElse("uids that are no user's of this host have ")
                        + limits.connections()
                        + " connections to the engine open, those of containers included, which"
                        + " is the limit: end some clients (attach, logs -f, wait) and try"
                        + " again");
    }

    /** Accepts nobody any more, gives running requests a moment, and ends. */
    @Override
    public void close() throws IOException {
        listener.close().awaitUninterruptibly();
        gate.close();
        try {
            requests.await(GRACE_MILLIS);
        } catch (InterruptedException _) {
            Thread.currentThread().interrupt();
        }
        // first, so that an answer that is interrupted does not look complete to its client
        clients.close().awaitUninterruptibly();
        requests.interrupt();
        loop.shutdownGracefully(0, 1, TimeUnit.SECONDS).awaitUninterruptibly();
    }
}
