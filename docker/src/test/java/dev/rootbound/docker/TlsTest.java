package dev.rootbound.docker;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.registry.PemFiles;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.net.SocketException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class TlsTest {
    private static final Duration SHORT = Duration.ofSeconds(3);
    private static final ClientLimits LIMITS =
            new ClientLimits(100, Duration.ofSeconds(5), Duration.ofSeconds(5), 8, SHORT);

    private final FakeEngine engine = new FakeEngine();
    private @TempDir Path directory;
    private TcpHost host;
    private DockerApi api;

    @BeforeEach
    void serve() throws Exception {
        openssl(
                "req -x509 -newkey rsa:2048 -nodes -keyout ca.key -out ca.pem -days 2 -subj /CN=ca");
        openssl("req -x509 -newkey rsa:2048 -nodes -keyout b.key -out b.pem -days 2 -subj /CN=ca");
        issue("server", "/CN=localhost", "subjectAltName=IP:127.0.0.1", "ca", "ca.key");
        issue("alice", "/O=Example/CN=alice", "extendedKeyUsage=clientAuth", "ca", "ca.key");
        issue("foreign", "/O=Example/CN=alice", "extendedKeyUsage=clientAuth", "b", "b.key");
        issue("wrong", "/O=Example/CN=alice", "extendedKeyUsage=serverAuth", "ca", "ca.key");
        try (var free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            host = TcpHost.parse("tcp://127.0.0.1:" + free.getLocalPort());
        }
        engine.remotes.put("CN=alice,O=Example", 1000L);
        api = DockerApi.serve(host, tls(), LIMITS, engine);
    }

    @AfterEach
    void close() throws IOException {
        api.close();
    }

    private ServerTls tls() throws IOException {
        return ServerTls.of(file("ca.pem"), file("server.pem"), file("server.key"));
    }

    private Path file(String name) {
        return directory.resolve(name);
    }

    private void openssl(String line) throws IOException, InterruptedException {
        var words = new ArrayList<>(List.of("openssl"));
        words.addAll(List.of(line.split(" ", -1)));
        var process =
                new ProcessBuilder(words)
                        .directory(directory.toFile())
                        .redirectErrorStream(true)
                        .start();
        var said = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        assertThat(process.waitFor()).as(said).isZero();
    }

    private void issue(String name, String subject, String extension, String ca, String key)
            throws IOException, InterruptedException {
        Files.writeString(file("extension"), extension);
        openssl(
                "req -newkey rsa:2048 -nodes -keyout %s.key -out %s.csr -subj %s"
                        .formatted(name, name, subject));
        openssl(
                "x509 -req -in %s.csr -CA %s.pem -CAkey %s -out %s.pem -days 2 -extfile extension"
                        .formatted(name, ca, key, name));
    }

    private SSLSocket connect(String who, String... versions) throws IOException {
        var chain = PemFiles.certificates(file(who + ".pem"));
        var own = new PemFiles.Identity(chain, PemFiles.key(file(who + ".key"), chain.getFirst()));
        var context = PemFiles.context(List.of(own), PemFiles.certificates(file("ca.pem")));
        var socket =
                (SSLSocket)
                        context.getSocketFactory()
                                .createSocket("127.0.0.1", host.address().getPort());
        if (versions.length > 0) socket.setEnabledProtocols(versions);
        var parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        return socket;
    }

    private static String ask(Socket socket, String request) throws IOException {
        socket.getOutputStream().write(request.getBytes(StandardCharsets.UTF_8));
        return new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
    }

    private static String list() {
        return "GET /info HTTP/1.1\r\nHost: d\r\nConnection: close\r\n\r\n";
    }

    @Test
    void whoHasACertificateIsItsUser() throws IOException {
        try (var socket = connect("alice")) {
            assertThat(ask(socket, list())).startsWith("HTTP/1.1 200 OK");
            assertThat(socket.getSession().getProtocol()).isEqualTo("TLSv1.3");
        }
        try (var socket = connect("alice", "TLSv1.2")) {
            assertThat(ask(socket, list())).startsWith("HTTP/1.1 200 OK");
        }
    }

    @Test
    void whoMayNoLongerIsToldAtTheNextRequest() throws IOException {
        try (var socket = connect("alice")) {
            socket.getOutputStream()
                    .write(
                            "GET /_ping HTTP/1.1\r\nHost: d\r\n\r\n"
                                    .getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().read()).isEqualTo('H');
            engine.remotes.clear();
            assertThat(ask(socket, list()))
                    .contains("HTTP/1.1 403 Forbidden", "CN=alice,O=Example is no user");
        }
    }

    @Test
    void aCertificateOfAnotherAuthorityOrForAnotherUseIsNone() throws IOException {
        for (var who : List.of("foreign", "wrong")) {
            try (var socket = connect(who)) {
                assertThatThrownBy(() -> ask(socket, list()))
                        .as(who)
                        .isInstanceOfAny(SSLException.class, SocketException.class);
            }
        }
    }

    @Test
    void theEndOfInputIsAHalfCloseAndTheOutputGoesOn() throws Exception {
        var id = create();
        try (var socket = connect("alice");
                var starting = connect("alice")) {
            var attach =
                    "POST /containers/"
                            + id
                            + "/attach?stream=1&stdin=1&stdout=1 HTTP/1.1\r\nHost: d\r\n"
                            + "Connection: Upgrade\r\nUpgrade: tcp\r\n\r\n";
            var out = socket.getOutputStream();
            out.write(attach.getBytes(StandardCharsets.UTF_8));
            assertThat(socket.getInputStream().readNBytes(12)).asString().endsWith("101");
            assertThat(ask(starting, post("/containers/" + id + "/start", ""))).contains(" 204 ");
            out.write("to the end".getBytes(StandardCharsets.UTF_8));
            socket.shutdownOutput();
            assertThat(new String(socket.getInputStream().readAllBytes(), StandardCharsets.UTF_8))
                    .endsWith("to the end");
        }
    }

    private static String post(String path, String body) {
        return "POST %s HTTP/1.1\r\nHost: d\r\nConnection: close\r\nContent-Length: %d\r\n\r\n%s"
                .formatted(path, body.length(), body);
    }

    private String create() throws IOException {
        try (var socket = connect("alice")) {
            var body =
                    "{\"Image\":\"box\",\"Cmd\":[\"cat\"],\"OpenStdin\":true,\"StdinOnce\":true}";
            var answer = ask(socket, post("/containers/create", body));
            assertThat(answer).contains(" 201 ");
            int at = answer.indexOf("{\"Id\":\"") + 7;
            return answer.substring(at, at + 64);
        }
    }

    @Test
    void handshakesThatStallAreSeenOffAndAreNotMany() throws Exception {
        var stalled = new ArrayList<Socket>();
        for (int i = 0; i < 6; i++) {
            stalled.add(new Socket(InetAddress.getLoopbackAddress(), host.address().getPort()));
        }
        long began = System.nanoTime();
        // of one address two at once, a quarter of eight: the others go at once
        for (var socket : stalled.subList(2, 6)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        assertThat(Duration.ofNanos(System.nanoTime() - began)).isLessThan(SHORT);
        for (var socket : stalled.subList(0, 2)) {
            assertThat(socket.getInputStream().read()).isEqualTo(-1);
        }
        try (var socket = connect("alice")) {
            assertThat(ask(socket, list())).startsWith("HTTP/1.1 200 OK");
        }
        for (var socket : stalled) socket.close();
    }

    @Test
    void whatIsNoTlsIsSeenOff() throws IOException {
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), host.address().getPort())) {
            assertThat(ask(socket, list())).doesNotContain("HTTP");
        }
    }

    @Test
    void aKeyThatOthersReadIsRefused() throws IOException {
        Files.setPosixFilePermissions(
                file("server.key"), PosixFilePermissions.fromString("rw-r--r--"));
        assertThatThrownBy(this::tls).hasMessageContaining("can pass for this engine; chmod go=");
        assertThatThrownBy(() -> ServerTls.of(null, file("none.pem"), file("alice.key")))
                .hasMessageContaining("there is no file");
    }

    @Test
    void olderKeysAreRead() throws Exception {
        openssl("rsa -in server.key -traditional -out old.key");
        assertThat(Files.readString(file("old.key"))).contains("BEGIN RSA PRIVATE KEY");
        var chain = PemFiles.certificates(file("server.pem"));
        assertThat(PemFiles.key(file("old.key"), chain.getFirst()))
                .isEqualTo(PemFiles.key(file("server.key"), chain.getFirst()));
    }

    @Test
    void whoComesInPlainIsTheUserOfThatAddress() throws Exception {
        api.close();
        api = DockerApi.serve(host, null, LIMITS, engine);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), host.address().getPort())) {
            assertThat(ask(socket, list())).contains(" 403 ", host.text() + " is no user");
        }
        engine.remotes.put(host.text(), 7L);
        try (var socket = new Socket(InetAddress.getLoopbackAddress(), host.address().getPort())) {
            assertThat(ask(socket, list())).contains(" 200 ");
        }
    }
}
