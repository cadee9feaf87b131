package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import dev.rootbound.network.Links;
import java.net.InetAddress;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Networks that exist in memory only, and what is asked of real ones. */
final class TestNetworks {
    static final Instant NOW = Instant.parse("2026-11-22T01:02:03.000000004Z");

    private TestNetworks() {}

    static String id(char digit) {
        return String.valueOf(digit).repeat(64);
    }

    static Network of(char id, String name, String... cidrs) {
        var subnets = new ArrayList<Network.Subnet>();
        for (var text : cidrs) {
            var cidr = Cidr.parse(text);
            subnets.add(new Network.Subnet(cidr, null, cidr.address(1), Map.of()));
        }
        return new Network(
                id(id),
                name,
                new Tenant(1000),
                NOW,
                Network.Driver.BRIDGE,
                subnets,
                false,
                false,
                Map.of(),
                Map.of());
    }

    static Stay.Plugged plugged(Network network, String ip4) {
        return plugged(network, Addresses.parse(ip4), null);
    }

    static Stay.Plugged plugged(Network network, String ip4, String ip6) {
        return plugged(network, Addresses.parse(ip4), Addresses.parse(ip6));
    }

    private static Stay.Plugged plugged(
            Network network, InetAddress ip4, @Nullable InetAddress ip6) {
        var plug = new Links.Plug("eth0", "rv0", Links.mac(ip4), ip4, ip6, false);
        return new Stay.Plugged(network.id(), network, plug);
    }

    static Networks.Making making(String name) {
        return making(name, List.of(), false);
    }

    static Networks.Making making(String name, List<Networks.Subnet> subnets, boolean ipv6) {
        return new Networks.Making(name, "", subnets, ipv6, false, false, Map.of(), Map.of());
    }

    static Networks.Making internal(String name) {
        return new Networks.Making(name, "", List.of(), false, true, false, Map.of(), Map.of());
    }

    static Networks.Subnet subnet(String cidr) {
        return new Networks.Subnet(cidr, "", "", Map.of());
    }
}
