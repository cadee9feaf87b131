package dev.rootbound.build;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.engine.Builds;
import dev.rootbound.engine.Caller;
import dev.rootbound.engine.EngineException;
import dev.rootbound.idmap.Tenant;
import java.io.EOFException;
import java.io.IOException;
import java.lang.reflect.Proxy;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.SocketTimeoutException;
import java.net.URI;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class HttpGetTest {
    private static final InetAddress HERE = InetAddress.getLoopbackAddress();
    private static final Duration LONG = Duration.ofSeconds(50);

    @TempDir Path directory;

    /** Answers one request, whatever it is, with bytes; then a piece again and again, if any. */
    private static final class Server implements AutoCloseable {
        private final ServerSocket socket = new ServerSocket(0, 5, HERE);
        private final AtomicReference<String> asked = new AtomicReference<>("");

        Server(String answer, String again) throws IOException {
            this(answer, again, Duration.ofMillis(20));
        }

        Server(String answer, String again, Duration pause) throws IOException {
            Thread.ofVirtual().start(() -> serve(answer, again, pause));
        }

        private void serve(String answer, String again, Duration pause) {
            while (true) {
                try (var client = socket.accept()) {
                    var text = new StringBuilder();
                    while (text.indexOf("\r\n\r\n") < 0) {
                        text.append((char) client.getInputStream().read());
                    }
                    asked.set(text.toString());
                    var out = client.getOutputStream();
                    out.write(answer.getBytes(ISO_8859_1));
                    while (!again.isEmpty()) {
                        out.write(again.getBytes(ISO_8859_1));
                        Thread.sleep(pause);
                    }
                } catch (IOException | InterruptedException e) {
                    if (socket.isClosed()) return; // else the client has gone
                }
            }
        }

        URI url(String host) {
            return URI.create("http://" + host + ":" + socket.getLocalPort() + "/d/f?q=%20");
        }

        @Override
        public void close() throws IOException {
            socket.close();
        }
    }

    private static String body(Server server, HttpGet.Limits limits) throws IOException {
        try (var get = HttpGet.open(server.url("rebound.invalid"), HERE, limits)) {
            return get.status() + new String(get.body().readAllBytes(), ISO_8859_1);
        }
    }

    private static String body(String answer) throws IOException {
        try (var server = new Server(answer, "")) {
            return body(server, HttpGet.Limits.of(LONG, LONG));
        }
    }

    /** No resolver knows this name: had it been looked up, it would not be found. */
    @Test
    void whatIsConnectedToIsTheAddressThatWasJudged() throws IOException {
        try (var server = new Server("HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nhi", "")) {
            assertThat(body(server, HttpGet.Limits.of(LONG, LONG))).isEqualTo("200hi");
            assertThat(server.asked.get())
                    .startsWith("GET /d/f?q=%20 HTTP/1.1\r\nHost: rebound.invalid:");
        }
    }

    @Test
    void bodiesOfEachKindAreReadWhole() throws IOException {
        assertThat(body("HTTP/1.0 404 No\n\nnone")).isEqualTo("404none");
        var chunked = "HTTP/1.1 200 OK\r\ntransfer-encoding: Chunked\r\n\r\n";
        assertThat(
                        body(
                                "HTTP/1.1 100 Go on\r\n\r\n"
                                        + chunked
                                        + "3\r\nabc\r\nA;x\r\n0123456789\r\n0\r\n\r\n"))
                .isEqualTo("200abc0123456789");
        assertThatThrownBy(() -> body(chunked + "3\r\nabc\r\n")).isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> body(chunked + "-3\r\nabc\r\n")).hasMessageContaining("chunks");
        assertThatThrownBy(() -> body("HTTP/1.1 200 OK\r\nContent-Length: 9\r\n\r\nshort"))
                .isInstanceOf(EOFException.class);
        assertThatThrownBy(() -> body("HTTP/1.1 200 OK\r\nA: " + "x".repeat(1 << 20)))
                .hasMessageContaining("headers");
        assertThatThrownBy(() -> body("SSH-2.0-x\r\n")).hasMessageContaining("HTTP");
    }

    @Test
    void aBodyThatDripsOnOrStallsIsGivenUp() throws IOException {
        var head = "HTTP/1.1 200 OK\r\n\r\n";
        try (var drips = new Server(head, "x");
                var stalls = new Server(head, "x", LONG)) {
            var whole = HttpGet.Limits.of(LONG, Duration.ofMillis(700));
            assertThatThrownBy(() -> body(drips, whole)).isInstanceOf(SocketTimeoutException.class);
            assertThat(whole.isOver()).isTrue();
            assertThatThrownBy(() -> body(stalls, HttpGet.Limits.of(Duration.ofMillis(200), LONG)))
                    .isInstanceOf(SocketTimeoutException.class);
        }
    }

    @Test
    void whoIsInterruptedDoesNotWait() throws Exception {
        try (var server = new Server("HTTP/1.1 200 OK\r\n\r\n", "x")) {
            var failure = new AtomicReference<Exception>();
            var reader =
                    Thread.ofPlatform()
                            .start(() -> {
                                try {
                                    body(server, HttpGet.Limits.of(LONG, LONG));
                                } catch (IOException e) {
                                    failure.set(e);
                                }
                            });
            while (server.asked.get().isEmpty()) Thread.sleep(10);
            reader.interrupt();
            reader.join();
            assertThat(failure.get()).isNotNull();
        }
    }

    private Fetcher fetcher(boolean leased, long pid) {
        var caller = new Caller(new Tenant(1000), 1000, 1000, List.of(), leased).by(pid);
        var build =
                Proxy.newProxyInstance(
                        Builds.Build.class.getClassLoader(),
                        new Class<?>[] {Builds.Build.class},
                        (_, method, _) -> {
                            throw new UnsupportedOperationException(method.getName());
                        });
        var budget = new FileBudget().begin(1000, 1000, _ -> {});
        return new Fetcher(
                "ADD", caller, (Builds.Build) build, new SourceFiles.Place(directory, budget));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "http://127.0.0.1/",
                "https://localhost/",
                "http://[::1]/",
                "http://2130706433/",
                "http://[::ffff:127.0.0.1]/",
                "http://0.0.0.0/",
                "http://[::]/",
                "http://169.254.169.254/latest",
                "http://[fe80::1]/"
            })
    void theHostsOwnAddressesAreNotForWhoIsNotOnIt(String url) throws IOException {
        for (var other : List.of(fetcher(true, 9), fetcher(false, 0))) {
            assertThatThrownBy(() -> other.addresses(URI.create(url)))
                    .isInstanceOf(EngineException.Denied.class)
                    .hasMessageContaining("address of the engine's host");
            assertThatThrownBy(() -> RemoteFile.fetch(url, null, other))
                    .isInstanceOf(EngineException.Denied.class);
        }
        assertThat(fetcher(false, 9).addresses(URI.create(url))).isNotEmpty();
    }

    @Test
    void othersAddressesAreForAll() throws IOException {
        assertThat(fetcher(true, 9).addresses(URI.create("https://192.0.2.1/"))).hasSize(1);
        assertThatThrownBy(() -> fetcher(true, 9).addresses(URI.create("https://a_b/")))
                .isInstanceOf(IllegalArgumentException.class);
        var bridge = InetAddress.getByName("172.20.16.1");
        assertThat(HostAddresses.isIn(InetAddress.getByName("172.20.31.9"), bridge, 20)).isTrue();
        assertThat(HostAddresses.isIn(InetAddress.getByName("172.20.32.9"), bridge, 20)).isFalse();
        assertThat(HostAddresses.isIn(InetAddress.getByName("fd00::1"), bridge, 20)).isFalse();
    }

    @Test
    void aRedirectIsJudgedAsWhatItLeadsTo() throws IOException {
        var away = "HTTP/1.1 302 Found\r\nContent-Length: 0\r\nLocation: ";
        try (var server = new Server(away + "file:///etc/passwd\r\n\r\n", "")) {
            var url = server.url("127.0.0.1").toString();
            assertThatThrownBy(() -> RemoteFile.fetch(url, null, fetcher(false, 9)))
                    .hasMessageContaining("redirected to file:///etc/passwd");
        }
        try (var server = new Server(away + "/d/f\r\n\r\n", "")) {
            var url = server.url("127.0.0.1").toString();
            assertThatThrownBy(() -> RemoteFile.fetch(url, null, fetcher(false, 9)))
                    .hasMessageContaining("more than 10 redirects");
        }
    }
}
