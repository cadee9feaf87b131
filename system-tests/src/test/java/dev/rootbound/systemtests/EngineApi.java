package dev.rootbound.systemtests;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.UnixDomainSocketAddress;
import java.nio.ByteBuffer;
import java.nio.channels.Channels;
import java.nio.channels.SocketChannel;
import java.nio.file.Path;
import java.util.Arrays;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.json.JsonMapper;

/** The engine's HTTP API for tests that ask much: a connection a request, no process. */
record EngineApi(Path socket) {
    /** A status and the body, without its chunks. */
    @SuppressWarnings("ArrayRecordComponent") // never compared
    record Answer(int status, byte[] body) {
        boolean isGood() {
            return status / 100 == 2;
        }

        String text() {
            return new String(body, UTF_8);
        }

        JsonNode json() {
            return JsonMapper.shared().readTree(body);
        }

        /** Fails unless it is good; 304 is. */
        Answer good() {
            if (!isGood() && status != 304)
                throw new AssertionError("status " + status + ": " + text());
            return this;
        }
    }

    Answer get(String path) throws IOException {
        return ask("GET", path, "application/json", new byte[0]);
    }

    Answer delete(String path) throws IOException {
        return ask("DELETE", path, "application/json", new byte[0]);
    }

    Answer post(String path, String json) throws IOException {
        return ask("POST", path, "application/json", json.getBytes(UTF_8));
    }

    /**
     * @throws IOException if the engine died before all was said
     */
    Answer ask(String method, String path, String type, byte[] body) throws IOException {
        try (var channel = SocketChannel.open(UnixDomainSocketAddress.of(socket))) {
            var head =
                    method
                            + " "
                            + path
                            + " HTTP/1.1\r\nHost: test\r\nConnection: close\r\nContent-Type: "
                            + type
                            + "\r\nContent-Length: "
                            + body.length
                            + "\r\n\r\n";
            write(channel, head.getBytes(ISO_8859_1));
            write(channel, body);
            var answer = Channels.newInputStream(channel).readAllBytes();
            return method.equals("HEAD") ? head(answer) : parse(answer);
        }
    }

    private static void write(SocketChannel channel, byte[] bytes) throws IOException {
        for (var left = ByteBuffer.wrap(bytes); left.hasRemaining(); ) channel.write(left);
    }

    /** Of which a body is told, but does not follow. */
    private static Answer head(byte[] all) throws IOException {
        if (all.length < 12) throw new IOException("no answer");
        return new Answer(Integer.parseInt(new String(all, 9, 3, ISO_8859_1)), new byte[0]);
    }

    private static Answer parse(byte[] all) throws IOException {
        var text = new String(all, ISO_8859_1);
        int end = text.indexOf("\r\n\r\n");
        if (end < 0) throw new IOException("no answer");
        var head = text.substring(0, end).toLowerCase(java.util.Locale.ROOT);
        int status = Integer.parseInt(head.substring(9, 12));
        if (head.contains("transfer-encoding: chunked")) {
            return new Answer(status, unchunked(all, end + 4));
        }
        var length = head.replaceFirst("(?s).*\r\ncontent-length: *(\\d+).*", "$1");
        if (length.matches("\\d+") && all.length - end - 4 < Integer.parseInt(length))
            throw new IOException("cut off");
        return new Answer(status, Arrays.copyOfRange(all, end + 4, all.length));
    }

    private static byte[] unchunked(byte[] all, int from) throws IOException {
        var body = new ByteArrayOutputStream();
        var text = new String(all, ISO_8859_1);
        for (int at = from; ; ) {
            int line = text.indexOf("\r\n", at);
            if (line < 0) throw new IOException("cut off");
            int size = Integer.parseInt(text.substring(at, line), 16);
            if (size == 0) return body.toByteArray();
            if (line + 2 + size > all.length) throw new IOException("cut off");
            body.write(all, line + 2, size);
            at = line + 2 + size + 2;
        }
    }

    /** What is in a multiplexed stream of Docker's (attach, logs), both streams in order. */
    static String frames(byte[] body) {
        var text = new ByteArrayOutputStream();
        for (int at = 0; at + 8 <= body.length; ) {
            int length = ByteBuffer.wrap(body, at + 4, 4).getInt();
            text.write(body, at + 8, Math.min(length, body.length - at - 8));
            at += 8 + length;
        }
        return text.toString(UTF_8);
    }
}
