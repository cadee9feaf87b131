package dev.rootbound.image;

import static java.nio.charset.StandardCharsets.UTF_8;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import dev.rootbound.oci.Descriptor;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Manifest;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.io.OutputStream;
import java.io.PushbackInputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicLong;

/** A registry on loopback that keeps what it is given, and does with a path what a test says. */
final class RegistryStub implements AutoCloseable {
    private static final int TLS_HANDSHAKE = 22;

    interface Doing {
        /**
         * @throws IOException and the connection breaks
         */
        void with(HttpExchange exchange) throws IOException;
    }

    /** {@code METHOD PATH} each. */
    final List<String> asked = new CopyOnWriteArrayList<>();

    /** Bytes of blobs that it sent. */
    final AtomicLong sent = new AtomicLong();

    final Map<String, byte[]> blobs = new ConcurrentHashMap<>();
    final Map<String, byte[]> manifests = new ConcurrentHashMap<>();
    final Map<String, Doing> doings = new ConcurrentHashMap<>();
    private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();
    private final HttpServer server;
    private final ServerSocket front = new ServerSocket(0, 0, InetAddress.getLoopbackAddress());

    RegistryStub() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setExecutor(threads);
        server.createContext("/", this::handle);
        server.start();
        start(this::accept);
    }

    String host() {
        return "localhost:" + front.getLocalPort();
    }

    private interface Task {
        void run() throws IOException;
    }

    private void start(Task task) {
        threads.execute(() -> {
            try {
                task.run();
            } catch (IOException e) {
                // closed, or the other side has gone
            }
        });
    }

    private void accept() throws IOException {
        while (true) {
            var client = front.accept();
            start(() -> forward(client));
        }
    }

    /** The JDK's server waits for TLS to end its line; others refuse it at once. */
    private void forward(Socket client) throws IOException {
        try (client;
                var behind = new Socket()) {
            var in = new PushbackInputStream(client.getInputStream());
            int first = in.read();
            if (first < 0) return;
            if (first == TLS_HANDSHAKE) {
                refuseTls(client);
                return;
            }
            in.unread(first);
            behind.connect(server.getAddress());
            start(() -> in.transferTo(behind.getOutputStream()));
            behind.getInputStream().transferTo(client.getOutputStream());
        }
    }

    /** In plain, and then reading on, so that no reset overtakes the answer. */
    private static void refuseTls(Socket client) throws IOException {
        client.getOutputStream()
                .write("HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n".getBytes(UTF_8));
        client.shutdownOutput();
        client.getInputStream().transferTo(OutputStream.nullOutputStream());
    }

    Descriptor blob(String mediaType, byte[] bytes) {
        var digest = Sha256.of(bytes);
        blobs.put(digest.toString(), bytes);
        return new Descriptor(mediaType, digest, bytes.length);
    }

    Digest manifest(String tag, byte[] document) {
        var digest = Sha256.of(document);
        manifests.put(tag, document);
        manifests.put(digest.toString(), document);
        return digest;
    }

    /** An image of these layers; its descriptors, the configuration's last. */
    List<Descriptor> image(String tag, byte[]... layers) {
        var descriptors = new ArrayList<Descriptor>();
        for (var layer : layers) descriptors.add(blob(MediaTypes.OCI_LAYER, layer));
        var config = blob(MediaTypes.OCI_CONFIG, Store.config(layers));
        var manifest = new Manifest(MediaTypes.OCI_MANIFEST, config, List.copyOf(descriptors));
        manifest(tag, manifest.toJson());
        descriptors.add(config);
        return descriptors;
    }

    List<String> asked(String start) {
        return asked.stream().filter(request -> request.startsWith(start)).toList();
    }

    /** Sends a blob's beginning, and then nothing until it is closed. */
    Doing stallAfter(int bytes) {
        return exchange -> {
            begin(exchange, bytes);
            try {
                Thread.sleep(Duration.ofHours(1));
            } catch (InterruptedException e) {
                throw new IOException(e);
            }
        };
    }

    /** Sends a blob's beginning; whoever asks for the rest does not find it. */
    Doing cutAfter(int bytes) {
        return exchange -> {
            if (exchange.getRequestHeaders().containsKey("Range")) {
                answer(exchange, 404, new byte[0]);
                return;
            }
            begin(exchange, bytes);
            awaitArrival(); // a client may lose what it had not read when the way breaks
            throw new IOException("cut");
        };
    }

    private static void awaitArrival() {
        try {
            Thread.sleep(500);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    private void begin(HttpExchange exchange, int bytes) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var all = Objects.requireNonNull(blobs.get(path.substring(path.lastIndexOf('/') + 1)));
        exchange.sendResponseHeaders(200, all.length);
        exchange.getResponseBody().write(all, 0, bytes);
        exchange.getResponseBody().flush();
        sent.addAndGet(bytes);
    }

    private void handle(HttpExchange exchange) throws IOException {
        var request = exchange.getRequestMethod() + " " + exchange.getRequestURI();
        asked.add(request);
        for (var doing : doings.entrySet()) {
            if (request.startsWith(doing.getKey())) {
                doing.getValue().with(exchange);
                return;
            }
        }
        serve(exchange);
    }

    void serve(HttpExchange exchange) throws IOException {
        var path = exchange.getRequestURI().getPath();
        var last = path.substring(path.lastIndexOf('/') + 1);
        var method = exchange.getRequestMethod();
        if (path.equals("/v2/")) {
            answer(exchange, 200, new byte[0]);
        } else if (path.contains("/uploads/")) {
            serveUpload(exchange, method);
        } else if (method.equals("PUT")) {
            manifest(last, exchange.getRequestBody().readAllBytes());
            answer(exchange, 201, new byte[0]);
        } else if (path.contains("/manifests/") && manifests.containsKey(last)) {
            answer(exchange, 200, Objects.requireNonNull(manifests.get(last)));
        } else if (blobs.containsKey(last)) {
            serveBlob(exchange, Objects.requireNonNull(blobs.get(last)));
        } else {
            answer(exchange, 404, new byte[0]);
        }
    }

    private void serveBlob(HttpExchange exchange, byte[] bytes) throws IOException {
        var range = exchange.getRequestHeaders().getFirst("Range");
        int from = range == null ? 0 : Integer.parseInt(range.replaceAll("bytes=(\\d+)-", "$1"));
        if (range != null) {
            exchange.getResponseHeaders()
                    .set("Content-Range", "bytes %d-%d/%2$d".formatted(from, bytes.length));
        }
        if (exchange.getRequestMethod().equals("GET")) sent.addAndGet(bytes.length - from);
        answer(exchange, range == null ? 200 : 206, Arrays.copyOfRange(bytes, from, bytes.length));
    }

    /** Whole uploads only. */
    private void serveUpload(HttpExchange exchange, String method) throws IOException {
        var path = exchange.getRequestURI().getPath();
        exchange.getResponseHeaders()
                .set("Location", method.equals("POST") ? path + System.nanoTime() : path);
        switch (method) {
            case "PATCH" -> {
                blobs.put(path, exchange.getRequestBody().readAllBytes());
                answer(exchange, 202, new byte[0]);
            }
            case "PUT" -> {
                var digest = exchange.getRequestURI().getQuery().replace("digest=", "");
                var bytes = Objects.requireNonNull(blobs.remove(path));
                boolean right = Sha256.of(bytes).toString().equals(digest);
                if (right) blobs.put(digest, bytes);
                answer(exchange, right ? 201 : 400, new byte[0]);
            }
            default -> answer(exchange, 202, new byte[0]);
        }
    }

    static void answer(HttpExchange exchange, int status, byte[] body) throws IOException {
        boolean head = exchange.getRequestMethod().equals("HEAD");
        if (head) exchange.getResponseHeaders().set("Content-Length", "" + body.length);
        exchange.sendResponseHeaders(status, head || body.length == 0 ? -1 : body.length);
        if (!head) exchange.getResponseBody().write(body);
        exchange.close();
    }

    static byte[] bytes(String text) {
        return text.getBytes(UTF_8);
    }

    @Override
    public void close() throws IOException {
        front.close();
        server.stop(0);
        threads.shutdownNow();
    }
}
