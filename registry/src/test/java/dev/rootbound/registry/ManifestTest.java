package dev.rootbound.registry;

import static dev.rootbound.registry.StubRegistry.status;
import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rootbound.oci.Json;
import dev.rootbound.oci.MalformedException;
import dev.rootbound.oci.MediaTypes;
import java.io.IOException;
import java.net.ServerSocket;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ManifestTest {
    private static final String MANIFESTS = "GET /v2/app/manifests/";
    private static final byte[] DOCUMENT = "{\"schemaVersion\":2}".getBytes(UTF_8);

    private StubRegistry registry;

    @BeforeEach
    void start() throws IOException {
        registry = StubRegistry.http();
        registry.manifest("latest", MediaTypes.OCI_MANIFEST, DOCUMENT);
    }

    @AfterEach
    void stop() {
        registry.close();
    }

    private RemoteManifest read(Patience patience, String reference) throws Exception {
        try (var remote = registry.open(patience)) {
            return remote.manifest(reference);
        }
    }

    private RemoteManifest read() throws Exception {
        return read(StubRegistry.QUICK, "latest");
    }

    @Test
    void aManifestComesWithItsTypeAndItsOwnDigest() throws Exception {
        var manifest = read();
        assertThat(manifest.bytes()).isEqualTo(DOCUMENT);
        assertThat(manifest.digest()).isEqualTo(StubRegistry.digest(DOCUMENT));
        assertThat(manifest.mediaType()).isEqualTo(MediaTypes.OCI_MANIFEST);
    }

    @Test
    void whatTheDocumentSaysItIsCountsMoreThanTheHeader() throws Exception {
        var index = "{\"mediaType\":\"" + MediaTypes.OCI_INDEX + "\"}";
        registry.manifest("latest", MediaTypes.OCI_MANIFEST, index.getBytes(UTF_8));
        assertThat(read().mediaType()).isEqualTo(MediaTypes.OCI_INDEX);
    }

    @Test
    void aManifestWithAnotherDigestThanAskedForIsRefused() {
        registry.always(MANIFESTS, status(200, "{}"));
        var asked = StubRegistry.digest(DOCUMENT).toString();
        assertThatThrownBy(() -> read(StubRegistry.QUICK, asked))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("has digest " + StubRegistry.digest("{}".getBytes(UTF_8)));
    }

    @Test
    void aManifestWithoutEndIsGivenUpAtTheLimit() {
        var sent = new AtomicLong();
        registry.always(
                MANIFESTS,
                exchange -> {
                    exchange.sendResponseHeaders(200, 0);
                    var bytes = new byte[8192];
                    while (true) {
                        exchange.getResponseBody().write(bytes);
                        sent.addAndGet(bytes.length);
                    }
                });
        assertThatThrownBy(this::read)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("more than " + Json.MAX_DOCUMENT + " bytes");
        // what buffers on the way hold
        assertThat(sent.get()).isLessThan(4L * Json.MAX_DOCUMENT);
    }

    @Test
    void aManifestThatStallsInTheMiddleIsGivenUp() {
        registry.always(MANIFESTS, registry.stallAfter(5));
        assertThatThrownBy(() -> read(StubRegistry.SHORT, "latest"))
                .isInstanceOf(IOException.class)
                // as the five came before it was waited for, or after
                .hasMessageMatching("(nothing came for|only 5 bytes came in) 0[.]3 seconds");
    }

    @Test
    void aManifestThatIsCutIsNoManifest() {
        registry.always(MANIFESTS, registry.cutAfter(5));
        assertThatThrownBy(this::read).isInstanceOf(IOException.class);
    }

    @Test
    void whatIsNotJsonIsNoManifest() {
        registry.always(MANIFESTS, status(200, "<html>\u001b[2Jlog in</html>"));
        assertThatThrownBy(this::read)
                .isInstanceOf(MalformedException.class)
                .hasMessageContaining("manifest is not JSON");
    }

    @ParameterizedTest
    @ValueSource(ints = {429, 500, 502, 503, 504})
    void anOverloadedRegistryIsAskedAgain(int status) throws Exception {
        registry.next(MANIFESTS, status(status, "later"), status(status, ""));
        assertThat(read().bytes()).isEqualTo(DOCUMENT);
        assertThat(registry.asked(MANIFESTS)).hasSize(3);
    }

    @Test
    void aRegistryThatStaysOverloadedIsGivenUpWithItsWords() {
        registry.always(
                MANIFESTS,
                status(429, "{\"errors\":[{\"code\":\"TOOMANYREQUESTS\",\"message\":\"slow\"}]}"));
        assertThatThrownBy(this::read)
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessageContaining("toomanyrequests: slow");
        assertThat(registry.asked(MANIFESTS)).hasSize(Patience.TRIES);
    }

    @ParameterizedTest
    @ValueSource(strings = {"999999999", "99999999999999999999", "-1", "Fri, 31 Dec 9999 23:59:59"})
    void nobodyWaitsAsLongAsAHugeRetryAfterSays(String retryAfter) throws Exception {
        registry.next(MANIFESTS, status(429, "", "Retry-After", retryAfter));
        assertThat(read().bytes()).isEqualTo(DOCUMENT);
    }

    @Test
    void whatARegistryWritesDoesNotReachTheTerminal() {
        registry.always(
                MANIFESTS,
                status(
                        400,
                        "{\"errors\":[{\"code\":\"X\",\"message\":"
                                + "\"a\\u001b]0;b\\u0007c\\u009bd\\u202ee\\nf\"}]}"));
        assertThatThrownBy(this::read).hasMessageContaining("x: a ]0;b c d e f");
    }

    @Test
    void anErrorWithoutEndIsCutShort() {
        registry.always(MANIFESTS, StubRegistry.endless(400, "\u009b", "no\u0007"));
        assertThatThrownBy(this::read)
                .isInstanceOf(RegistryException.Failed.class)
                .message()
                .hasSizeLessThan(400)
                .doesNotContainPattern("\\p{Cc}");
    }

    @Test
    void anErrorThatStallsIsStillAnError() {
        registry.always(
                MANIFESTS,
                exchange -> {
                    exchange.sendResponseHeaders(404, 100);
                    exchange.getResponseBody().flush();
                    StubRegistry.forEver();
                });
        assertThatThrownBy(() -> read(StubRegistry.SHORT, "latest"))
                .isInstanceOf(RegistryException.NotFound.class);
    }

    @Test
    void noRegistryThereIsSaidSo() throws Exception {
        int port;
        try (var closed = new ServerSocket(0)) {
            port = closed.getLocalPort();
        }
        var nobody = new Repository("localhost:" + port, "app");
        assertThatThrownBy(() ->
                        StubRegistry.registries(StubRegistry.QUICK)
                                .open(nobody, new Credentials.Anonymous(), Registries.Access.PULL))
                .isInstanceOf(RegistryException.Failed.class)
                .hasMessage("GET https://localhost:%d/v2/: connection refused", port);
    }

    private static void readFrom(RawServer server) throws Exception {
        try (var remote =
                StubRegistry.registries(StubRegistry.SHORT)
                        .open(
                                server.repository(),
                                new Credentials.Anonymous(),
                                Registries.Access.PULL)) {
            remote.manifest("latest");
        }
    }

    @Test
    void whatDoesNotSpeakHttpIsNoRegistry() throws Exception {
        try (var server =
                new RawServer(socket -> {
                    socket.getOutputStream().write("SSH-2.0-OpenSSH_9\r\n".getBytes(UTF_8));
                    socket.getInputStream().read();
                })) {
            assertThatThrownBy(() -> readFrom(server)).isInstanceOf(RegistryException.Failed.class);
        }
    }

    @Test
    void whatNeverAnswersIsNoRegistry() throws Exception {
        RawServer.Doing silent =
                socket -> {
                    if (RawServer.isTls(socket.getInputStream().read()))
                        RawServer.refuseTls(socket);
                    else StubRegistry.forEver();
                };
        try (var server = new RawServer(silent)) {
            assertThatThrownBy(() -> readFrom(server))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessageContaining("no answer in 0.3 seconds");
            assertThat(server.connections.get()).isEqualTo(1 + Patience.TRIES);
        }
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"X: " + "y", "HTTP/1.1 100 Continue\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n"})
    void aHeaderWithoutEndIsGivenUp(String piece) throws Exception {
        var start = piece.startsWith("HTTP") ? "" : "HTTP/1.1 200 OK\r\n";
        var sent = new AtomicLong();
        try (var server =
                new RawServer(socket -> {
                    if (RawServer.isTls(socket.getInputStream().read())) {
                        RawServer.refuseTls(socket);
                        return;
                    }
                    var out = socket.getOutputStream();
                    out.write((start + piece).getBytes(UTF_8));
                    var more = (start.isEmpty() ? piece : "y").repeat(100).getBytes(UTF_8);
                    while (true) {
                        out.write(more);
                        sent.addAndGet(more.length);
                    }
                })) {
            assertThatThrownBy(() -> readFrom(server)).isInstanceOf(RegistryException.Failed.class);
        }
        assertThat(sent.get()).isPositive();
    }
}
