package dev.rootbound.network;

import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/**
 * Our table as nft(8) takes it, whole: what was there of ours before is replaced in one
 * transaction. Pure.
 *
 * <p>Ports are of all destinations that are the host's own ({@code fib daddr type local}), for
 * packets from outside, from containers and from the host itself; who connects is not hidden, but
 * where the way back would not lead through here: the host's loopback, and a container that reaches
 * its own network's port. What comes from a bridge with an address of another network is dropped:
 * else who may send raw packets could be somebody else. Loopback addresses are routed to bridges
 * for the host's own connections to ports, so that what comes from bridges for them must be dropped
 * before anything else (CVE-2020-8558). Link-local addresses are the host's neighbours (a cloud's
 * metadata service).
 */
final class FirewallPlan {
    private static final String ANY4 = "0.0.0.0";
    private static final String ANY6 = "::";

    private final String table;
    private final List<Bridge> bridges;
    private final List<Port> ports;
    private final StringBuilder text = new StringBuilder();

    private FirewallPlan(String table, Collection<Bridge> bridges, Collection<Port> ports) {
        this.table = table;
        this.bridges = bridges.stream().sorted(Comparator.comparing(Bridge::name)).toList();
        this.ports = ports.stream().sorted(Comparator.comparing(Port::toString)).toList();
    }

    /** Nothing is left of it if there are no bridges. */
    static String text(String table, Collection<Bridge> bridges, Collection<Port> ports) {
        // nft has no "delete if there": an empty one is made first
        var fresh = "table inet " + table + "\ndelete table inet " + table + "\n";
        if (bridges.isEmpty()) return fresh;
        var plan = new FirewallPlan(table, bridges, ports);
        plan.write();
        return fresh + plan.text;
    }

    private void write() {
        text.append("table inet ").append(table).append(" {\n");
        set("bridges", _ -> true);
        set("internal", bridge -> bridge.reach().internal());
        map("ports4", "inet_proto . inet_service : ipv4_addr . inet_service", ANY4);
        map("ports6", "inet_proto . inet_service : ipv6_addr . inet_service", ANY6);
        var at4 = "ipv4_addr . inet_proto . inet_service : ipv4_addr . inet_service";
        map("ports4at", at4, "");
        map("ports6at", at4.replace("ipv4", "ipv6"), "");
        chain("arriving", "type filter hook prerouting priority raw", arriving());
        chain("published", "", published());
        var local = List.of("fib daddr type local jump published");
        chain("nat-in", "type nat hook prerouting priority dstnat", local);
        chain("nat-own", "type nat hook output priority -100", local);
        chain("nat-out", "type nat hook postrouting priority srcnat", masqueraded());
        chain("passing", "type filter hook forward priority filter", passing());
        chain("for-host", "type filter hook input priority filter", forHost());
        text.append("}\n");
    }

    private void set(String name, Predicate<Bridge> which) {
        var names =
                bridges.stream()
                        .filter(which)
                        .map(bridge -> quoted(bridge))
                        .collect(Collectors.joining(", "));
        text.append("  set ").append(name).append(" { type ifname;");
        if (!names.isEmpty()) text.append(" elements = { ").append(names).append(" };");
        text.append(" }\n");
    }

    /**
     * @param any the address of all that its ports have; empty: another
     */
    private void map(String name, String type, String any) {
        boolean ipv4 = name.startsWith("ports4");
        var elements =
                ports.stream()
                        .filter(port -> isIpv4(port) == ipv4)
                        .filter(port -> any.isEmpty() != isAny(port))
                        .map(FirewallPlan::element)
                        .collect(Collectors.joining(", "));
        text.append("  map ").append(name).append(" { type ").append(type).append(";");
        if (!elements.isEmpty()) text.append(" elements = { ").append(elements).append(" };");
        text.append(" }\n");
    }

    private static boolean isIpv4(Port port) {
        return port.address().getAddress().length == 4;
    }

