package dev.rootbound.docker;

import dev.rootbound.engine.Remote;
import io.netty.channel.ServerChannel;
import io.netty.channel.epoll.EpollChannelOption;
import io.netty.channel.epoll.EpollServerSocketChannel;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslHandler;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.SocketAddress;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/**
 * An address that others reach, too. With TLS clients say by a certificate who they are, before
 * anything else of them is read; the engine's policy knows whose it is. Without, all are one user.
 */
@SuppressWarnings("FutureReturnValueIgnored") // nothing is left to do for who is seen off
final class TcpGate implements Gate {
    /** tcp(7), seconds: a client whose host is gone is noticed after two minutes. */
    private static final int IDLE = 60;

    private static final int BETWEEN = 15;
    private static final int PROBES = 4;

    private final TcpHost host;
    private final @Nullable ServerTls tls;
    private final RemotePeer.Acquaintance acquaintance;
    private final Handshakes handshakes;

    /**
     * @param tls {@code null}: whoever connects has shown nothing
     */
    TcpGate(
            TcpHost host,
            @Nullable ServerTls tls,
            ClientLimits limits,
            RemotePeer.Acquaintance acquaintance) {
        this.host = host;
        this.tls = tls;
        this.acquaintance = acquaintance;
        this.handshakes = new Handshakes(limits);
    }

    @Override
    public Class<? extends ServerChannel> kind() {
        return EpollServerSocketChannel.class;
    }

    @Override
    public SocketAddress address() {
        return host.address();
    }

    @Override
    public void open() {}

    @Override
    public void greet(DuplexChannel client, Consumer<Peer> whoIsIt) {
        client.config().setOption(EpollChannelOption.TCP_NODELAY, true);
        client.config().setOption(EpollChannelOption.SO_KEEPALIVE, true);
        client.config().setOption(EpollChannelOption.TCP_KEEPIDLE, IDLE);
        client.config().setOption(EpollChannelOption.TCP_KEEPINTVL, BETWEEN);
        client.config().setOption(EpollChannelOption.TCP_KEEPCNT, PROBES);
        if (tls == null) {
            whoIsIt.accept(RemotePeer.of(new Remote.Plain(host.text()), acquaintance));
            return;
        }
        if (!handshakes.begin(address(client))) {
            client.close();
            return;
        }
        var handler = new SslHandler(tls.engine());
        handler.setHandshakeTimeoutMillis(handshakes.patience().toMillis());
        handler.handshakeFuture().addListener(_ -> handshakes.end(address(client)));
        client.pipeline()
                .addLast(
                        handler,
                        new TlsGreeting(
                                client,
                                host.text(),
                                remote -> whoIsIt.accept(RemotePeer.of(remote, acquaintance))));
    }

    private static InetAddress address(DuplexChannel client) {
        return client.remoteAddress() instanceof InetSocketAddress socket
                ? socket.getAddress()
                : InetAddress.getLoopbackAddress();
    }

    @Override
    public void close() throws IOException {}
}
