package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BridgeTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "1a",
                "-a",
                ".",
                "..",
                "a/b",
                "a b",
                "a\n",
                "a\"b",
                "ä",
                "sixteen-letters-"
            })
    void aNameThatIsNoLinksIsRefused(String name) {
        assertThatThrownBy(() -> new Bridge(name, List.of(), 0, Bridge.Reach.ALL))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("no name of a bridge");
    }

    @Test
    void fifteenCharactersAreAName() {
        var name = "a".repeat(15);
        assertThat(new Bridge(name, List.of(), 0, Bridge.Reach.ALL).name()).isEqualTo(name);
    }

    @Test
    void aMacAddressIsMadeOfTheAddress() {
        assertThat(Links.mac(Addresses.parse("172.18.255.2"))).isEqualTo("02:42:ac:12:ff:02");
    }

    @Test
    void theNextDeviceIsTheLowestThatIsFree() {
        assertThat(Links.freeDevice(Set.of())).isEqualTo("eth0");
        assertThat(Links.freeDevice(Set.of("eth0", "eth2", "lo"))).isEqualTo("eth1");
    }
}
