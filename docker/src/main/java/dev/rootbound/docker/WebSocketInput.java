package dev.rootbound.docker;

import io.netty.buffer.ByteBufUtil;
import io.netty.buffer.Unpooled;
import io.netty.channel.embedded.EmbeddedChannel;
import io.netty.handler.codec.DecoderException;
import io.netty.handler.codec.http.websocketx.CloseWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PingWebSocketFrame;
import io.netty.handler.codec.http.websocketx.PongWebSocketFrame;
import io.netty.handler.codec.http.websocketx.WebSocket13FrameDecoder;
import io.netty.handler.codec.http.websocketx.WebSocketDecoderConfig;
import io.netty.handler.codec.http.websocketx.WebSocketFrame;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.io.InputStream;
import org.jspecify.annotations.Nullable;

/**
 * What a client sends in WebSocket frames (RFC 6455), text or binary, as one stream. Pings are
 * answered; the client's close is the end. One thread reads it; another may close it meanwhile.
 */
final class WebSocketInput extends InputStream {
    private static final int MAX_FRAME = 1 << 20;
    private static final int PIECE = 32 * 1024;

    private final Hijacked client;
    private final Runnable onBroken;
    private final EmbeddedChannel decoder =
            new EmbeddedChannel(
                    new WebSocket13FrameDecoder(
                            WebSocketDecoderConfig.newBuilder()
                                    .expectMaskedFrames(true)
                                    .allowExtensions(false)
                                    .maxFramePayloadLength(MAX_FRAME)
                                    .build()));
    private final byte[] piece = new byte[PIECE];
    private InputStream payload = InputStream.nullInputStream();
    private boolean ended;
    private boolean closed; // guarded by this, as is the decoder

    /**
     * @param onBroken run when the client breaks the protocol and has been told so
     */
    WebSocketInput(Hijacked client, Runnable onBroken) {
        this.client = client;
        this.onBroken = onBroken;
    }

    @Override
    public int read() throws IOException {
        var one = new byte[1];
        return read(one, 0, 1) < 0 ? -1 : one[0] & 0xff;
    }

    @Override
    public int read(byte[] into, int offset, int length) throws IOException {
        while (true) {
            int count = payload.read(into, offset, length);
            if (count >= 0) {
                return count;
            }
            if (ended || !more()) {
                return -1;
            }
        }
    }

    /** Takes the next frame, reading until there is one; false at the end. */
    private boolean more() throws IOException {
        var frame = decoded(0);
        while (frame == null) {
            int count = client.in().read(piece);
            if (count < 0) {
                return false;
            }
            frame = decode(count);
        }
        try {
            take(frame);
        } finally {
            frame.release();
        }
        return !ended;
    }

    private void take(WebSocketFrame frame) throws IOException {
        var content = ByteBufUtil.getBytes(frame.content());
        switch (frame) {
            case CloseWebSocketFrame _ -> ended = true;
            case PingWebSocketFrame _ ->
                    client.out().send(WebSocket.header(WebSocket.PONG, content.length), content);
            case PongWebSocketFrame _ -> {} // of a ping that nobody sent
            default -> payload = new ByteArrayInputStream(content);
        }
    }

    /** Gives back what was decoded and not read. */
    @Override
    public synchronized void close() {
        closed = true;
        decoder.finishAndReleaseAll();
    }

    /** The next frame, after so many more bytes; {@code null} if it is not complete. */
    private synchronized @Nullable WebSocketFrame decoded(int count) throws IOException {
        if (closed) {
            throw new IOException("the WebSocket is closed");
        }
        if (count > 0) {
            decoder.writeInbound(Unpooled.copiedBuffer(piece, 0, count));
        }
        return decoder.readInbound();
    }

    private @Nullable WebSocketFrame decode(int count) throws IOException {
        try {
            return decoded(count);
        } catch (DecoderException e) {
            WebSocket.sendClose(client.out(), WebSocket.PROTOCOL_ERROR);
            onBroken.run();
            throw new IOException("the client broke the WebSocket protocol: " + e.getMessage(), e);
        }
    }
}
