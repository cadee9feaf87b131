package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsParameters;
import com.sun.net.httpserver.HttpsServer;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.MediaTypes;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Queue;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicInteger;
import javax.net.ssl.SSLContext;
import org.jspecify.annotations.Nullable;

/** A registry on loopback. It does what is right, but for what a test has it do in its place. */
final class StubRegistry implements AutoCloseable {
    /** Waits for nothing that is not expected to come. */
    static final Patience QUICK =
            new Patience(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofMillis(4),
                    Duration.ofMillis(40));

    /** Does not wait long for what does not come. */
    static final Patience SHORT =
            new Patience(
                    Duration.ofSeconds(10),
                    Duration.ofSeconds(10),
                    Duration.ofMillis(300),
                    Duration.ofMillis(300),
                    Duration.ofMillis(1),
                    Duration.ofMillis(40));

    /** What it does with a request. */
    interface Doing {
        /**
         * @throws IOException and the connection breaks
         */
        void with(HttpExchange exchange) throws IOException;
    }

    /** What was asked. */
    record Asked(String method, URI uri, Map<String, List<String>> headers) {
        Optional<String> header(String name) {
            return headers.entrySet().stream()
                    .filter(header -> header.getKey().equalsIgnoreCase(name))
                    .map(header -> header.getValue().getFirst())
                    .findFirst();
        }

        @Override
        public String toString() {
            return method + " " + uri;
        }
    }

    @SuppressWarnings("ArrayRecordComponent") // never compared
    private record Document(String mediaType, byte[] bytes) {}

    private record Fault(String start, Queue<Doing> times, Optional<Doing> always) {}

    final List<Asked> asked = new CopyOnWriteArrayList<>();
    final Map<Digest, byte[]> blobs = new ConcurrentHashMap<>();
    private final Map<String, Document> manifests = new ConcurrentHashMap<>();
    private final Map<String, ByteArrayOutputStream> uploads = new ConcurrentHashMap<>();
    private final AtomicInteger begun = new AtomicInteger();
    private final List<Fault> faults = new CopyOnWriteArrayList<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;

    /** What is connected to, if it is not the server itself. */
    private final @Nullable RawServer front;

    private StubRegistry(HttpServer server, @Nullable RawServer front) {
        this.server = server;
        this.front = front;
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
    }

    private static InetSocketAddress anyPort() {
        return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    }

    static StubRegistry http() throws IOException {
        var server = HttpServer.create(anyPort(), 0);
        return new StubRegistry(
                server, new RawServer(socket -> RawServer.forward(socket, server.getAddress())));
    }

    static StubRegistry https(SSLContext tls) throws IOException {
        return https(new HttpsConfigurator(tls));
    }

    /** It speaks to nobody without a certificate. */
    static StubRegistry httpsForKnown(SSLContext tls) throws IOException {
        return https(
                new HttpsConfigurator(tls) {
                    @Override
                    public void configure(HttpsParameters parameters) {
                        var wanted = tls.getDefaultSSLParameters();
                        wanted.setNeedClientAuth(true);
                        parameters.setSSLParameters(wanted);
                    }
                });
    }

    private static StubRegistry https(HttpsConfigurator configurator) throws IOException {
        var server = HttpsServer.create(anyPort(), 0);
        server.setHttpsConfigurator(configurator);
        return new StubRegistry(server, null);
    }

    String host() {
        return "localhost:" + port();
    }

    /** The same, named so that it is another host. */
    String otherHost() {
        return "127.0.0.1:" + port();
    }

    private int port() {
        return front == null ? server.getAddress().getPort() : front.port();
    }

    RemoteRepository open(Patience patience) throws Exception {
        return open(patience, new Credentials.Anonymous());
    }

    RemoteRepository open(Patience patience, Credentials credentials) throws Exception {
        return registries(patience)
                .open(new Repository(host(), "app"), credentials, Registries.Access.PUSH);
    }

    static Registries registries(Patience patience) {
        return new Registries(
                new RegistrySettings(List.of(), Set.of(), List.of(), Map.of(), "test"), patience);
    }

    Descriptor blob(byte[] bytes) {
        var digest = digest(bytes);
        blobs.put(digest, bytes);
        return new Descriptor(MediaTypes.OCI_LAYER, digest, bytes.length);
    }

    Digest manifest(String tag, String mediaType, byte[] bytes) {
        var document = new Document(mediaType, bytes);
        manifests.put(tag, document);
        manifests.put(digest(bytes).toString(), document);
        return digest(bytes);
    }

