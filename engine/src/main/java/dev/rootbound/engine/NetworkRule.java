package dev.rootbound.engine;

import dev.rootbound.linux.ProcFile;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import java.math.BigInteger;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a network may be that is asked for, besides what the policy file says. A subnet becomes a
 * route of the host's, so that nobody, not even host root, takes what the host has a route to: it
 * would take away the host's own traffic.
 */
final class NetworkRule {
    private static final Pattern NAME = Pattern.compile("[a-zA-Z0-9][a-zA-Z0-9_.-]{0,127}");

    /** Of which the engine takes the next that is free: Docker's, in blocks that go further. */
    private static final List<Pool> POOLS = pools();

    /** No link has such addresses: this host, loopback, multicast, reserved (RFC 6890). */
    private static final List<Cidr> NOBODYS =
            List.of(
                    Cidr.parse("0.0.0.0/8"),
                    Cidr.parse("127.0.0.0/8"),
                    Cidr.parse("224.0.0.0/3"),
                    Cidr.parse("::/96"),
                    Cidr.parse("ff00::/8"));

    /** Blocks of this many bits in a larger one. */
    private record Pool(Cidr cidr, int prefix) {}

    private static final String LOWEST_PORT = "net/ipv4/ip_unprivileged_port_start";

    private final Collection<Cidr> taken;
    private final Collection<Cidr> routes;

    /**
     * @param taken by other networks, whosever they are, also those of this host's other engines
     * @param routes the host's
     */
    NetworkRule(Collection<Cidr> taken, Collection<Cidr> routes) {
        this.taken = taken;
        this.routes = routes;
    }

    private static List<Pool> pools() {
        var pools = new ArrayList<Pool>();
        for (int i = 17; i < 32; i++) pools.add(new Pool(Cidr.parse("172." + i + ".0.0/16"), 20));
        pools.add(new Pool(Cidr.parse("192.168.0.0/16"), 24));
        return pools;
    }

    static void checkName(String name) {
        if (NAME.matcher(name).matches()) return;
        throw new EngineException.Invalid(
                "invalid network name '"
                        + TextRule.shown(name)
                        + "': letters, digits and then also _ . -, 128 at most");
    }

    static void checkDriver(String driver) {
        var asked = "network driver " + TextRule.shown(driver);
        switch (driver) {
            case "", Network.BRIDGE -> {}
            case "macvlan", "ipvlan" ->
                    throw new EngineException.NotImplemented(
                            asked
                                    + " is not built yet: use bridge and publish ports, or, where the"
                                    + " policy allows it, the network mode host");
            default -> throw new EngineException.Invalid(asked + ": there is only bridge");
        }
    }

    /**
     * Of those that every program of the host may take: ip_unprivileged_port_start, ip-sysctl.rst.
     */
    static int lowestPort() {
        return LocalEngine.attempt(
                "read sysctl " + LOWEST_PORT, () -> ProcFile.sysctl(LOWEST_PORT));
    }

    /** Without {@code host_binding} and such, which are judged when they are used. */
    static NetworkOptions options(Caller caller, Map<String, String> asked) {
        var options = NetworkOptions.parse(asked);
        if (options.bridge().isEmpty() || caller.isHostRoot()) return options;
        throw new EngineException.Denied(
                "the name of a bridge is chosen by host root only: leave the option out");
    }

    /** Of each family one, IPv4 always. */
    List<Network.Subnet> subnets(Networks.Making making, String id) {
        var subnets = new ArrayList<Network.Subnet>();
        for (var asked : making.subnets()) {
            if (!asked.cidr().isEmpty()) {
                subnets.add(subnet(asked));
            } else if (!asked.range().isEmpty()
                    || !asked.gateway().isEmpty()
                    || !asked.reserved().isEmpty()) {
                throw new EngineException.Invalid(
                        "every ip-range, gateway or aux-address must have a corresponding subnet");
            }
        }
        if (subnets.stream().noneMatch(subnet -> subnet.cidr().isIpv4())) subnets.addFirst(free());
        boolean has6 = subnets.stream().anyMatch(subnet -> !subnet.cidr().isIpv4());
        if (has6 && !making.ipv6()) {
            throw new EngineException.Invalid(
                    "an IPv6 subnet without IPv6: say --ipv6 (EnableIPv6), too");
        }
        if (!has6 && making.ipv6()) subnets.add(unique(id));
        boolean first = subnets.getFirst().cidr().isIpv4();
        boolean second = subnets.getLast().cidr().isIpv4();
        if (subnets.size() > 2 || (subnets.size() == 2 && first == second)) {
            throw new EngineException.Invalid(
                    "a network has one subnet of each family, IPv4 and IPv6");
        }
        return subnets;
    }

