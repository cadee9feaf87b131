package dev.rootbound.network;

import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Where the host's packets go already, proc_net(5): a network of containers must not be there. */
public final class HostRoutes {
    private static final Path IPV4 = Path.of("/proc/net/route");
    private static final Path IPV6 = Path.of("/proc/net/ipv6_route");

    private HostRoutes() {}

    /**
     * The blocks that the host has routes to, but by the links named and by default, and the
     * addresses of its name servers, which it reaches by whatever route.
     */
    public static List<Cidr> read(List<String> ownLinks) throws IOException {
        var routes = new ArrayList<Cidr>();
        routes.addAll(ipv4(lines(IPV4), ownLinks));
        routes.addAll(ipv6(lines(IPV6), ownLinks));
        for (var server : ResolverConf.ofHost().addresses())
            routes.add(Cidr.of(server, server.getAddress().length * 8));
        return routes;
    }

    static List<Cidr> ipv4(List<String> lines, List<String> ownLinks) {
        var routes = new ArrayList<Cidr>();
        for (var line : lines) {
            var fields = line.strip().split("\\s+");
            if (fields.length < 8 || ownLinks.contains(fields[0])) continue;
            if (!fields[1].matches("[0-9A-Fa-f]{8}")) continue; // the title
            int prefix = Integer.bitCount(Integer.parseUnsignedInt(fields[7], 16));
            if (prefix > 0) routes.add(Cidr.of(littleEndian(fields[1]), prefix));
        }
        return routes;
    }

    static List<Cidr> ipv6(List<String> lines, List<String> ownLinks) {
        var routes = new ArrayList<Cidr>();
        for (var line : lines) {
            var fields = line.strip().split("\\s+");
            if (fields.length < 10 || ownLinks.contains(fields[9])) continue;
            int prefix = Integer.parseInt(fields[1], 16);
            var network = Cidr.of(bytes(fields[0]), prefix);
            if (prefix > 0 && !network.network().isMulticastAddress()) routes.add(network);
        }
        return routes;
    }

    private static List<String> lines(Path file) throws IOException {
        return Files.exists(file) ? Files.readAllLines(file) : List.of();
    }

    private static InetAddress bytes(String hex) {
        return Addresses.of(java.util.HexFormat.of().parseHex(hex));
    }

    private static InetAddress littleEndian(String hex) {
        int value = Integer.reverseBytes(Integer.parseUnsignedInt(hex, 16));
        return bytes(String.format("%08x", value));
    }
}
