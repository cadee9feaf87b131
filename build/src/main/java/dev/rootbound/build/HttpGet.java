package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.BufferedInputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.channels.SocketChannel;
import java.time.Duration;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.SSLSocketFactory;

/**
 * One GET of HTTP/1.1 (RFC 9112) from an address that was judged: the JDK's client takes a name
 * only, and would look it up again. A thread that is interrupted gives it up.
 */
final class HttpGet implements AutoCloseable {
    private static final int MOST_HEADERS = 64 << 10;
    private static final int HTTPS = 443;
    private static final int HTTP = 80;

    private final Socket socket;
    private final InputStream in;
    private final Limits limits;
    private final Map<String, String> headers = new TreeMap<>(String.CASE_INSENSITIVE_ORDER);
    private int headerBytes;
    private int status;

    /**
     * How long it may take.
     *
     * @param stall to connect, and without a byte
     * @param end of all, by {@link System#nanoTime}
     */
    record Limits(Duration stall, long end) {
        static Limits of(Duration stall, Duration whole) {
            return new Limits(stall, System.nanoTime() + whole.toNanos());
        }

        /** Whether it takes too long in all. */
        boolean isOver() {
            return left() <= 0;
        }

        private long left() {
            return Duration.ofNanos(end - System.nanoTime()).toMillis();
        }

        /** Milliseconds that may be waited now. */
        int wait(String what) throws SocketTimeoutException {
            long left = left();
            if (left <= 0) throw new SocketTimeoutException(what + " in time");
            return (int) Math.min(left, stall.toMillis());
        }
    }

    private HttpGet(Socket socket, Limits limits) throws IOException {
        this.socket = socket;
        this.limits = limits;
        this.in = new BufferedInputStream(new Timed());
    }

    /** Asks, and reads the answer's headers. */
    static HttpGet open(URI url, InetAddress address, Limits limits) throws IOException {
        boolean secure = isSecure(url);
        int port = port(url);
        var socket = SocketChannel.open().socket(); // whose reads can be interrupted
        try {
            socket.connect(new InetSocketAddress(address, port), limits.wait("no connection"));
            socket.setSoTimeout(limits.wait("no answer"));
            var get = new HttpGet(secure ? secured(socket, host(url), port) : socket, limits);
            get.ask(url);
            return get;
        } catch (IOException | RuntimeException e) {
            socket.close();
            throw e;
        }
    }

    private static boolean isSecure(URI url) {
        return url.getScheme().equalsIgnoreCase("https");
    }

    /** Its own, or its scheme's. */
    static int port(URI url) {
        if (url.getPort() >= 0) return url.getPort();
        return isSecure(url) ? HTTPS : HTTP;
    }

    /** Without the brackets of an IPv6 address. */
    static String host(URI url) {
        var host = url.getHost();
        if (host == null) throw new IllegalArgumentException("it names no host");
        return host.startsWith("[") ? host.substring(1, host.length() - 1) : host;
    }

    private static Socket secured(Socket socket, String host, int port) throws IOException {
        var factory = (SSLSocketFactory) SSLSocketFactory.getDefault();
        var secured = (SSLSocket) factory.createSocket(socket, host, port, true);
        var parameters = secured.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        secured.setSSLParameters(parameters);
        secured.startHandshake();
        return secured;
    }

    private void ask(URI url) throws IOException {
        var path = url.getRawPath().isEmpty() ? "/" : url.getRawPath();
        var target = url.getRawQuery() == null ? path : path + "?" + url.getRawQuery();
        var host = url.getPort() < 0 ? url.getHost() : url.getHost() + ":" + url.getPort();
        var asked =
                "GET "
                        + target
                        + " HTTP/1.1\r\nHost: "
                        + host
                        + "\r\nUser-Agent: rootbound\r\nAccept: */*\r\nConnection: close\r\n\r\n";
        socket.getOutputStream().write(asked.getBytes(ISO_8859_1));
        do readHead();
        while (status / 100 == 1);
    }

    private void readHead() throws IOException {
        headers.clear();
        var words = line().split(" ", 3);
        if (words.length < 2 || !words[0].startsWith("HTTP/1.") || !words[1].matches("[0-9]{3}")) {
            throw new IOException("its server does not speak HTTP/1.1");
        }
        status = Integer.parseInt(words[1]);
        for (var line = line(); !line.isEmpty(); line = line()) {
            int colon = line.indexOf(':');
            if (colon <= 0) throw new IOException("its server sends a header without a name");
            headers.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
        }
    }

    private String line() throws IOException {
        var line = new StringBuilder();
        for (int c = in.read(); c != '\n'; c = in.read()) {
            if (c < 0) throw new EOFException("its server ends the answer early");
            if (++headerBytes > MOST_HEADERS) {
                throw new IOException("its server sends headers of more than " + MOST_HEADERS);
            }
            line.append((char) c);
        }
        boolean returned = !line.isEmpty() && line.charAt(line.length() - 1) == '\r';
        return returned ? line.substring(0, line.length() - 1) : line.toString();
    }

    int status() {
        return status;
    }

    Optional<String> header(String name) {
        return Optional.ofNullable(headers.get(name));
    }

    /** Its end is an error if the server had said that there is more. */
    InputStream body() throws IOException {
        var coding = header("Transfer-Encoding").map(text -> text.toLowerCase(Locale.ROOT));
        if (coding.isPresent()) {
            if (coding.get().equals("chunked")) return new Chunks();
            throw new IOException("its server sends it as " + coding.get());
        }
        var length = header("Content-Length");
        if (length.isEmpty()) return in;
        if (!length.get().matches("[0-9]{1,18}")) {
            throw new IOException("its server sends it with the length " + length.get());
        }
        return new Part(Long.parseLong(length.get()));
    }

    @Override
    public void close() throws IOException {
        socket.close();
    }

    /** What comes, as long as there is time. */
    private final class Timed extends PieceInput {
        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            socket.setSoTimeout(limits.wait("not whole"));
            return socket.getInputStream().read(bytes, offset, length);
        }
    }

    /** As many bytes as were announced. */
    private class Part extends PieceInput {
        private long left;

        Part(long length) {
            this.left = length;
        }

        void more(long length) {
            left = length;
        }

        long left() {
            return left;
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length == 0) return 0;
            if (left == 0) return -1;
            int got = in.read(bytes, offset, (int) Math.min(left, length));
            if (got < 0) throw new EOFException("its server ends the answer early");
            left -= got;
            return got;
        }
    }

    /** Each after a line that says how long it is, in hexadecimal; the last has no bytes. */
    private final class Chunks extends Part {
        private boolean ended;
        private boolean begun;

        Chunks() {
            super(0);
        }

        @Override
        public int read(byte[] bytes, int offset, int length) throws IOException {
            if (length > 0 && left() == 0 && !ended) next();
            return super.read(bytes, offset, length);
        }

        private void next() throws IOException {
            headerBytes = 0;
            if (begun && !line().isEmpty()) throw malformed();
            begun = true;
            var size = line().split(";", 2)[0].strip();
            if (!size.matches("[0-9a-fA-F]{1,15}")) throw malformed();
            more(Long.parseLong(size, 16));
            ended = left() == 0;
        }

        private static IOException malformed() {
            return new IOException("its server sends chunks without their length");
        }
    }
}