    static Digest digest(byte[] bytes) {
        try {
            var sha256 = MessageDigest.getInstance("SHA-256").digest(bytes);
            return new Digest(HexFormat.of().formatHex(sha256));
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException(e);
        }
    }

    /**
     * What to do with the next requests, one each, whatever is to be done always.
     *
     * @param start of their method and path
     */
    void next(String start, Doing... doings) {
        int before = (int) faults.stream().filter(fault -> fault.always.isEmpty()).count();
        faults.add(before, new Fault(start, new ArrayDeque<>(List.of(doings)), Optional.empty()));
    }

    /** What to do with all requests from now on. */
    void always(String start, Doing doing) {
        faults.removeIf(f -> f.start.equals(start) && f.always.isPresent());
        faults.add(new Fault(start, new ArrayDeque<>(), Optional.of(doing)));
    }

    List<Asked> asked(String start) {
        return asked.stream().filter(a -> a.toString().startsWith(start)).toList();
    }

    static Doing status(int status, String body, String... headers) {
        return exchange -> {
            for (int i = 0; i < headers.length; i += 2) {
                exchange.getResponseHeaders().add(headers[i], headers[i + 1]);
            }
            answer(exchange, status, body.getBytes(UTF_8));
        };
    }

    /** Its answer breaks off: a break may overtake what was sent before it. */
    Doing cutAfter(int bytes) {
        return cutAfter(bytes, new CountDownLatch(0));
    }

