package dev.rootbound.engine;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NetworkOptionsTest {
    private static final String PREFIX = "com.docker.network.";

    @Test
    void withoutAnyContainersReachEachOtherAndTheWorld() {
        assertThat(NetworkOptions.parse(Map.of()))
                .isEqualTo(new NetworkOptions("", 0, true, true, ""));
    }

    @Test
    void allOfThem() {
        var options =
                Map.of(
                        PREFIX + "bridge.name", "br-mine",
                        PREFIX + "driver.mtu", "1400",
                        PREFIX + "bridge.enable_icc", "false",
                        PREFIX + "bridge.enable_ip_masquerade", "0",
                        PREFIX + "bridge.host_binding_ipv4", "127.0.0.1");
        assertThat(NetworkOptions.parse(options))
                .isEqualTo(new NetworkOptions("br-mine", 1400, false, false, "127.0.0.1"));
    }

    @ParameterizedTest
    @CsvSource({
        "bridge.name, ''",
        "bridge.name, a b",
        "bridge.name, name-of-16-bytes",
        "bridge.name, ../x",
        "driver.mtu, 67",
        "driver.mtu, 65536",
        "driver.mtu, -1",
        "driver.mtu, ''",
        "driver.mtu, 999999999999",
        "bridge.enable_icc, yes",
        "bridge.enable_icc, ''",
        "bridge.enable_ip_masquerade, TRUE",
        "bridge.host_binding_ipv4, here",
        "bridge.host_binding_ipv4, ''",
        "bridge.host_binding_ipv4, fd00::1",
        "bridge.unknown, 1",
    })
    void anotherOptionOrValueIsRefused(String option, String value) {
        assertThatThrownBy(() -> NetworkOptions.parse(Map.of(PREFIX + option, value)))
                .isInstanceOf(EngineException.Invalid.class);
    }

    @Test
    void anUnknownOneIsToldWithThoseThatAreKnown() {
        assertThatThrownBy(() -> NetworkOptions.parse(Map.of("mtu", "1400")))
                .hasMessageContaining("mtu")
                .hasMessageContaining("driver.mtu");
    }
}
