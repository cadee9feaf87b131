package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.math.BigInteger;
import java.net.InetAddress;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CidrTest {
    private static InetAddress address(String text) {
        return Addresses.parse(text);
    }

    @ParameterizedTest
    @CsvSource({
        "172.18.0.5/16, 172.18.0.0/16",
        "10.255.255.255/8, 10.0.0.0/8",
        "192.168.1.130/25, 192.168.1.128/25",
        "192.168.1.1/32, 192.168.1.1/32",
        "1.2.3.4/0, 0.0.0.0/0",
        "fd00:1:2:3:4:5:6:7/64, fd00:1:2:3::/64",
        "fd00::ffff/127, fd00::fffe/127",
        "::1/0, ::/0",
    })
    void anAddressWithAPrefixIsTheBlockItIsIn(String text, String block) {
        assertThat(Cidr.parse(text)).hasToString(block).isEqualTo(Cidr.parse(block));
        assertThat(Cidr.parse(text)).hasSameHashCodeAs(Cidr.parse(block));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "/",
                "10.0.0.0",
                "10.0.0.0/",
                "/8",
                "10.0.0.0/33",
                "10.0.0.0/-1",
                "10.0.0.0/+8",
                "10.0.0.0/8 ",
                "10.0.0.0/8\n",
                "10.0.0.0/8/8",
                "10.0.0/8",
                "10.0.0.256/8",
                "10.0.0.0/1000",
                "fd00::/129",
                "fd00:::/64",
                "fd00::%eth0/64",
                "localhost/8",
            })
    void otherTextIsRefused(String text) {
        assertThatThrownBy(() -> Cidr.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void aBlockStartsWhereItsPrefixSays() {
        assertThatThrownBy(() -> new Cidr(address("172.18.0.5"), 16))
                .hasMessageContaining("172.18.0.5/16 is not a network")
                .hasMessageContaining("172.18.0.0");
        assertThatThrownBy(() -> new Cidr(address("::"), 129)).hasMessageContaining("has 128");
    }

    @Test
    void anAddressOfTheOtherFamilyIsInNoBlock() {
        assertThat(Cidr.parse("0.0.0.0/0").contains(address("::1"))).isFalse();
        assertThat(Cidr.parse("::/0").contains(address("1.2.3.4"))).isFalse();
        assertThat(Cidr.parse("0.0.0.0/0").overlaps(Cidr.parse("::/0"))).isFalse();
    }

    @ParameterizedTest
    @CsvSource({
        "10.0.0.0/8, 10.255.255.255/32, true",
        "10.0.0.0/9, 10.128.0.0/9, false",
        "172.16.0.0/12, 172.31.255.0/24, true",
        "172.16.0.0/12, 172.32.0.0/24, false",
        "fd00::/8, fdff::/64, true",
        "fd00::/64, fd00:0:0:1::/64, false",
    })
    void blocksOverlapEitherWayRound(String one, String other, boolean overlap) {
        assertThat(Cidr.parse(one).overlaps(Cidr.parse(other))).isEqualTo(overlap);
        assertThat(Cidr.parse(other).overlaps(Cidr.parse(one))).isEqualTo(overlap);
    }

    @Test
    void itsAddressesAreCountedFromZero() {
        var block = Cidr.parse("192.168.255.252/30");
        assertThat(block.size()).isEqualTo(4);
        assertThat(block.address(0)).isEqualTo(address("192.168.255.252"));
        assertThat(block.address(3)).isEqualTo(address("192.168.255.255"));
        assertThatThrownBy(() -> block.address(4)).hasMessageContaining("no address number 4");
        assertThatThrownBy(() -> block.address(-1)).isInstanceOf(IllegalArgumentException.class);
        var all = Cidr.parse("::/0");
        assertThat(all.address(all.size().subtract(BigInteger.ONE)))
                .isEqualTo(address("ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"));
        assertThat(Cidr.parse("0.0.0.0/0").address(0x8000_0001L)).isEqualTo(address("128.0.0.1"));
    }

    @Test
    void whateverTheAddressItIsInItsBlockAndTheTextIsReadAgain() {
        var random = new Random(42);
        for (int i = 0; i < 2000; i++) {
            var bytes = new byte[random.nextBoolean() ? 4 : 16];
            random.nextBytes(bytes);
            for (int each = 0; each < bytes.length; each++) {
                if (random.nextBoolean()) bytes[each] = 0; // runs of zeros are the hard part
            }
            var address = Addresses.of(bytes);
            var block = Cidr.of(address, random.nextInt(bytes.length * 8 + 1));
            assertThat(block.contains(address)).isTrue();
            assertThat(Cidr.parse(block.toString())).isEqualTo(block);
            assertThat(block.contains(block.address(block.size().subtract(BigInteger.ONE))))
                    .isTrue();
        }
    }
}
