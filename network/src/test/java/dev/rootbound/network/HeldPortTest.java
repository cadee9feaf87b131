package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.net.BindException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.channels.DatagramChannel;
import java.nio.channels.ServerSocketChannel;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class HeldPortTest {
    private static final InetAddress ALL = Addresses.parse("0.0.0.0");
    private static final InetAddress ALL6 = Addresses.parse("::");
    private static final InetAddress HERE = Addresses.parse("127.0.0.1");

    @ParameterizedTest
    @EnumSource(names = {"TCP", "UDP"})
    void aHeldPortIsNobodyElsesUntilItIsClosed(Protocol protocol) throws Exception {
        int number;
        try (var held = HeldPort.take(protocol, HERE, 0)) {
            number = held.number();
            assertThat(number).isPositive();
            for (var address : new InetAddress[] {HERE, ALL, ALL6}) {
                assertThatThrownBy(() -> HeldPort.take(protocol, address, number))
                        .isInstanceOf(BindException.class)
                        .hasMessageContaining("in use");
            }
        }
        HeldPort.take(protocol, HERE, number).close();
    }

    @Test
    void theSamePortOfAnotherProtocolOrAddressIsFree() throws Exception {
        try (var held = HeldPort.take(Protocol.TCP, HERE, 0);
                var udp = HeldPort.take(Protocol.UDP, HERE, held.number());
                var other =
                        HeldPort.take(Protocol.TCP, Addresses.parse("127.0.0.2"), held.number())) {
            assertThat(udp.number()).isEqualTo(other.number());
        }
    }

    @Test
    void ofAllIpv6AddressesItIsOneOfAllIpv4AddressesToo() throws Exception {
        try (var held = HeldPort.take(Protocol.TCP, ALL6, 0)) {
            assertThatThrownBy(() -> HeldPort.take(Protocol.TCP, ALL, held.number()))
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void anotherProgramsPortIsRefused() throws Exception {
        try (var program = ServerSocketChannel.open().bind(new InetSocketAddress(HERE, 0));
                var datagrams = DatagramChannel.open().bind(new InetSocketAddress(HERE, 0))) {
            int tcp = ((InetSocketAddress) program.getLocalAddress()).getPort();
            int udp = ((InetSocketAddress) datagrams.getLocalAddress()).getPort();
            assertThatThrownBy(() -> HeldPort.take(Protocol.TCP, ALL, tcp))
                    .isInstanceOf(BindException.class);
            assertThatThrownBy(() -> HeldPort.take(Protocol.UDP, ALL, udp))
                    .isInstanceOf(BindException.class);
        }
    }

    @Test
    void anAddressThatTheHostHasNotIsRefused() {
        assertThatThrownBy(() -> HeldPort.take(Protocol.TCP, Addresses.parse("198.18.0.99"), 0))
                .isInstanceOf(BindException.class)
                .hasMessageContaining("assign requested address");
    }
}
