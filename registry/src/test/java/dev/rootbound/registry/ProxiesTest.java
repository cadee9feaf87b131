package dev.rootbound.registry;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.Proxy;
import java.net.URI;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(20)
class ProxiesTest {
    private static boolean isProxied(String uri, Map<String, String> environment) {
        var chosen = new Proxies(environment).select(URI.create(uri));
        return !chosen.equals(List.of(Proxy.NO_PROXY));
    }

    @ParameterizedTest
    @CsvSource({
        "https://r.example/v2/, true",
        "http://r.example/v2/, false",
        "https://localhost:5000/, false",
        "https://127.8.9.1/, false",
        "https://[::1]:5000/, false"
    })
    void theProxyIsForItsSchemeAndNeverForThisHost(String uri, boolean proxied) {
        assertThat(isProxied(uri, Map.of("HTTPS_PROXY", "http://p:3128"))).isEqualTo(proxied);
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "r.example | https://r.example/ | false",
                "r.example | https://a.r.example/ | false",
                "r.example | https://other.example/ | true",
                "r.example | https://xr.example/ | true",
                ".r.example | https://r.example/ | true",
                ".r.example | https://a.r.example/ | false",
                "*.r.example | https://a.R.Example/ | false",
                "a, R.EXAMPLE ,b | https://r.example/ | false",
                "r.example:443 | https://r.example/ | false",
                "r.example:5000 | https://r.example/ | true",
                "r.example:5000 | https://r.example:5000/ | false",
                "* | https://r.example/ | false",
                "10.1.2.3 | https://10.1.2.3/ | false",
                "10.1.2.3 | https://10.1.2.30/ | true",
                "10.0.0.0/8 | https://10.1.2.3:5000/ | false",
                "10.0.0.0/8 | https://11.1.2.3/ | true",
                "10.0.0.0/9 | https://10.128.0.1/ | true",
                "10.0.0.0/8 | https://ten.example/ | true",
                "0.0.0.0/0 | https://11.1.2.3/ | false",
                "10.0.0.0/33 | https://10.1.2.3/ | true",
                "x/8 | https://10.1.2.3/ | true",
                "fd00::/8 | https://[fd00::1]:5000/ | false",
                "fd00::/8 | https://[fe00::1]/ | true",
                "fd00::1 | https://[fd00::1]/ | false",
                "[fd00::1]:443 | https://[fd00::1]/ | false",
                "fd00::/8 | https://10.1.2.3/ | true",
                ", ,  | https://r.example/ | true",
            })
    void whatIsExceptedIsReadAsGoReadsIt(String excepted, String uri, boolean proxied) {
        var environment = Map.of("HTTPS_PROXY", "p:3128", "NO_PROXY", excepted);
        assertThat(isProxied(uri, environment)).isEqualTo(proxied);
    }

    @Test
    void smallLettersComeFirst() {
        var environment = Map.of("HTTPS_PROXY", "http://a", "https_proxy", "http://b:1");
        assertThat(new Proxies(environment).select(URI.create("https://r.example/")))
                .singleElement()
                .extracting(Proxy::address)
                .hasToString("b/<unresolved>:1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"socks5://p:1", "https://p", "http://user:secret@p", "http://", "a b"})
    void aProxyThatIsNotSupportedIsRefusedAtOnceAndNotQuoted(String proxy) throws Exception {
        var settings =
                new RegistrySettings(
                        List.of(), Set.of(), List.of(), Map.of("HTTPS_PROXY", proxy), "test");
        try (var remote =
                new Registries(settings)
                        .open(
                                new Repository("r.invalid", "app"),
                                new Credentials.Anonymous(),
                                Registries.Access.PULL)) {
            long start = System.nanoTime();
            assertThatThrownBy(() -> remote.manifest("latest"))
                    .isInstanceOf(RegistryException.Failed.class)
                    .hasMessageContaining("proxy")
                    .hasMessageNotContaining("secret");
            assertThat(System.nanoTime() - start).isLessThan(TimeUnit.SECONDS.toNanos(2));
        }
    }

    @Test
    void aRegistryIsReachedThroughItsProxy() throws Exception {
        var asked = new CompletableFuture<String>();
        try (var proxy =
                new RawServer(socket -> {
                    asked.complete(new String(socket.getInputStream().readNBytes(24), UTF_8));
                    socket.getOutputStream()
                            .write("HTTP/1.1 403 No\r\nContent-Length: 0\r\n\r\n".getBytes(UTF_8));
                })) {
            var settings =
                    new RegistrySettings(
                            List.of(),
                            Set.of(),
                            List.of(),
                            Map.of("https_proxy", proxy.repository().host()),
                            "test");
            try (var remote =
                    new Registries(settings, StubRegistry.SHORT)
                            .open(
                                    new Repository("r.invalid", "app"),
                                    new Credentials.Anonymous(),
                                    Registries.Access.PULL)) {
                assertThatThrownBy(() -> remote.manifest("latest"))
                        .isInstanceOf(RegistryException.class);
            }
        }
        assertThat(asked.get()).isEqualTo("CONNECT r.invalid:443 HT");
    }
}
