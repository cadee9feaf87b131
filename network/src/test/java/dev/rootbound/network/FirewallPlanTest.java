package dev.rootbound.network;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.InetAddress;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;

class FirewallPlanTest {
    private static final Bridge.Side SIDE4 = side("172.18.0.0/16", "172.18.0.1");
    private static final Bridge.Side SIDE6 = side("fd00:1::/64", "fd00:1::1");
    private static final Bridge.Reach INTERNAL = new Bridge.Reach(true, true, true);
    private static final Bridge.Reach APART = new Bridge.Reach(false, true, false);
    private static final Bridge.Reach ROUTED = new Bridge.Reach(false, false, true);

    private static Bridge.Side side(String cidr, String gateway) {
        return new Bridge.Side(Cidr.parse(cidr), Addresses.parse(gateway));
    }

    private static Bridge bridge(String name, Bridge.Reach reach, Bridge.Side... sides) {
        return new Bridge(name, List.of(sides), 0, reach);
    }

    private static Port port(Protocol protocol, String host, int hostPort, String to, int port) {
        InetAddress at = Addresses.parse(host);
        return new Port(protocol, at, hostPort, Addresses.parse(to), port);
    }

    private static String text(List<Bridge> bridges, Port... ports) {
        return FirewallPlan.text("rb_test", bridges, List.of(ports));
    }

    private static List<String> chain(String text, String name) {
        var rules = new ArrayList<String>();
        boolean within = false;
        for (var line : text.lines().map(String::strip).toList()) {
            if (line.equals("}")) within = false;
            if (within && !line.startsWith("type ")) rules.add(line);
            if (line.equals("chain " + name + " {")) within = true;
        }
        return rules;
    }

    @Test
    void withoutBridgesNothingIsLeft() {
        assertThat(text(List.of()))
                .isEqualTo("table inet rb_test\ndelete table inet rb_test\n")
                .isEqualTo(text(List.of(), port(Protocol.TCP, "0.0.0.0", 80, "172.18.0.2", 80)));
    }

    @Test
    void theWholeOfOneBridgeWithAPortOfEachKind() {
        var text =
                text(
                        List.of(bridge("rb1", Bridge.Reach.ALL, SIDE4, SIDE6)),
                        port(Protocol.TCP, "0.0.0.0", 8080, "172.18.0.2", 80),
                        port(Protocol.TCP, "::", 8080, "fd00:1::2", 80),
                        port(Protocol.UDP, "127.0.0.1", 53, "172.18.0.2", 5353),
                        port(Protocol.UDP, "::1", 53, "fd00:1::2", 5353));
        assertThat(text)
                .isEqualTo(
                        """
                        table inet rb_test
                        delete table inet rb_test
                        table inet rb_test {
                          set bridges { type ifname; elements = { "rb1" }; }
                          set internal { type ifname; }
                          map ports4 { type inet_proto . inet_service : ipv4_addr . inet_service; elements = { tcp . 8080 : 172.18.0.2 . 80 }; }
                          map ports6 { type inet_proto . inet_service : ipv6_addr . inet_service; elements = { tcp . 8080 : fd00:1::2 . 80 }; }
                          map ports4at { type ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service; elements = { 127.0.0.1 . udp . 53 : 172.18.0.2 . 5353 }; }
                          map ports6at { type ipv6_addr . inet_proto . inet_service : ipv6_addr . inet_service; elements = { ::1 . udp . 53 : fd00:1::2 . 5353 }; }
                          chain arriving {
                            type filter hook prerouting priority raw; policy accept;
                            iifname != @bridges return
                            ip daddr { 127.0.0.0/8, 169.254.0.0/16 } drop
                            ip6 daddr ::1 drop
                            iifname "rb1" meta nfproto ipv4 ip saddr != 172.18.0.0/16 drop
                            iifname "rb1" meta nfproto ipv6 ip6 saddr != { fd00:1::/64, fe80::/10, :: } drop
                          }
                          chain published {
                            ip6 daddr ::1 return
                            dnat ip to ip daddr . meta l4proto . th dport map @ports4at
                            dnat ip to meta l4proto . th dport map @ports4
                            dnat ip6 to ip6 daddr . meta l4proto . th dport map @ports6at
                            dnat ip6 to meta l4proto . th dport map @ports6
                          }
                          chain nat-in {
                            type nat hook prerouting priority dstnat; policy accept;
                            fib daddr type local jump published
                          }
                          chain nat-own {
                            type nat hook output priority -100; policy accept;
                            fib daddr type local jump published
                          }
                          chain nat-out {
                            type nat hook postrouting priority srcnat; policy accept;
                            oifname @bridges ip saddr 127.0.0.0/8 masquerade
                            ct status dnat ip saddr 172.18.0.0/16 ip daddr 172.18.0.0/16 masquerade
                            ip saddr 172.18.0.0/16 oifname != "rb1" masquerade
                            ct status dnat ip6 saddr fd00:1::/64 ip6 daddr fd00:1::/64 masquerade
                            ip6 saddr fd00:1::/64 oifname != "rb1" masquerade
                          }
                          chain passing {
                            type filter hook forward priority filter; policy accept;
                            iifname != @bridges oifname != @bridges return
                            ct state established,related accept
                            iifname "rb1" oifname "rb1" accept
                            ip6 daddr fe80::/10 drop
                            iifname @internal drop
                            oifname @internal drop
                            ct status dnat accept
                            oifname @bridges drop
                          }
                          chain for-host {
                            type filter hook input priority filter; policy accept;
                            iifname != @bridges return
                            ct state established,related accept
                            ip6 daddr fe80::/10 meta l4proto != ipv6-icmp drop
                            iifname @internal fib daddr . iif type != { local, multicast } drop
                          }
                        }
                        """);
    }

    @Test
    void anInternalBridgeLeadsNowhere() {
        var text = text(List.of(bridge("rb1", INTERNAL, SIDE4)));
        assertThat(text).contains("set internal { type ifname; elements = { \"rb1\" }; }");
        assertThat(chain(text, "nat-out")).noneMatch(rule -> rule.contains("oifname != \"rb1\""));
    }

    @Test
    void containersThatAreKeptApartDoNotPassABridge() {
        var rules = chain(text(List.of(bridge("rb1", APART, SIDE4))), "passing");
        assertThat(rules).noneMatch(rule -> rule.contains("\"rb1\""));
        assertThat(rules).endsWith("oifname @bridges drop");
    }

    @Test
    void withoutMasqueradingAddressesAreSeenOutside() {
        var rules = chain(text(List.of(bridge("rb1", ROUTED, SIDE4))), "nat-out");
        assertThat(rules).noneMatch(rule -> rule.contains("oifname != \"rb1\""));
    }

    @Test
    void aBridgeWithoutIpv6TakesNoneOfItsPackets() {
        var rules = chain(text(List.of(bridge("rb1", Bridge.Reach.ALL, SIDE4))), "arriving");
        assertThat(rules).contains("iifname \"rb1\" meta nfproto ipv6 ip6 saddr != :: drop");
    }

    @Test
    void theTextIsTheSameWhateverTheOrder() {
        var one = bridge("rb1", Bridge.Reach.ALL, SIDE4);
        var two = bridge("rb2", INTERNAL, side("172.19.0.0/16", "172.19.0.1"));
        var web = port(Protocol.TCP, "0.0.0.0", 80, "172.18.0.2", 80);
        var dns = port(Protocol.UDP, "0.0.0.0", 53, "172.18.0.3", 53);
        assertThat(text(List.of(one, two), web, dns)).isEqualTo(text(List.of(two, one), dns, web));
    }
}
