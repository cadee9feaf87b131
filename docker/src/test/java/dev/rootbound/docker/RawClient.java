package dev.rootbound.docker;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.function.BooleanSupplier;

/** A client that says exactly the bytes it is told to. */
final class RawClient implements AutoCloseable {
    /** A head, and the body that its length or chunks announce. */
    record Answer(int status, String head, String body) {
        boolean has(String header) {
            return head.contains("\r\n" + header + "\r\n");
        }
    }

    private final SocketChannel channel = SocketChannel.open(StandardProtocolFamily.UNIX);

    RawClient(Path socket) throws IOException {
        channel.connect(UnixDomainSocketAddress.of(socket));
    }

    static Answer ask(Path socket, String method, String path, String body) throws IOException {
        try (var client = new RawClient(socket)) {
            client.say(request(method, path, body));
            return client.answer();
        }
    }

    static String request(String method, String path, String body) {
        return method
                + " "
                + path
                + " HTTP/1.1\r\nHost: d\r\nContent-Length: "
                + body.getBytes(StandardCharsets.UTF_8).length
                + "\r\n\r\n"
                + body;
    }

    void say(String text) throws IOException {
        say(text.getBytes(StandardCharsets.UTF_8));
    }

    void say(byte[] bytes) throws IOException {
        var buffer = ByteBuffer.wrap(bytes);
        while (buffer.hasRemaining()) {
            channel.write(buffer);
        }
    }

    void endOutput() throws IOException {
        channel.shutdownOutput();
    }

    /** Up to and with the empty line. */
    String head() throws IOException {
        var head = new StringBuilder();
        while (head.indexOf("\r\n\r\n") < 0) {
            head.append((char) (exactly(1)[0] & 0xff));
        }
        return head.toString();
    }

    Answer answer() throws IOException {
        var head = head();
        int status = Integer.parseInt(head.substring(9, 12));
        var body = "";
        if (head.contains("Transfer-Encoding: chunked")) {
            body = chunks();
        } else if (head.contains("Content-Length: ")) {
            var rest = head.substring(head.indexOf("Content-Length: ") + 16);
            int length = Integer.parseInt(rest.substring(0, rest.indexOf('\r')));
            body = new String(exactly(length), StandardCharsets.UTF_8);
        }
        return new Answer(status, head, body);
    }

    private String chunks() throws IOException {
        var all = new StringBuilder();
        while (true) {
            var chunk = chunk();
            if (chunk.isEmpty()) {
                return all.toString();
            }
            all.append(chunk);
        }
    }

    String chunk() throws IOException {
        var line = new StringBuilder();
        while (line.indexOf("\r\n") < 0) {
            line.append((char) exactly(1)[0]);
        }
        int length = Integer.parseInt(line.toString().strip(), 16);
        var text = new String(exactly(length), StandardCharsets.ISO_8859_1);
        exactly(2);
        return text;
    }

    byte[] exactly(int count) throws IOException {
        var buffer = ByteBuffer.allocate(count);
        while (buffer.hasRemaining()) {
            if (channel.read(buffer) < 0) {
                throw new IOException("end after " + buffer.position() + " of " + count);
            }
        }
        return buffer.array();
    }

    byte[] toEnd() throws IOException {
        var all = new ByteArrayOutputStream();
        var buffer = ByteBuffer.allocate(65536);
        while (channel.read(buffer) >= 0) {
            all.write(buffer.array(), 0, buffer.position());
            buffer.clear();
        }
        return all.toByteArray();
    }

    /** The payloads of all frames of one stream, up to the end. */
    byte[] framesToEnd(int type) throws IOException {
        var all = ByteBuffer.wrap(toEnd());
        var out = new ByteArrayOutputStream();
        while (all.hasRemaining()) {
            int stream = all.getInt() >> 24;
            var payload = new byte[all.getInt()];
            all.get(payload);
            if (stream == type) {
                out.write(payload);
            }
        }
        return out.toByteArray();
    }

    /** Fails rather than hang. */
    static void within(Duration time, org.assertj.core.api.ThrowableAssert.ThrowingCallable what) {
        org.junit.jupiter.api.Assertions.assertTimeoutPreemptively(
                time,
                () -> {
                    try {
                        what.call();
                    } catch (Throwable e) {
                        throw e instanceof Exception x ? x : new AssertionError(e);
                    }
                });
    }

    /** The server learns in its own time that a client has gone: five seconds at most. */
    static void until(BooleanSupplier condition) {
        within(
                Duration.ofSeconds(5),
                () -> {
                    while (!condition.getAsBoolean()) {
                        Thread.sleep(10);
                    }
                });
    }

    @Override
    public void close() throws IOException {
        channel.close();
    }
}
