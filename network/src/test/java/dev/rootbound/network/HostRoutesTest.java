package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.Test;

class HostRoutesTest {
    private static final String TITLE =
            "Iface\tDestination\tGateway \tFlags\tRefCnt\tUse\tMetric\tMask\t\tMTU\tWindow\tIRTT ";

    private static List<String> ipv4(String... lines) {
        return HostRoutes.ipv4(List.of(lines), List.of("rb1")).stream()
                .map(Cidr::toString)
                .toList();
    }

    private static List<String> ipv6(String... lines) {
        return HostRoutes.ipv6(List.of(lines), List.of("rb1")).stream()
                .map(Cidr::toString)
                .toList();
    }

    @Test
    void whatIsRoutedIsKnownButByDefaultAndByOwnLinks() {
        var routes =
                ipv4(
                        TITLE,
                        "eth0\t00000000\t010011AC\t0003\t0\t0\t0\t00000000\t0\t0\t0",
                        "eth0\t000011AC\t00000000\t0001\t0\t0\t0\t0000FFFF\t0\t0\t0",
                        "tun0\t0100000A\t00000000\t0005\t0\t0\t0\tFFFFFFFF\t0\t0\t0",
                        "rb1\t000012AC\t00000000\t0001\t0\t0\t0\t00F0FFFF\t0\t0\t0",
                        "*\t0000A8C0\t00000000\t0200\t0\t0\t0\t0000FFFF\t0\t0\t0");
        assertThat(routes).containsExactly("172.17.0.0/16", "10.0.0.1/32", "192.168.0.0/16");
    }

    @Test
    void halfOfAllIsNoDefault() {
        // as tunnels do, that leave the default route alone
        assertThat(ipv4("tun0\t00000080\t00000000\t0001\t0\t0\t0\t00000080\t0\t0\t0"))
                .containsExactly("128.0.0.0/1");
    }

    @Test
    void ofIpv6NeitherTheDefaultNorMulticastIsInTheWay() {
        var no = " 00000000000000000000000000000000 00 00000000000000000000000000000000";
        var zero = "00000000000000000000000000000000";
        var routes =
                ipv6(
                        "fd120000000000010000000000000000 40" + no + " 00000100 1 0 00000001 eth0",
                        "fe800000000000000000000000000000 40" + no + " 00000100 1 0 00000001 eth0",
                        zero + " 00" + no + " 00000400 1 0 00000003 eth0",
                        zero + " 00" + no + " ffffffff 1 0 00200200       lo",
                        "ff000000000000000000000000000000 08" + no + " 00000100 1 0 00000001 eth0",
                        "fd130000000000010000000000000000 40" + no + " 00000100 1 0 00000001  rb1",
                        "00000000000000000000000000000001 80" + no + " 00000000 1 0 80200001   lo");
        assertThat(routes).containsExactly("fd12:0:0:1::/64", "fe80::/64", "::1/128");
    }

    @Test
    void anEmptyOrShortLineIsNoRoute() {
        assertThat(ipv4("", "eth0\t000011AC")).isEmpty();
        assertThat(ipv6("", "fd12 40")).isEmpty();
    }

    @Test
    void theHostsOwnAreRead() throws Exception {
        var all = HostRoutes.read(List.of());
        assertThat(all).noneMatch(route -> route.prefix() == 0);
    }
}
