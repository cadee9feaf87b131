package dev.rootbound.docker;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.Base64;

/** The server's side of RFC 6455: the handshake and what frames begin with. */
final class WebSocket {
    static final int BINARY = 2;
    static final int CLOSE = 8;
    static final int PONG = 10;

    /** Section 1.3: what a key is answered with. */
    private static final String MAGIC = "258EAFA5-E914-47DA-95CA-C5AB0DC85B11";

    static final int NORMAL = 1000;
    static final int PROTOCOL_ERROR = 1002;

    private WebSocket() {}

    static Hijacked accept(Call call) throws IOException {
        var exchange = call.exchange();
        var key = exchange.header("Sec-WebSocket-Key");
        boolean asked = exchange.header("Upgrade").equalsIgnoreCase("websocket");
        if (!asked || key.isEmpty() || !exchange.header("Sec-WebSocket-Version").equals("13")) {
            throw new ApiException(400, "attach/ws is for WebSocket clients: RFC 6455, version 13");
        }
        return exchange.hijack(
                "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
                        + "Sec-WebSocket-Accept: "
                        + answer(key)
                        + "\r\n\r\n");
    }

    private static String answer(String key) {
        try {
            var sha1 = MessageDigest.getInstance("SHA-1");
            var digest = sha1.digest((key + MAGIC).getBytes(StandardCharsets.US_ASCII));
            return Base64.getEncoder().encodeToString(digest);
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every JDK has SHA-1", e);
        }
    }

    /** Of a whole message in one frame, section 5.2. */
    static byte[] header(int opcode, int length) {
        byte first = (byte) (0x80 | opcode);
        if (length < 126) {
            return new byte[] {first, (byte) length};
        }
        if (length < 1 << 16) {
            return ByteBuffer.allocate(4)
                    .put(first)
                    .put((byte) 126)
                    .putShort((short) length)
                    .array();
        }
        return ByteBuffer.allocate(10).put(first).put((byte) 127).putLong(length).array();
    }

    static void sendClose(Wire to, int status) throws IOException {
        to.send(header(CLOSE, 2), ByteBuffer.allocate(2).putShort((short) status).array());
    }
}
