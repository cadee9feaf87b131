package dev.rootbound.docker;

import io.netty.bootstrap.ServerBootstrap;
import io.netty.buffer.UnpooledByteBufAllocator;
import io.netty.channel.AdaptiveRecvByteBufAllocator;
import io.netty.channel.Channel;
import io.netty.channel.ChannelInitializer;
import io.netty.channel.ChannelOption;
import io.netty.channel.EventLoopGroup;
import io.netty.channel.MultiThreadIoEventLoopGroup;
import io.netty.channel.epoll.EpollDomainSocketChannel;
import io.netty.channel.epoll.EpollServerDomainSocketChannel;
import io.netty.channel.group.ChannelGroup;
import io.netty.channel.group.DefaultChannelGroup;
import io.netty.channel.unix.DomainSocketAddress;
import io.netty.util.ResourceLeakDetector;
import java.io.IOException;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;

/** HTTP/1.1 on a unix socket, one event loop for all clients. */
@SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do when an event loop has ended
final class HttpServer implements AutoCloseable {
    private static final int FIRST_READ = 16 << 10;
    private static final int MOST_READ = 256 << 10;
    private static final int BACKLOG = 1024;
    private static final long GRACE_MILLIS = 300;

    private final SocketFile file;
    private final Requests requests;
    private final EventLoopGroup loop;
    private final ChannelGroup clients;
    private final Channel listener;
    private final ClientLimits limits;
    private final Crowd crowd;
    private final Peer.Acquaintance acquaintance;

    HttpServer(
            Path socket,
            Access access,
            ClientLimits limits,
            Peer.Acquaintance acquaintance,
            Requests.Handler handler)
            throws IOException {
        ResourceLeakDetector.setLevel(ResourceLeakDetector.Level.DISABLED);
        file = new SocketFile(socket);
        requests = new Requests(handler);
        this.limits = limits;
        this.acquaintance = acquaintance;
        crowd = new Crowd(limits.connections());
        loop = new MultiThreadIoEventLoopGroup(1, StayingEpoll.factory());
        clients = new DefaultChannelGroup(loop.next());
        boolean listening = false;
        try {
            listener = bind();
            file.publish(access);
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
                        .channel(EpollServerDomainSocketChannel.class)
                        .option(ChannelOption.SO_BACKLOG, BACKLOG)
                        .childOption(ChannelOption.ALLOCATOR, UnpooledByteBufAllocator.DEFAULT)
                        .childOption(ChannelOption.ALLOW_HALF_CLOSURE, true)
                        .childOption(
                                ChannelOption.RECVBUF_ALLOCATOR,
                                new AdaptiveRecvByteBufAllocator(64, FIRST_READ, MOST_READ))
                        .childOption(ChannelOption.AUTO_READ, false)
                        .childHandler(new Initializer())
                        .bind(new DomainSocketAddress(file.unfinished().toFile()))
                        .awaitUninterruptibly();
        if (!bound.isSuccess()) {
            throw new IOException(
                    "listen on " + file.unfinished() + ": " + bound.cause().getMessage(),
                    bound.cause());
        }
        return bound.channel();
    }

    private final class Initializer extends ChannelInitializer<EpollDomainSocketChannel> {
        @Override
        protected void initChannel(EpollDomainSocketChannel channel) throws IOException {
            var peer = Peer.of(channel, acquaintance);
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
            clients.add(channel);
        }

        private Refusal refusal(EpollDomainSocketChannel channel, Peer peer) {
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
    }

    /** Accepts nobody any more, gives running requests a moment, and ends. */
    @Override
    public void close() throws IOException {
        listener.close().awaitUninterruptibly();
        file.delete();
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