    /** The first that nobody has. */
    Network.Subnet free() {
        for (var pool : POOLS) {
            var blocks = BigInteger.ONE.shiftLeft(pool.prefix() - pool.cidr().prefix()).longValue();
            var step = BigInteger.ONE.shiftLeft(32 - pool.prefix());
            for (long block = 0; block < blocks; block++) {
                var first = pool.cidr().address(step.multiply(BigInteger.valueOf(block)));
                var cidr = Cidr.of(first, pool.prefix());
                if (isFree(cidr)) return new Network.Subnet(cidr, null, cidr.address(1), Map.of());
            }
        }
        throw new EngineException.Failed(
                "could not find an available, non-overlapping IPv4 address pool: all of"
                        + " 172.17.0.0 to 172.31.255.255 and of 192.168.0.0/16 are taken by networks"
                        + " or by routes of this host; remove networks (network prune) or name a"
                        + " --subnet");
    }

    /** A unique local one, RFC 4193: its random bits are the network's id. */
    private static Network.Subnet unique(String id) {
        var text =
                "fd"
                        + id.substring(0, 2)
                        + ":"
                        + id.substring(2, 6)
                        + ":"
                        + id.substring(6, 10)
                        + ":";
        var cidr = Cidr.parse(text + ":/64");
        return new Network.Subnet(cidr, null, cidr.address(1), Map.of());
    }

    private boolean isFree(Cidr cidr) {
        return taken.stream().noneMatch(cidr::overlaps)
                && routes.stream().noneMatch(cidr::overlaps);
    }

    private Network.Subnet subnet(Networks.Subnet asked) {
        var cidr = cidr("subnet", asked.cidr());
        if (cidr.prefix() > (cidr.isIpv4() ? 30 : 126) || cidr.prefix() < 8) {
            throw new EngineException.Invalid(
                    "invalid subnet " + cidr + ": too large or too small");
        }
        if (NOBODYS.stream().anyMatch(cidr::overlaps)) {
            throw new EngineException.Invalid(
                    "invalid subnet " + cidr + ": no link has such addresses");
        }
        checkFree(cidr);
        var range = asked.range().isEmpty() ? null : cidr("ip-range", asked.range());
        if (range != null && !(cidr.contains(range.network()) && range.prefix() >= cidr.prefix())) {
            throw new EngineException.Invalid("ip-range " + range + " is not in subnet " + cidr);
        }
        var gateway = asked.gateway().isEmpty() ? cidr.address(1) : within(cidr, asked.gateway());
        if (cidr.isEnd(gateway)) {
            throw new EngineException.Invalid(
                    "no gateway can have " + asked.gateway() + " in the subnet " + cidr);
        }
        var reserved = new TreeMap<String, InetAddress>();
        asked.reserved().forEach((name, text) -> reserved.put(name, within(cidr, text)));
        return new Network.Subnet(cidr, range, gateway, reserved);
    }

    private void checkFree(Cidr cidr) {
        if (taken.stream().anyMatch(cidr::overlaps)) {
            throw new EngineException.Denied(
                    "invalid pool request: Pool overlaps with other one on this address space: "
                            + cidr
                            + " is, in part, another network's");
        }
        var route = routes.stream().filter(cidr::overlaps).findFirst();
        if (route.isPresent()) {
            throw new EngineException.Denied(
                    "subnet "
                            + cidr
                            + " is refused: this host has a route to, or a name server in, "
                            + route.get());
        }
    }

    static Cidr cidr(String what, String text) {
        try {
            return Cidr.parse(text);
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid("invalid " + what + ": " + e.getMessage(), e);
        }
    }

    private static InetAddress within(Cidr cidr, String text) {
        var address = address(text);
        if (address != null && cidr.contains(address)) return address;
        throw new EngineException.Invalid(
                "'" + TextRule.shown(text) + "' is not an address of the subnet " + cidr);
    }

    private static @Nullable InetAddress address(String text) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            return null;
        }
    }
}
