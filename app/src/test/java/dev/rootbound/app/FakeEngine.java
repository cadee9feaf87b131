package dev.rootbound.app;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.Channels;
import java.nio.channels.ServerSocketChannel;
import java.nio.channels.SocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;

/** Speaks HTTP on a real unix socket; each path has a handler that writes bytes as it likes. */
final class FakeEngine implements AutoCloseable {
    /** One request: {@code "POST /containers/create?name=x"} without the version, and its body. */
    record Request(String line, String body, InputStream in, OutputStream out) {
        void send(String text) throws IOException {
            out.write(text.getBytes(StandardCharsets.ISO_8859_1));
            out.flush();
        }

        void answer(int status, String json) throws IOException {
            int length = json.getBytes(StandardCharsets.UTF_8).length;
            out.write(
                    ("HTTP/1.1 " + status + " X\r\nContent-Length: " + length + "\r\n\r\n" + json)
                            .getBytes(StandardCharsets.UTF_8));
            out.flush();
        }

        void upgrade() throws IOException {
            send("HTTP/1.1 101 UPGRADED\r\nConnection: Upgrade\r\nUpgrade: tcp\r\n\r\n");
        }
    }

    interface Handler {
        void handle(Request request) throws Exception;
    }

    private final ServerSocketChannel server;
    private final EngineAddress.Unix address;
    private final Map<String, Handler> handlers = new HashMap<>();
    final List<String> requests = new CopyOnWriteArrayList<>();
    final List<String> bodies = new CopyOnWriteArrayList<>();
    final List<Throwable> failures = new CopyOnWriteArrayList<>();

    FakeEngine(Path directory) throws IOException {
        address = new EngineAddress.Unix(directory.resolve("engine.sock"));
        server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        server.bind(UnixDomainSocketAddress.of(address.path()));
        Thread.ofVirtual().start(this::accept);
    }

    /**
     * @param path method and path without version and query
     */
    FakeEngine on(String path, Handler handler) {
        handlers.put(path, handler);
        return this;
    }

    FakeEngine on(String path, int status, String json) {
        return on(path, request -> request.answer(status, json));
    }

    EngineAddress.Unix address() {
        return address;
    }

    ApiClient client() {
        return new ApiClient(address);
    }

    private void accept() {
        try {
            while (true) {
                var channel = server.accept();
                Thread.ofVirtual().start(() -> serve(channel));
            }
        } catch (IOException e) {
            // closed
        }
    }

    private void serve(SocketChannel channel) {
        try (channel) {
            var in = new BufferedInputStream(Channels.newInputStream(channel));
            String[] words = Connection.line(in, 9999).split(" ", -1);
            long length = 0;
            boolean chunked = false;
            for (String line = Connection.line(in, 9999);
                    !line.isEmpty();
                    line = Connection.line(in, 9999)) {
                if (line.startsWith("Content-Length: "))
                    length = Long.parseLong(line.substring(16));
                if (line.equals("Transfer-Encoding: chunked")) chunked = true;
            }
            String target = words[1].replaceFirst("^/v1\\.51", "");
            String path = words[0] + " " + target.replaceFirst("\\?.*", "");
            boolean early = path.endsWith("early");
            byte[] body =
                    early
                            ? new byte[0]
                            : chunked
                                    ? new ChunkedInput(in).readAllBytes()
                                    : new CountedInput(in, length).readAllBytes();
            requests.add(words[0] + " " + target);
            bodies.add(new String(body, StandardCharsets.UTF_8));
            var request =
                    new Request(
                            words[0] + " " + target,
                            bodies.getLast(),
                            in,
                            Channels.newOutputStream(channel));
            var handler = handlers.get(path);
            if (handler != null) handler.handle(request);
            else request.answer(404, "{\"message\":\"No such thing: " + path + "\"}");
        } catch (Exception e) {
            failures.add(e);
        }
    }

    /** A frame of Docker's multiplexed stream. */
    static byte[] frame(int stream, String text) {
        byte[] bytes = text.getBytes(StandardCharsets.UTF_8);
        var frame = new ByteArrayOutputStream();
        frame.writeBytes(new byte[] {(byte) stream, 0, 0, 0});
        frame.writeBytes(java.nio.ByteBuffer.allocate(4).putInt(bytes.length).array());
        frame.writeBytes(bytes);
        return frame.toByteArray();
    }

    @Override
    public void close() throws IOException {
        server.close();
    }
}
