package dev.rootbound.docker;

import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.channel.ChannelInboundHandlerAdapter;
import io.netty.channel.socket.ChannelInputShutdownEvent;
import io.netty.channel.socket.DuplexChannel;
import io.netty.util.ReferenceCountUtil;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.TimeUnit;

/** Says one sentence in HTTP to a client, whatever it asks, and sees it off. */
@SuppressWarnings("FutureReturnValueIgnored") // what fails shows as channelInactive
final class Refusal extends ChannelInboundHandlerAdapter {
    /** How long the client may take to read it. */
    private static final int SECONDS = 2;

    private final DuplexChannel channel;
    private final String status;
    private final String message;

    /**
     * @param status such as {@code 503 Service Unavailable}
     */
    Refusal(DuplexChannel channel, String status, String message) {
        this.channel = channel;
        this.status = status;
        this.message = message;
    }

    @Override
    public void channelActive(ChannelHandlerContext context) {
        var body =
                new String(
                        Call.line(Json.object().put("message", message)), StandardCharsets.UTF_8);
        var text =
                "HTTP/1.1 "
                        + status
                        + "\r\nContent-Type: application/json\r\nConnection: close\r\nContent-Length: "
                        + body.getBytes(StandardCharsets.UTF_8).length
                        + "\r\n\r\n"
                        + body;
        // The client's side is read to its end: a close over unread bytes would be ECONNRESET to
        // it in place of the sentence.
        channel.writeAndFlush(Unpooled.copiedBuffer(text, StandardCharsets.UTF_8))
                .addListener(_ -> channel.shutdownOutput());
        channel.eventLoop().schedule(() -> channel.close(), SECONDS, TimeUnit.SECONDS);
        context.read();
    }

    @Override
    public void channelRead(ChannelHandlerContext context, Object message) {
        ReferenceCountUtil.release(message);
    }

    @Override
    public void channelReadComplete(ChannelHandlerContext context) {
        context.read();
    }

    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) {
        if (event instanceof ChannelInputShutdownEvent) {
            channel.close();
        }
    }

    @Override
    public void exceptionCaught(ChannelHandlerContext context, Throwable cause) {
        channel.close();
    }
}
