package dev.rootbound.docker;

import io.netty.buffer.ByteBuf;
import io.netty.buffer.Unpooled;
import io.netty.channel.ChannelHandlerContext;
import io.netty.handler.codec.http.HttpDecoderConfig;
import io.netty.handler.codec.http.HttpRequestDecoder;
import io.netty.handler.codec.http.LastHttpContent;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Decodes one request and then holds: the bytes behind it are the next request only if its answer
 * does not hijack the connection, and that is not known yet.
 */
final class RequestDecoder extends HttpRequestDecoder {
    private static final int MAX_REQUEST_LINE = 64 * 1024;
    private static final int MAX_HEADERS = 64 * 1024;
    private static final int MAX_CHUNK = 256 * 1024;

    private boolean holding;
    private @Nullable ChannelHandlerContext context;

    RequestDecoder() {
        super(
                new HttpDecoderConfig()
                        .setMaxInitialLineLength(MAX_REQUEST_LINE)
                        .setMaxHeaderSize(MAX_HEADERS)
                        .setMaxChunkSize(MAX_CHUNK));
    }

    @Override
    public void handlerAdded(ChannelHandlerContext context) throws Exception {
        super.handlerAdded(context);
        this.context = context;
    }

    @Override
    protected void decode(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Exception {
        if (holding) {
            return;
        }
        super.decode(context, in, out);
        holding = !out.isEmpty() && out.getLast() instanceof LastHttpContent;
    }

    @Override
    protected void decodeLast(ChannelHandlerContext context, ByteBuf in, List<Object> out)
            throws Exception {
        if (!holding) {
            super.decodeLast(context, in, out);
        }
    }

    /** The superclass would throw away what it holds when the client half-closes. */
    @Override
    public void userEventTriggered(ChannelHandlerContext context, Object event) throws Exception {
        if (holding) {
            context.fireUserEventTriggered(event);
            return;
        }
        super.userEventTriggered(context, event);
    }

    /** Goes on with the next request, which may have been read already. On the event loop. */
    void resume() throws Exception {
        holding = false;
        if (context != null) {
            channelRead(context, Unpooled.EMPTY_BUFFER);
        }
    }
}
