package dev.rootbound.app;

import static org.assertj.core.api.Assertions.assertThat;

import java.nio.file.Path;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ClientTlsTest {
    private static final Map<String, String> HOME = Map.of("HOME", "/home/a");

    @Test
    void withoutAWordOfItThereIsNone() {
        assertThat(ClientTls.of(Map.of(), HOME)).isNull();
        assertThat(ClientTls.of(Map.of(), Map.of("DOCKER_CERT_PATH", "/c"))).isNull();
        assertThat(ClientTls.of(Map.of("tlsverify", "false"), Map.of("DOCKER_TLS_VERIFY", "1")))
                .isNull();
    }

    @Test
    void theVariablesAreDockers() {
        var environment = Map.of("DOCKER_TLS_VERIFY", "1", "DOCKER_CERT_PATH", "/c");
        assertThat(ClientTls.of(Map.of(), environment))
                .isEqualTo(
                        new ClientTls(
                                true,
                                Path.of("/c/ca.pem"),
                                Path.of("/c/cert.pem"),
                                Path.of("/c/key.pem")));
    }

    @Test
    void anOptionComesBeforeTheUsualFiles() {
        assertThat(ClientTls.of(Map.of("tls", "true", "tlskey", "/k"), HOME))
                .isEqualTo(
                        new ClientTls(
                                false,
                                Path.of("/home/a/.docker/ca.pem"),
                                Path.of("/home/a/.docker/cert.pem"),
                                Path.of("/k")));
    }

    @Test
    void thePortThatIsNotSaidIsDockers() {
        var tls = ClientTls.of(Map.of("tlsverify", "true"), HOME);
        assertThat(EngineAddress.parse("tcp://h", null))
                .isEqualTo(new EngineAddress.Tcp("h", 2375, null));
        assertThat(EngineAddress.parse("tcp://h", tls))
                .isEqualTo(new EngineAddress.Tcp("h", 2376, tls));
        assertThat(EngineAddress.parse("tcp://[::1]:7", tls))
                .isEqualTo(new EngineAddress.Tcp("::1", 7, tls));
    }
}
