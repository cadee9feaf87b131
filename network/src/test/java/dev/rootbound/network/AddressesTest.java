package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class AddressesTest {
    /** The examples of RFC 5952 sections 4.1 to 4.3, and what is at their edges. */
    @ParameterizedTest
    @CsvSource({
        "2001:0db8::0001, 2001:db8::1",
        "2001:db8:0:0:0:0:2:1, 2001:db8::2:1",
        "2001:db8:0:1:1:1:1:1, 2001:db8:0:1:1:1:1:1",
        "2001:0:0:1:0:0:0:1, 2001:0:0:1::1",
        "2001:db8:0:0:1:0:0:1, 2001:db8::1:0:0:1",
        "2001:DB8::ABCD, 2001:db8::abcd",
        "0:0:0:0:0:0:0:0, ::",
        "0:0:0:0:0:0:0:1, ::1",
        "fd00:0:0:0:0:0:0:0, fd00::",
        "1:2:3:4:5:6:0:0, 1:2:3:4:5:6::",
        "0:0:3:4:5:6:7:8, ::3:4:5:6:7:8",
        "0:2:3:4:5:6:7:0, 0:2:3:4:5:6:7:0",
        "[fd00::1], fd00::1",
        "172.18.0.2, 172.18.0.2",
        "255.255.255.255, 255.255.255.255",
        "::ffff:10.0.0.1, 10.0.0.1",
    })
    void textIsAsRfc5952SaysIt(String text, String canonical) {
        assertThat(Addresses.text(Addresses.parse(text))).isEqualTo(canonical);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "localhost",
                "127.1",
                "1.2.3",
                "1.2.3.4.5",
                "1.2.3.256",
                "1.2.3.4 ",
                "1.2.3.4\n",
                "0x7f.0.0.1",
                "2130706433",
                "fe80::1%eth0",
                "fe80::1%2",
                ":::",
                ":",
                "1:2:3:4:5:6:7",
                "1:2:3:4:5:6:7:8:9",
                "12345::",
                "[::1",
                "::1]",
                "[]",
                "face",
                "[face]",
                "١.٢.٣.٤",
            })
    void whatIsNoAddressIsRefusedAndNobodyIsAsked(String text) {
        assertThatThrownBy(() -> Addresses.parse(text))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining("is not an IP address");
    }

    @Test
    void anAddressHas4Or16Bytes() {
        assertThatThrownBy(() -> Addresses.of(new byte[5]))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void whateverTheAddressItsTextIsIt() {
        var random = new Random(7);
        for (int i = 0; i < 5000; i++) {
            var bytes = new byte[16];
            for (int each = 0; each < 16; each++) {
                bytes[each] = (byte) (random.nextInt(3) == 0 ? random.nextInt(256) : 0);
            }
            bytes[0] = (byte) 0xfd; // else it may be an IPv4 one
            var address = Addresses.of(bytes);
            var text = Addresses.text(address);
            assertThat(Addresses.parse(text)).isEqualTo(address);
            assertThat(text).doesNotContain(":::").doesNotContainPattern("::.*::");
        }
    }
}
