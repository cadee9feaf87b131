package dev.rootbound.docker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.channel.unix.DomainSocketChannel;
import io.netty.handler.codec.http.HttpContent;
import io.netty.handler.codec.http.HttpObject;
import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.LastHttpContent;
import io.netty.handler.codec.http.TooLongHttpHeaderException;
import io.netty.handler.codec.http.TooLongHttpLineException;
import io.netty.handler.ssl.SslHandler;
import io.netty.util.ReferenceCountUtil;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/**
 * One client's connection: turns what arrives into one {@link Exchange} after another, each handled
 * by a virtual thread of its own. Everything here runs on the event loop unless it says otherwise.
 */
@SuppressWarnings("FutureReturnValueIgnored") // what fails shows as channelInactive
final class Connection extends ChannelInboundHandlerAdapter {
    /** How long a client may take to notice that its answer is complete. */
    private static final int LINGER_SECONDS = 2;

    private static final int PROBE_MILLIS = 500;

    private final DuplexChannel channel;
    private final RequestDecoder decoder;
    private final Peer peer;
    private final ClientLimits limits;
    private final Requests requests;
    private final Wire wire;
    private @Nullable Exchange current;
    private @Nullable ByteQueue incoming;
    private boolean hijacked;
    private boolean inputEnded;
    private boolean lingering;
    private boolean headBegun;
    private @Nullable Future<?> patience;

    Connection(
            DuplexChannel channel,
            RequestDecoder decoder,
            Peer peer,
            ClientLimits limits,
            Requests requests) {
        this.channel = channel;
        this.decoder = decoder;
        this.peer = peer;
        this.limits = limits;
        this.requests = requests;
        this.wire = new Wire(channel);
    }

    /** From any thread. */
    Wire wire() {
        return wire;
    }

    /** From any thread. */
    void close() {
        channel.close();
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        expectHead(limits.head());
        context.read();
    }

    /** A client that does not ask does not stay: neither silent nor with half a head. */
    private void expectHead(Duration within) {
        forgetHead();
        patience =
                channel.eventLoop()
                        .schedule(this::headIsLate, within.toMillis(), TimeUnit.MILLISECONDS);
    }

    private void forgetHead() {
        if (patience != null) {
            patience.cancel(false);
            patience = null;
        }
    }

    private void headIsLate() {
        if (current != null || lingering) {
            return;
        }
        if (headBegun) {
            refuse("408 Request Timeout");
        } else {
            channel.close(); // as Go's net/http: an answer to nothing would only confuse
        }
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        try {
            if (lingering) {
                return;
            }
            if (message instanceof HttpObject http && http.decoderResult().isFailure()) {
                refuse(http.decoderResult().cause());
                return;
            }
            if (message instanceof HttpRequest request) {
                begin(request);
            }
            if (message instanceof HttpContent content) {
                arrived(content.content());
            }
            if (message instanceof LastHttpContent && incoming != null) {
                incoming.end();
            }
            if (message instanceof ByteBuf bytes) {
                arrived(bytes);
            }
        } finally {
            ReferenceCountUtil.release(message);
        }
    }

    private void begin(HttpRequest request) {
        forgetHead();
        headBegun = false;
        // the body asks its exchange, which needs the body first
        var holder = new Exchange[1];
        var body = new ByteQueue(channel, () -> holder[0].sendContinue());
        var exchange = new Exchange(this, request, peer, body);
        holder[0] = exchange;
        if (!HttpUtil.isTransferEncodingChunked(request)
                && HttpUtil.getContentLength(request, 0L) == 0) {
            body.end(); // known before the handler may ask
        }
        current = exchange;
        incoming = body;
        requests.handle(exchange, () -> finished(exchange));
    }

    private void arrived(ByteBuf bytes) {
        if (bytes.isReadable() && incoming != null) {
            incoming.put(ByteBufUtil.getBytes(bytes));
        }
    }

    /** A message that is not HTTP: said so in HTTP, and the connection is useless from here on. */
    private void refuse(Throwable cause) {
        if (current != null) {
            if (incoming != null) {
                incoming.fail("the request's body is malformed: " + cause.getMessage());
            }
            return;
        }
        var status =
                switch (cause) {
                    case TooLongHttpLineException _ -> "414 Request-URI Too Long";
                    case TooLongHttpHeaderException _ -> "431 Request Header Fields Too Large";
                    default -> "400 Bad Request";
                };
        refuse(status);
    }

