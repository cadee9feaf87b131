package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.InetAddress;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Callable;
import java.util.concurrent.Executors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class AddressPoolTest {
    private static InetAddress address(String text) {
        return Addresses.parse(text);
    }

    private static AddressPool pool(String cidr, String range, String... reserved) {
        var addresses = Stream.of(reserved).map(Addresses::parse).toList();
        return new AddressPool(Cidr.parse(cidr), Cidr.parse(range), addresses);
    }

    private static AddressPool pool(String cidr) {
        return pool(cidr, cidr, Addresses.text(Cidr.parse(cidr).address(1)));
    }

    private static String next(AddressPool pool) {
        return pool.take().map(Addresses::text).orElse("none");
    }

    @Test
    void theLowestFreeOneIsTaken() {
        var pool = pool("172.18.0.0/16");
        assertThat(next(pool)).isEqualTo("172.18.0.2");
        assertThat(next(pool)).isEqualTo("172.18.0.3");
        pool.give(address("172.18.0.2"));
        assertThat(next(pool)).isEqualTo("172.18.0.2");
        assertThat(next(pool)).isEqualTo("172.18.0.4");
    }

    @Test
    void neitherEndOfABlockIsAnybodys() {
        var pool = pool("192.168.7.0/29");
        for (int last = 2; last <= 6; last++) assertThat(next(pool)).endsWith("." + last);
        assertThat(pool.take()).isEmpty();
        pool.give(address("192.168.7.4"));
        assertThat(next(pool)).isEqualTo("192.168.7.4");
    }

    @Test
    void theSmallestBlockHasOneAddressBesidesTheHosts() {
        var pool = pool("10.0.0.0/30");
        assertThat(next(pool)).isEqualTo("10.0.0.2");
        assertThat(pool.take()).isEmpty();
    }

    @Test
    void ofARangeTheEndsAreAddressesLikeOthers() {
        var pool = pool("172.30.0.0/16", "172.30.5.0/30", "172.30.0.1", "172.30.5.2");
        assertThat(next(pool)).isEqualTo("172.30.5.0");
        assertThat(next(pool)).isEqualTo("172.30.5.1");
        assertThat(next(pool)).isEqualTo("172.30.5.3");
        assertThat(pool.take()).isEmpty();
        assertThat(pool.take(address("172.30.6.1"))).isTrue(); // who asks is not bound to it
    }

    @Test
    void oneThatIsAskedForIsTakenOnce() {
        var pool = pool("172.18.0.0/16");
        assertThat(pool.take(address("172.18.0.2"))).isTrue();
        assertThat(pool.take(address("172.18.0.2"))).isFalse();
        assertThat(pool.take(address("172.18.0.1"))).as("the host's").isFalse();
        assertThat(next(pool)).isEqualTo("172.18.0.3");
    }

    @ParameterizedTest
    @ValueSource(strings = {"172.18.0.0", "172.18.255.255", "172.19.0.1", "fd00::1"})
    void oneThatNoContainerCanHaveIsRefused(String text) {
        assertThatThrownBy(() -> pool("172.18.0.0/16").take(address(text)))
                .isInstanceOf(IllegalArgumentException.class)
                .hasMessageContaining(text)
                .hasMessageContaining("172.18.0.0/16");
    }

    @Test
    void ofIpv6TheLastAddressIsOneLikeOthers() {
        var pool = pool("fd00::/126");
        assertThat(next(pool)).isEqualTo("fd00::2");
        assertThat(next(pool)).isEqualTo("fd00::3");
        assertThat(pool.take()).isEmpty();
        assertThatThrownBy(() -> pool.take(address("fd00::")))
                .isInstanceOf(IllegalArgumentException.class);
    }

    @Test
    void twoNeverGetTheSame() throws Exception {
        var pool = pool("10.0.0.0/22");
        Callable<Optional<InetAddress>> take = pool::take;
        var taken = new HashSet<InetAddress>();
        try (var threads = Executors.newFixedThreadPool(4)) {
            for (var each : threads.invokeAll(java.util.Collections.nCopies(1021, take))) {
                assertThat(taken.add(each.get().orElseThrow())).isTrue();
            }
        }
        assertThat(pool.take()).isEmpty();
        assertThat(taken).doesNotContainAnyElementsOf(List.of(address("10.0.0.1")));
    }
}
