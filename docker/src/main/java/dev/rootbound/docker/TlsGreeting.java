package dev.rootbound.docker;

import dev.rootbound.engine.Remote;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.handler.ssl.SslCloseCompletionEvent;
import io.netty.handler.ssl.SslHandler;
import io.netty.handler.ssl.SslHandshakeCompletionEvent;
import java.security.cert.X509Certificate;
import java.util.function.Consumer;
import javax.net.ssl.SSLPeerUnverifiedException;

/**
 * Between TLS and HTTP: nobody is let in before the handshake is over, and the end of what a client
 * sends is what TLS says it is (close_notify, RFC 8446 section 6.1). A connection that ends without
 * may have been cut by anybody, and is none any more.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails shows as channelInactive
final class TlsGreeting extends ChannelInboundHandlerAdapter {
    private final DuplexChannel channel;
    private final String host;
    private final Consumer<Remote> whoIsIt;
    private boolean inputEnded;

    /**
     * @param host where it connected
     */
    TlsGreeting(DuplexChannel channel, String host, Consumer<Remote> whoIsIt) {
        this.channel = channel;
        this.host = host;
        this.whoIsIt = whoIsIt;
    }

    /** Not for those behind: they come when the handshake is over, which TLS reads on its own. */
    @Override
    public void channelActive(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        switch (event) {
            case SslHandshakeCompletionEvent handshake -> {
                if (!handshake.isSuccess()) {
                    channel.close();
                    return;
                }
                whoIsIt.accept(remote());
                context.fireChannelActive();
            }
            case SslCloseCompletionEvent closed -> {
                inputEnded = true;
                if (closed.isSuccess()) {
                    context.fireUserEventTriggered(ChannelInputShutdownEvent.INSTANCE);
                }
            }
            case ChannelInputShutdownEvent _ -> {
                if (!inputEnded) channel.close();
            }
            default -> context.fireUserEventTriggered(event);
        }
    }

    private Remote remote() {
        var session = channel.pipeline().get(SslHandler.class).engine().getSession();
        try {
            return session.getPeerCertificates()[0] instanceof X509Certificate certificate
                    ? new Remote.Certified(certificate.getSubjectX500Principal())
                    : new Remote.Plain(host);
        } catch (SSLPeerUnverifiedException e) {
            return new Remote.Plain(host); // --tls without verify: it was not asked for one
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.close();
    }
}