    /**
     * Its answer breaks off.
     *
     * @param read when its reader has all that comes before
     */
    Doing cutAfter(int bytes, CountDownLatch read) {
        return exchange -> {
            var all = content(exchange);
            exchange.sendResponseHeaders(200, all.length);
            exchange.getResponseBody().write(all, 0, bytes);
            exchange.getResponseBody().flush();
            try {
                read.await();
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
            throw new IOException("cut");
        };
    }

    /** It begins to answer, and then nothing comes. */
    Doing stallAfter(int bytes) {
        return exchange -> {
            var all = content(exchange);
            exchange.sendResponseHeaders(200, all.length);
            exchange.getResponseBody().write(all, 0, bytes);
            exchange.getResponseBody().flush();
            forEver();
        };
    }

    /** Until the registry is closed. */
    static void forEver() throws IOException {
        try {
            Thread.sleep(Duration.ofHours(1));
        } catch (InterruptedException e) {
            throw new IOException(e);
        }
    }

    static void pause(long milliseconds) throws IOException {
        try {
            Thread.sleep(milliseconds);
        } catch (InterruptedException e) {
            throw new InterruptedIOException();
        }
    }

    /** It sends text without end, for as long as somebody takes it. */
    static Doing endless(int status, String start, String more) {
        return exchange -> {
            exchange.sendResponseHeaders(status, 0);
            var body = exchange.getResponseBody();
            body.write(start.getBytes(UTF_8));
            var bytes = more.repeat(8192 / more.length()).getBytes(UTF_8);
            while (true) body.write(bytes);
        };
    }

    private byte[] content(HttpExchange exchange) {
        var path = exchange.getRequestURI().getPath();
        var last = path.substring(path.lastIndexOf('/') + 1);
        var manifest = manifests.get(last);
        return manifest != null
                ? manifest.bytes
                : Objects.requireNonNull(blobs.get(Digest.parse(last)));
    }

    static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) exchange.getResponseHeaders().set("Content-Length", "" + body.length);
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) exchange.getResponseBody().write(body);
        exchange.close();
    }

    private void handle(HttpExchange exchange) throws IOException {
        var request =
                new Asked(
                        exchange.getRequestMethod(),
                        exchange.getRequestURI(),
                        Map.copyOf(exchange.getRequestHeaders()));
        asked.add(request);
        var fault = fault(request.toString());
        if (fault.isPresent()) {
            fault.get().with(exchange);
        } else {
            serve(exchange);
        }
    }

    private Optional<Doing> fault(String request) {
        for (var fault : faults) {
            if (!request.startsWith(fault.start)) continue;
            synchronized (fault.times) {
                var doing = Optional.ofNullable(fault.times.poll()).or(fault::always);
                if (doing.isPresent()) return doing;
            }
        }
        return Optional.empty();
    }

    void serve(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var last = path.substring(path.lastIndexOf('/') + 1);
        if (path.equals("/v2/")) {
            answer(exchange, 200, "{}".getBytes(UTF_8));
        } else if (path.contains("/manifests/")) {
            serveManifest(exchange, last);
        } else if (path.contains("/blobs/uploads/")) {
            serveUpload(exchange, last);
        } else {
            serveBlob(exchange, blobs.get(Digest.parse(last)));
        }
    }

    private static void notFound(HttpExchange exchange) throws IOException {
        answer(exchange, 404, "{\"errors\":[{\"code\":\"BLOB_UNKNOWN\"}]}".getBytes(UTF_8));
    }

    private void serveManifest(HttpExchange exchange, String reference) throws IOException {
        if (exchange.getRequestMethod().equals("PUT")) {
            var type = exchange.getRequestHeaders().getFirst("Content-Type");
            manifest(reference, type, exchange.getRequestBody().readAllBytes());
            answer(exchange, 201, new byte[0]);
            return;
        }
        var document = manifests.get(reference);
        if (document == null) {
            notFound(exchange);
            return;
        }
        exchange.getResponseHeaders().set("Content-Type", document.mediaType);
        answer(exchange, 200, document.bytes);
    }

    private static void serveBlob(HttpExchange exchange, byte @Nullable [] bytes)
            throws IOException {
        if (bytes == null) {
            notFound(exchange);
            return;
        }
        var range = exchange.getRequestHeaders().getFirst("Range");
        if (range == null) {
            answer(exchange, 200, bytes);
            return;
        }
        int from = Integer.parseInt(range.replaceAll("bytes=([0-9]+)-", "$1"));
        exchange.getResponseHeaders()
                .set(
                        "Content-Range",
                        "bytes " + from + "-" + (bytes.length - 1) + "/" + bytes.length);
        answer(exchange, 206, Arrays.copyOfRange(bytes, from, bytes.length));
    }

    /** As distribution does: a location is good for going on at one byte only. */
    private void serveUpload(HttpExchange exchange, String id) throws IOException {
        if (exchange.getRequestMethod().equals("POST")) {
            exchange.getResponseHeaders().set("Location", "/v2/app/blobs/uploads/" + begin());
            answer(exchange, 202, new byte[0]);
            return;
        }
        var received = uploads.get(id);
        if (received == null) {
            notFound(exchange);
            return;
        }
        switch (exchange.getRequestMethod()) {
            case "GET" -> {
                exchange.getResponseHeaders().set("Location", location(id));
                exchange.getResponseHeaders().set("Range", "0-" + Math.max(received.size() - 1, 0));
                answer(exchange, 204, new byte[0]);
            }
            case "PATCH" -> {
                take(exchange, Integer.MAX_VALUE);
                exchange.getResponseHeaders().set("Location", location(id));
                answer(exchange, 202, new byte[0]);
            }
            case "PUT" -> finish(exchange, received.toByteArray());
            default -> {
                uploads.remove(id);
                answer(exchange, 204, new byte[0]);
            }
        }
    }

    /** A new upload: the last part of its location. */
    String begin() {
        var id = "upload-" + begun.incrementAndGet();
        uploads.put(id, new ByteArrayOutputStream());
        return id + "?_state=0";
    }

    /** Takes so much of an upload's body; what is at the wrong place is refused. */
    void take(HttpExchange exchange, int most) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var id = path.substring(path.lastIndexOf('/') + 1);
        var received = Objects.requireNonNull(uploads.get(id));
        if (!exchange.getRequestURI().getQuery().equals("_state=" + received.size())) {
            answer(exchange, 416, new byte[0]);
            throw new IOException("wrong place");
        }
        received.writeBytes(exchange.getRequestBody().readNBytes(most));
    }

    private String location(String id) {
        return "/v2/app/blobs/uploads/"
                + id
                + "?_state="
                + Objects.requireNonNull(uploads.get(id)).size();
    }

    private void finish(HttpExchange exchange, byte[] bytes) throws IOException {
        var query = exchange.getRequestURI().getQuery();
        if (!query.endsWith("&digest=" + digest(bytes))) {
            var error = "{\"errors\":[{\"code\":\"DIGEST_INVALID\",\"message\":\"it is not\"}]}";
            answer(exchange, 400, error.getBytes(UTF_8));
            return;
        }
        blob(bytes);
        answer(exchange, 201, new byte[0]);
    }

    @Override
    public void close() {
        if (front != null) front.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
