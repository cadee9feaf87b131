package dev.rootbound.registry;

import static java.io.OutputStream.nullOutputStream;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.stream.Stream;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class RegistryTlsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Patience PATIENCE =
            new Patience(LONG, LONG, LONG, LONG, Duration.ofMillis(1), Duration.ofMillis(1));

    private static final byte[] ALERT = {21, 3, 3, 0, 2, 2, 40}; // fatal, handshake_failure

    @TempDir static Path keys;
    @TempDir Path certificates;
    private static TestKeys ca;

    @BeforeAll
    static void make() throws Exception {
        ca = new TestKeys(keys);
    }

    private RemoteRepository open(StubRegistry registry, Set<String> insecure) throws Exception {
        return open(registry.host(), insecure);
    }

    private RemoteRepository open(String host, Set<String> insecure) throws Exception {
        return open(host, insecure, PATIENCE);
    }

    private RemoteRepository open(String host, Set<String> insecure, Patience patience)
            throws Exception {
        var settings =
                new RegistrySettings(List.of(certificates), insecure, List.of(), Map.of(), "test");
        return new Registries(settings, patience)
                .open(
                        new Repository(host, "app"),
                        new Credentials.Anonymous(),
                        Registries.Access.PULL);
    }

    private Path trust(String host) throws IOException {
        var dir = Files.createDirectories(certificates.resolve(host));
        Files.copy(keys.resolve("ca.crt"), dir.resolve("ca.crt"));
        return dir;
    }

    @Test
    void aRegistryOfAnOwnCaIsTrustedAndVerified() throws Exception {
        try (var registry = StubRegistry.https(ca.context("server"))) {
            var blob = registry.blob(new byte[10]);
            trust(registry.host());
            try (var remote = open(registry, Set.of())) {
                assertThat(remote.isVerified()).isTrue();
                assertThat(remote.blobSize(blob.digest())).hasValue(10);
            }
        }
    }

    @Test
    void aRegistryThatNobodyVouchesForIsRefusedAndNotAskedByHttp() throws Exception {
        try (var registry = StubRegistry.https(ca.context("server"))) {
            assertThatThrownBy(() -> open(registry, Set.of()))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessageContaining("GET https://" + registry.host())
                    .hasMessageContaining("unable to find valid certification path");
            assertThat(registry.asked).isEmpty();
        }
    }

    @Test
    void aCertificateForAnotherNameIsRefusedAndNotAskedByHttp() throws Exception {
        try (var registry = StubRegistry.https(ca.context("server"))) {
            trust(registry.otherHost());
            assertThatThrownBy(() -> open(registry.otherHost(), Set.of()))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessageContaining("127.0.0.1");
            assertThat(registry.asked).isEmpty();
        }
    }

    @Test
    void whatIsNamedInsecureIsAskedByTlsAndDoesNotCountAsVerified() throws Exception {
        try (var registry = StubRegistry.https(ca.context("server"))) {
            var blob = registry.blob(new byte[10]);
            try (var remote = open(registry.otherHost(), Set.of("127.0.0.1"))) {
                assertThat(remote.isVerified()).isFalse();
                assertThat(remote.blobSize(blob.digest())).hasValue(10);
            }
        }
    }

    @Test
    void whatIsSetForARegistryIsNotSetForWhereItSends() throws Exception {
        try (var registry = StubRegistry.https(ca.context("server"))) {
            var blob = registry.blob(new byte[10]);
            var away = "https://" + registry.otherHost() + "/away";
            registry.always("GET /v2/app", StubRegistry.status(307, "", "Location", away));
            registry.always("GET /away", StubRegistry.status(200, "0123456789"));
            var insecure = Set.of(registry.host());
            try (var remote = open(registry, insecure)) {
                assertThatThrownBy(() -> remote.blob(blob, 0).readAllBytes())
                        .isInstanceOf(RegistryException.Failed.class)
                        .hasMessageContaining("GET " + away);
            }
            assertThat(registry.asked("GET /away")).isEmpty();
            try (var remote = open(registry, Set.of(registry.host(), registry.otherHost()))) {
                assertThat(remote.blob(blob, 0).readAllBytes()).hasSize(10);
            }
        }
    }

    @Test
    void aRegistryThatWantsACertificateGetsIt() throws Exception {
        try (var registry = StubRegistry.httpsForKnown(ca.context("server"))) {
            var blob = registry.blob(new byte[10]);
            var dir = trust(registry.host());
            ca.writeClient(dir);
            try (var remote = open(registry, Set.of())) {
                assertThat(remote.blobSize(blob.digest())).hasValue(10);
            }
        }
    }

    @Test
    void aRegistryThatWantsACertificateInVainIsNotAskedByHttp() throws Exception {
        try (var registry = StubRegistry.httpsForKnown(ca.context("server"))) {
            trust(registry.host());
            assertThatThrownBy(() -> open(registry, Set.of()))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessageStartingWith("GET https://");
            assertThat(registry.asked).isEmpty();
        }
    }

    /** As it may be when it wanted a certificate: the reset overtakes what it said of that. */
    @Test
    void aConnectionThatIsResetAfterTheHandshakeIsNoReasonToAskByHttp() throws Exception {
        var factory = ca.context("server").getSocketFactory();
        try (var server =
                new RawServer(socket -> {
                    var tls =
                            (SSLSocket) factory.createSocket(socket, null, socket.getPort(), false);
                    tls.setUseClientMode(false);
                    tls.startHandshake();
                    socket.setSoLinger(true, 0);
                    socket.close();
                })) {
            trust(server.repository().host());
            assertThatNotAskedByHttp(server);
        }
    }

    private static Stream<Arguments> answersThatMayBeOfTls() {
        return Stream.of(
                way("closes at once", socket -> {}),
                way("closes when it has read", RegistryTlsTest::readHello),
                way(
                        "resets",
                        socket -> {
                            readHello(socket);
                            socket.setSoLinger(true, 0);
                        }),
                way("an alert", socket -> answer(socket, ALERT)),
                way("a part of a record", socket -> answer(socket, Arrays.copyOf(ALERT, 3))),
                way("less than tells what it is", socket -> answer(socket, new byte[] {'H'})),
                way(
                        "no message of TLS in a record of it",
                        socket -> answer(socket, new byte[] {22, 3, 3, 0, 4, 99, 0, 0, 0})));
    }

    private static Arguments way(String name, RawServer.Doing doing) {
        return Arguments.of(name, doing);
    }

    private static void readHello(Socket socket) throws IOException {
        int _ = socket.getInputStream().read(new byte[1 << 16]);
    }

    private static void answer(Socket socket, byte[] bytes) throws IOException {
        readHello(socket);
        socket.getOutputStream().write(bytes);
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("answersThatMayBeOfTls")
    void whatMayBeTlsIsNotAskedByHttp(String name, RawServer.Doing doing) throws Exception {
        try (var server = new RawServer(doing)) {
            assertThatNotAskedByHttp(server);
        }
    }

    /** As the JDK's HttpServer, which waits for CR LF. */
    @Test
    void whatDoesNotAnswerTlsIsNotAskedByHttp() throws Exception {
        var probe = Duration.ofMillis(200);
        var patience = new Patience(LONG, probe, LONG, LONG, probe, probe);
        try (var server = new RawServer(RegistryTlsTest::readAll)) {
            assertThatThrownBy(() -> open(server.repository().host(), Set.of(), patience))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessage(
                            "GET https://%s/v2/: no connection in 0.2 seconds",
                            server.repository().host());
        }
    }

    private static void readAll(Socket socket) throws IOException {
        socket.getInputStream().transferTo(nullOutputStream());
    }

    private void assertThatNotAskedByHttp(RawServer server) throws Exception {
        var host = server.repository().host();
        assertThatThrownBy(() -> open(host, Set.of(), StubRegistry.SHORT))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageStartingWith("GET https://" + host);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n400 Bad Request", // Go's
                "HTTP/1.1 400 Bad Request\r\nServer: nginx\r\nContent-Length: 0\r\n\r\n",
                "<!DOCTYPE HTML>\n<html>Bad request version</html>", // Python's http.server
            })
    void whatAnswersTlsInPlainIsAskedByHttp(String refusal) throws Exception {
        var asked = new LinkedBlockingQueue<String>();
        try (var server =
                new RawServer(socket -> {
                    var hello = new byte[1 << 16];
                    int n = socket.getInputStream().read(hello);
                    if (n > 0 && !RawServer.isTls(hello[0]))
                        asked.add(new String(hello, 0, n, UTF_8).lines().findFirst().orElse(""));
                    RawServer.answer(socket, refusal);
                    socket.shutdownOutput();
                    readAll(socket);
                })) {
            try (var remote = open(server.repository().host(), Set.of(), StubRegistry.SHORT)) {
                assertThatThrownBy(() -> remote.manifest("latest"))
                        .isInstanceOf(RegistryException.Failed.class);
            }
        }
        assertThat(asked).first().isEqualTo("GET /v2/app/manifests/latest HTTP/1.1");
    }

    @Test
    void aCertificateWithoutItsKeyIsSaidSo() throws Exception {
        var dir = trust("r.example");
        ca.writeClient(dir);
        Files.delete(dir.resolve("client.key"));
        assertThatThrownBy(() -> open("r.example", Set.of()))
                .isInstanceOf(IOException.class)
                .hasMessageContaining("there is no " + dir.resolve("client.key"));
    }

    @Test
    void aKeyInAnotherFormIsRefusedWithWhatHelps() throws Exception {
        var dir = trust("r.example");
        ca.writeClient(dir);
        Files.writeString(dir.resolve("client.key"), "-----BEGIN RSA PRIVATE KEY-----\n");
        assertThatThrownBy(() -> open("r.example", Set.of()))
                .hasMessageContaining("client.key is no PKCS#8 key in PEM; openssl pkcs8");
    }

    @Test
    void onlyLoopbackAndWhatIsNamedInsecureIsAskedByHttp() throws Exception {
        try (var registry = StubRegistry.http();
                var remote = open("registry.invalid:" + port(registry), Set.of())) {
            assertThatThrownBy(() -> remote.manifest("latest"))
                    .hasMessageStartingWith("GET https://registry.invalid");
        }
    }

    private static String port(StubRegistry registry) {
        return registry.host().substring(registry.host().indexOf(':') + 1);
    }

    @Test
    void whatIsNoAddressIsSaidSo() {
        for (var host : List.of("1.2.3", "r.example:99999999999")) {
            assertThatThrownBy(() -> open(host, Set.of()))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessage("'" + host + "' is no registry's address");
        }
    }
}