    private static boolean isAny(Port port) {
        return port.hostAddress().isAnyLocalAddress();
    }

    private static String element(Port port) {
        var at = isAny(port) ? "" : Addresses.text(port.hostAddress()) + " . ";
        return at
                + port.protocol().text()
                + " . "
                + port.hostPort()
                + " : "
                + Addresses.text(port.address())
                + " . "
                + port.port();
    }

    private void chain(String name, String hook, List<String> rules) {
        text.append("  chain ").append(name).append(" {\n");
        if (!hook.isEmpty()) text.append("    ").append(hook).append("; policy accept;\n");
        for (var rule : rules) text.append("    ").append(rule).append('\n');
        text.append("  }\n");
    }

    private List<String> arriving() {
        var rules = new ArrayList<String>();
        rules.add("iifname != @bridges return");
        rules.add("ip daddr { 127.0.0.0/8, 169.254.0.0/16 } drop");
        rules.add("ip6 daddr ::1 drop");
        for (var bridge : bridges) {
            var from = "iifname " + quoted(bridge);
            rules.add(from + " meta nfproto ipv4 ip saddr != " + own(bridge, true) + " drop");
            rules.add(from + " meta nfproto ipv6 ip6 saddr != " + own(bridge, false) + " drop");
        }
        return rules;
    }

    /**
     * Whose source addresses may come from a bridge; of IPv6 also what finding neighbours needs.
     */
    private static String own(Bridge bridge, boolean ipv4) {
        var side = ipv4 ? bridge.ipv4() : bridge.ipv6();
        if (ipv4) return side.map(each -> each.cidr().toString()).orElse("0.0.0.0");
        return side.map(each -> "{ " + each.cidr() + ", fe80::/10, :: }").orElse("::");
    }

    private static List<String> published() {
        return List.of(
                "ip6 daddr ::1 return", // is never routed: see Relay
                "dnat ip to ip daddr . meta l4proto . th dport map @ports4at",
                "dnat ip to meta l4proto . th dport map @ports4",
                "dnat ip6 to ip6 daddr . meta l4proto . th dport map @ports6at",
                "dnat ip6 to meta l4proto . th dport map @ports6");
    }

    private List<String> masqueraded() {
        var rules = new ArrayList<String>();
        rules.add("oifname @bridges ip saddr 127.0.0.0/8 masquerade");
        for (var bridge : bridges) {
            for (var side : bridge.sides()) {
                var ip = side.cidr().isIpv4() ? "ip" : "ip6";
                var from = ip + " saddr " + side.cidr();
                rules.add(
                        "ct status dnat "
                                + from
                                + " "
                                + ip
                                + " daddr "
                                + side.cidr()
                                + " masquerade");
                boolean out = bridge.reach().masqueraded() && !bridge.reach().internal();
                if (out) rules.add(from + " oifname != " + quoted(bridge) + " masquerade");
            }
        }
        return rules;
    }

    private List<String> passing() {
        var rules = new ArrayList<String>();
        rules.add("iifname != @bridges oifname != @bridges return");
        rules.add("ct state established,related accept");
        for (var bridge : bridges) { // frames, where the module br_netfilter shows them here
            if (!bridge.reach().connected()) continue;
            rules.add("iifname " + quoted(bridge) + " oifname " + quoted(bridge) + " accept");
        }
        rules.add("ip6 daddr fe80::/10 drop");
        rules.add("iifname @internal drop");
        rules.add("oifname @internal drop");
        rules.add("ct status dnat accept");
        rules.add("oifname @bridges drop");
        return rules;
    }

    /** What listens on the host's link-local addresses is for its neighbours. */
    private static List<String> forHost() {
        return List.of(
                "iifname != @bridges return",
                "ct state established,related accept",
                "ip6 daddr fe80::/10 meta l4proto != ipv6-icmp drop",
                "iifname @internal fib daddr . iif type != { local, multicast } drop");
    }

    private static String quoted(Bridge bridge) {
        return '"' + bridge.name() + '"';
    }
}
