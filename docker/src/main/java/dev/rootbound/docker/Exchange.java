package dev.rootbound.docker;

import io.netty.handler.codec.http.HttpRequest;
import io.netty.handler.codec.http.HttpResponseStatus;
import io.netty.handler.codec.http.HttpUtil;
import io.netty.handler.codec.http.HttpVersion;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * One request and its answer, in blocking style for the one virtual thread that handles it. Exactly
 * one of {@link #respond}, {@link #stream} and {@link #hijack} answers it.
 */
final class Exchange {
    private static final byte[] NOTHING = {};

    private final Connection connection;
    private final HttpRequest request;
    private final Peer peer;
    private final ByteQueue body;
    private final Goner goner = new Goner();
    private final String path;
    private final String query;
    private volatile boolean answered;
    private volatile boolean keepAlive;

    Exchange(Connection connection, HttpRequest request, Peer peer, ByteQueue body) {
        this.connection = connection;
        this.request = request;
        this.peer = peer;
        this.body = body;
        this.keepAlive = HttpUtil.isKeepAlive(request) && !isOldHttp();
        int mark = request.uri().indexOf('?');
        this.path = mark < 0 ? request.uri() : request.uri().substring(0, mark);
        this.query = mark < 0 ? "" : request.uri().substring(mark + 1);
    }

    String method() {
        return request.method().name();
    }

    /** Decoded, with the version in front if the client gave one. */
    String path() {
        try {
            return URLDecoder.decode(path.replace("+", "%2B"), StandardCharsets.UTF_8);
        } catch (IllegalArgumentException e) {
            throw new ApiException(400, "bad escape in the path: " + e.getMessage());
        }
    }

    Query query() {
        return Query.parse(query);
    }

    /** Empty if the client did not send it. */
    String header(String name) {
        var value = request.headers().get(name);
        return value == null ? "" : value;
    }

    Peer peer() {
        return peer;
    }

    InputStream body() {
        return body;
    }

    /** Runs {@code then}, once and perhaps at once, when the client goes away before the answer. */
    void onGone(Runnable then) {
        goner.then(then);
    }

    Goner goner() {
        return goner;
    }

    boolean isAnswered() {
        return answered;
    }

    /** Whether the end of the client's input may be that of a stream still to come. */
    boolean mayBecomeStream() {
        return !header("Upgrade").isEmpty();
    }

    boolean mayKeepAlive() {
        return keepAlive && body.isComplete();
    }

    /** Answers with these bytes. */
    void respond(int status, Map<String, String> headers, byte[] content) throws IOException {
        answered = true;
        var all = new LinkedHashMap<>(headers);
        boolean bodiless = status == 204 || status == 304;
        if (!bodiless) {
            all.put("Content-Length", Integer.toString(content.length));
        }
        addConnection(all);
        boolean silent = bodiless || method().equals("HEAD");
        connection.wire().send(head(status, all), silent ? NOTHING : content);
    }

    /** Answers with what is written to the stream; each flush goes out at once. */
    OutputStream stream(int status, Map<String, String> headers) throws IOException {
        answered = true;
        var all = new LinkedHashMap<>(headers);
        if (isOldHttp()) {
            keepAlive = false;
        } else {
            all.put("Transfer-Encoding", "chunked");
        }
        addConnection(all);
        connection.wire().send(head(status, all));
        return new BodyOutput(connection.wire(), !isOldHttp());
    }

    private void addConnection(Map<String, String> headers) {
        if (!mayKeepAlive()) {
            keepAlive = false;
            headers.put("Connection", "close");
        }
    }

    /**
     * Sends this head and from then on both directions carry bare bytes; what the client sent
     * behind its request is the first of them. The body must have been read.
     */
    Hijacked hijack(String head) throws IOException {
        answered = true;
        keepAlive = false;
        return connection.hijack(head.getBytes(StandardCharsets.UTF_8));
    }

    /** Ends an answer that cannot be completed: the client sees that it is cut short. */
    void cut() {
        connection.close();
    }

    /** Lets a client that asked first send its body. */
    void sendContinue() {
        if (HttpUtil.is100ContinueExpected(request)) {
            try {
                connection.wire().send(ascii("HTTP/1.1 100 Continue\r\n\r\n"));
            } catch (IOException _) {
                connection.close();
            }
        }
    }

    private boolean isOldHttp() {
        return request.protocolVersion().compareTo(HttpVersion.HTTP_1_1) < 0;
    }

    private byte[] head(int status, Map<String, String> headers) {
        var reason = HttpResponseStatus.valueOf(status).reasonPhrase();
        var text = new StringBuilder(isOldHttp() ? "HTTP/1.0 " : "HTTP/1.1 ");
        text.append(status).append(' ').append(reason).append("\r\n");
        headers.forEach((name, value) -> text.append(name + ": " + value + "\r\n"));
        return ascii(text.append("\r\n").toString());
    }

    private static byte[] ascii(String text) {
        return text.getBytes(StandardCharsets.US_ASCII);
    }
}
