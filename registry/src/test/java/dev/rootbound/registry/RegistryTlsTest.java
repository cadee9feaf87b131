package dev.rootbound.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class RegistryTlsTest {
    private static final Duration LONG = Duration.ofSeconds(20);
    private static final Patience PATIENCE =
            new Patience(LONG, LONG, LONG, LONG, Duration.ofMillis(1), Duration.ofMillis(1));

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
        var settings =
                new RegistrySettings(List.of(certificates), insecure, List.of(), Map.of(), "test");
        return new Registries(settings, PATIENCE)
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
