package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import org.junit.jupiter.api.Test;

class ProtocolTest {
    @Test
    void itIsReadInAnyCaseAndWrittenInLower() {
        assertThat(Protocol.parse("tcp")).isEqualTo(Protocol.TCP);
        assertThat(Protocol.parse("Udp").text()).isEqualTo("udp");
        assertThat(Protocol.parse("SCTP").text()).isEqualTo("sctp");
    }

    @Test
    void anotherIsRefused() {
        for (var text : new String[] {"", "icmp", "tcp ", "tcp6"}) {
            assertThatThrownBy(() -> Protocol.parse(text))
                    .isInstanceOf(IllegalArgumentException.class)
                    .hasMessageContaining("invalid proto: '" + text + "'");
        }
    }
}