    private void refuse(String status) {
        var text = "HTTP/1.1 " + status + "\r\nContent-Type: text/plain\r\nConnection: close\r\n";
        var body = status + "\n";
        channel.writeAndFlush(
                Unpooled.copiedBuffer(
                        text + "Content-Length: " + body.length() + "\r\n\r\n" + body,
                        StandardCharsets.US_ASCII));
        linger();
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        if (current == null && !lingering && !headBegun) {
            headBegun = true;
            expectHead(limits.head());
        }
        if (lingering || current == null || (incoming != null && incoming.wantsMore())) {
            context.read();
        }
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            inputEnded();
        }
    }

    private void inputEnded() {
        if (inputEnded) {
            return;
        }
        inputEnded = true;
        if (lingering || current == null) {
            channel.close();
            return;
        }
        if (hijacked) {
            endIncoming();
            return;
        }
        failIncoming();
        if (!current.mayBecomeStream()) {
            // as Go's net/http, and so Docker: a client that has shut its side no longer waits
            current.goner().gone();
        }
    }

    private void endIncoming() {
        if (incoming != null) {
            incoming.end();
        }
        probe();
    }

    private void failIncoming() {
        if (incoming != null) {
            incoming.fail("the client ended its request in the middle of the body");
        }
    }

    /**
     * After a half-close only a write can tell whether the client still reads: one of no bytes
     * fails with EPIPE if it does not (unix(7)), and does nothing else. Over tcp it tells nothing:
     * there the next output does, or tcp(7)'s own probes.
     */
    private void probe() {
        if (!channel.isActive() || !(channel instanceof DomainSocketChannel local)) {
            return;
        }
        try {
            local.fd().write(ByteBuffer.allocateDirect(1), 0, 0);
        } catch (IOException _) {
            channel.close();
            return;
        }
        channel.eventLoop().schedule(this::probe, PROBE_MILLIS, TimeUnit.MILLISECONDS);
    }

    @Override
    public void channelInactive(ChannelHandlerContext context) {
        forgetHead();
        wire.changed();
        failIncoming();
        if (current != null) {
            current.goner().gone();
        }
    }

    @Override
    public void channelWritabilityChanged(ChannelHandlerContext context) {
        wire.changed();
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.close();
    }

    /** Takes the connection over from HTTP; from the exchange's thread. */
    Hijacked hijack(byte[] head) throws IOException {
        var raw = new ByteQueue(channel, () -> {});
        try {
            channel.eventLoop().submit(() -> becomeRaw(raw, head)).sync();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new IOException("interrupted while taking over the connection", e);
        }
        return new Hijacked(raw, wire);
    }

    /** In one step: a client may half-close as soon as it has the head. */
    private void becomeRaw(ByteQueue raw, byte[] head) {
        channel.writeAndFlush(Unpooled.wrappedBuffer(head));
        hijacked = true;
        incoming = raw;
        if (channel.pipeline().context(decoder) != null) {
            channel.pipeline().remove(decoder);
        }
        if (inputEnded) {
            endIncoming();
        }
        if (!channel.isActive()) {
            failIncoming();
        }
    }

    /** The exchange's thread has ended; from that thread. */
    private void finished(Exchange exchange) {
        exchange.goner().disarm();
        channel.eventLoop().execute(() -> next(exchange.isAnswered() && exchange.mayKeepAlive()));
    }

    private void next(boolean keepAlive) {
        failIncoming(); // whoever still reads it
        current = null;
        incoming = null;
        if (!keepAlive) {
            linger();
            return;
        }
        try {
            decoder.resume();
        } catch (Exception _) {
            channel.close();
            return;
        }
        if (current == null && inputEnded) {
            channel.close();
        } else if (current == null) {
            expectHead(limits.idle());
            channel.read();
        }
    }

    /**
     * Ends our side and waits for the client's: closing at once over bytes that were not read would
     * give the client ECONNRESET in place of its answer.
     */
    private void linger() {
        lingering = true;
        channel.writeAndFlush(Unpooled.EMPTY_BUFFER).addListener(_ -> ended());
    }

    private void ended() {
        if (inputEnded) {
            channel.close();
            return;
        }
        endOutput();
        channel.read();
        channel.eventLoop().schedule(this::close, LINGER_SECONDS, TimeUnit.SECONDS);
    }

    private void endOutput() {
        var tls = channel.pipeline().get(SslHandler.class);
        if (tls == null) {
            channel.shutdownOutput();
        } else {
            tls.closeOutbound().addListener(_ -> channel.shutdownOutput());
        }
    }
}
