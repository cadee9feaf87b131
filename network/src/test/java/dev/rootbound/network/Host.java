package dev.rootbound.network;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/** What tests make on the host: names and addresses that nobody else has. */
final class Host {
    /** RFC 2544: for tests, routed by nobody. */
    private static final String ADDRESSES = "198.18.";

    static final String PREFIX = "rt" + ProcessHandle.current().pid() % 10_000_000;

    private Host() {}

    /** A bridge of a /24. */
    static Bridge bridge(int number, Bridge.Reach reach) {
        return new Bridge(PREFIX + "b" + number, List.of(side(number)), 0, reach);
    }

    static Bridge.Side side(int number) {
        var cidr = Cidr.parse(ADDRESSES + (100 + number) + ".0/24");
        return new Bridge.Side(cidr, cidr.address(1));
    }

    static Bridge.Side side6(int number) {
        var cidr = Cidr.parse("fd00:198:18:" + number + "::/64");
        return new Bridge.Side(cidr, cidr.address(1));
    }

    static Links.Plug plug(Bridge bridge, int number) {
        var ip4 = bridge.ipv4().orElseThrow().cidr().address(number);
        var ip6 = bridge.ipv6().map(side -> side.cidr().address(number)).orElse(null);
        var outside = bridge.name().replace('b', 'v') + number;
        return new Links.Plug("eth0", outside, Links.mac(ip4), ip4, ip6, true);
    }

    static String ip(String... arguments) throws IOException {
        return Program.of("ip", arguments).run("");
    }

    static String nft(String... arguments) throws IOException {
        return Program.of("nft", arguments).run("");
    }

    /** The next step of that name fails. */
    static void failAt(String failpoint) throws IOException {
        Files.writeString(failpoints(), failpoint + ":error");
    }

    static Path failpoints() {
        return Path.of(System.getProperty("rootbound.failpoints"));
    }

    static void removeAll() throws IOException {
        Files.deleteIfExists(failpoints());
        for (var link : Links.named(name -> name.startsWith(PREFIX))) Links.remove(link);
    }
}
