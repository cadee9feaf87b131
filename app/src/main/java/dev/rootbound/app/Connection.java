package dev.rootbound.app;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.Closeable;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.charset.StandardCharsets;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * One HTTP/1.1 exchange with the engine. A connection carries one request: that costs 0.1 ms on a
 * unix socket and makes a hijacked one no special case.
 */
final class Connection implements Closeable {
    private static final int LONGEST_HEAD = 64 << 10;

    private final Link link;
    private final InputStream in;
    private final OutputStream out;

    private Connection(Link link) {
        this.link = link;
        this.in = new BufferedInputStream(new EngineInput(link.in()), 64 << 10);
        this.out = link.out();
    }

    static Connection open(EngineAddress address) throws IOException {
        try {
            return new Connection(address.connect());
        } catch (IOException e) {
            throw new NoEngineException(address, e);
        }
    }

    /**
     * Sends a request with a JSON body, or none.
     *
     * @param upgrade whether the connection is to become a raw stream
     */
    void send(String method, String target, @Nullable String json, boolean upgrade)
            throws IOException {
        byte[] body = json == null ? new byte[0] : json.getBytes(StandardCharsets.UTF_8);
        var head = head(method, target);
        if (json != null) head.append("Content-Type: application/json\r\n");
        if (upgrade) head.append("Connection: Upgrade\r\nUpgrade: tcp\r\n");
        if (json != null || !method.equals("GET"))
            head.append("Content-Length: ").append(body.length).append("\r\n");
        var request = new ByteArrayOutputStream(head.length() + 2 + body.length);
        request.writeBytes(head.append("\r\n").toString().getBytes(StandardCharsets.UTF_8));
        request.writeBytes(body);
        out.write(request.toByteArray());
    }

    /** Posts nothing, with credentials for a registry unless they are empty. */
    void sendFor(String target, String auth) throws IOException {
        var head = headFor(target, auth).append("Content-Length: 0\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.UTF_8));
    }

    void sendFor(String target, String auth, Body body) throws IOException {
        sendStream(headFor(target, auth), body);
    }

    private static StringBuilder headFor(String target, String auth) {
        // docker's engine refuses a push without
        var sent = auth.isEmpty() ? "e30=" : auth;
        return head("POST", target).append("X-Registry-Auth: ").append(sent).append("\r\n");
    }

    /** Writes a request's body. */
    interface Body {
        void writeTo(OutputStream out) throws IOException;
    }

    /**
     * Sends a request whose body is of unknown length. An engine that has seen enough may answer
     * and close before all is sent; its answer then says why.
     */
    void sendStream(String method, String target, Body body) throws IOException {
        sendStream(head(method, target), body);
    }

    /**
     * Posts what a build reads, as {@link #sendStream(String, String, Body)}.
     *
     * @param registries {@code X-Registry-Config}; empty: nobody is known to any
     */
    void sendBuild(String target, String registries, Body body) throws IOException {
        var head = head("POST", target);
        if (!registries.isEmpty())
            head.append("X-Registry-Config: ").append(registries).append("\r\n");
        sendStream(head, body);
    }

    private void sendStream(StringBuilder head, Body body) throws IOException {
        head.append("Content-Type: application/x-tar\r\n")
                .append("Transfer-Encoding: chunked\r\n\r\n");
        out.write(head.toString().getBytes(StandardCharsets.UTF_8));
        var chunks = new ChunkedOutput(out);
        try {
            body.writeTo(chunks);
            chunks.end();
        } catch (ChunkedOutput.Refused e) {
            // the answer is what counts
        }
    }

    private static StringBuilder head(String method, String target) {
        return new StringBuilder(256)
                .append(method)
                .append(' ')
                .append(target)
                .append(" HTTP/1.1\r\nHost: rootbound\r\nUser-Agent: rootbound/")
                .append(Version.TEXT)
                .append("\r\n");
    }

    /** Reads the head of the answer; its body is then read from {@link Answer#body}. */
    Answer receive() throws IOException {
        while (true) {
            int status = status(line(LONGEST_HEAD));
            var headers = headers();
            if (status >= 100 && status < 200 && status != 101) continue;
            return new Answer(status, headers, body(status, headers), this);
        }
    }

    private static int status(String line) throws IOException {
        if (line.startsWith("HTTP/1.") && line.length() >= 12) {
            try {
                return Integer.parseInt(line, 9, 12, 10);
            } catch (NumberFormatException e) {
                // said below
            }
        }
        String shown = line.length() > 60 ? line.substring(0, 60) + "…" : line;
        throw new IOException("the engine's answer is not HTTP: \"" + shown + "\"");
    }

    private Map<String, String> headers() throws IOException {
        var headers = new HashMap<String, String>();
        int left = LONGEST_HEAD;
        String line = line(left);
        while (!line.isEmpty()) {
            int colon = line.indexOf(':');
            if (colon < 1) throw new IOException("the engine sent a bad header: \"" + line + "\"");
            headers.put(
                    line.substring(0, colon).toLowerCase(Locale.ROOT),
                    line.substring(colon + 1).strip());
            left -= line.length() + 2;
            line = line(left);
        }
        return headers;
    }

    private InputStream body(int status, Map<String, String> headers) throws IOException {
        if (status == 101) return in;
        if (status == 204 || status == 304) return InputStream.nullInputStream();
        if ("chunked".equalsIgnoreCase(headers.get("transfer-encoding")))
            return new ChunkedInput(in);
        String length = headers.get("content-length");
        if (length == null) return in;
        try {
            return new CountedInput(in, Long.parseUnsignedLong(length));
        } catch (NumberFormatException e) {
            throw new IOException("the engine sent a bad Content-Length: " + length, e);
        }
    }

    private String line(int most) throws IOException {
        return line(in, most);
    }

    /** A line without its end. */
    static String line(InputStream in, int most) throws IOException {
        var line = new StringBuilder();
        for (int c; (c = in.read()) != '\n'; line.append((char) c)) {
            if (c < 0) throw new EngineGoneException(null);
            if (line.length() >= most)
                throw new IOException("the engine's answer has no end of line");
        }
        int end = line.length();
        if (end > 0 && line.charAt(end - 1) == '\r') line.setLength(end - 1);
        return line.toString();
    }

    /** Where input goes once the connection is a raw stream. */
    OutputStream output() {
        return out;
    }

    /** Ends our direction; the engine's goes on. */
    void endOutput() throws IOException {
        link.ending().run();
    }

    @Override
    public void close() throws IOException {
        link.close();
    }
}
