package dev.rootbound.engine;

import dev.rootbound.network.Addresses;
import dev.rootbound.network.Protocol;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.regex.Pattern;

/** What a container's request leaves open of networks, and what it may not ask for. */
final class NetworkPlan {
    private static final Pattern MAC = Pattern.compile("[0-9a-fA-F]{2}(:[0-9a-fA-F]{2}){5}");
    private static final Pattern ALIAS =
            Pattern.compile("[A-Za-z0-9_]([A-Za-z0-9_.-]{0,253}[A-Za-z0-9_])?");
    private static final int LAST_PORT = 65_535;
    private static final int MOST = 1024;

    private NetworkPlan() {}

    /** Finds what is the caller's. */
    interface Finder {
        /** By name or id; NotFound if there is none. */
        Network find(String network);

        /** Refuses a link to a container that is not there. */
        void checkContainer(String container);
    }

    /**
     * The whole of it: each network by its id, the mode one of those that are no network.
     *
     * @param exposed the image's, {@code 80/tcp}
     */
    static ContainerSpec complete(ContainerSpec asked, List<String> exposed, Finder networks) {
        var mode = asked.isolation().networkMode();
        var given = asked.network();
        check(given);
        boolean joins = mode.startsWith(Joins.PREFIX) || mode.startsWith("ns:");
        if (joins) {
            refuseWithJoin(given);
            return asked.with(spec -> spec.network = NetworkSpec.PLAIN);
        }
        var all = new LinkedHashSet<String>(exposed.stream().map(NetworkPlan::portText).toList());
        given.exposed().forEach(port -> all.add(portText(port)));
        given.bindings().forEach(binding -> all.add(binding.portText()));
        var attachments = attachments(asked.isolation(), given.attachments(), networks);
        var network =
                new NetworkSpec(
                        attachments,
                        given.bindings(),
                        List.copyOf(all),
                        given.publishAll(),
                        given.dns(),
                        given.dnsSearch(),
                        given.dnsOptions(),
                        given.extraHosts());
        boolean none = mode.equals(Network.NONE) || mode.equals(Network.HOST);
        return asked.with(spec -> {
            spec.network = network;
            spec.isolation = none ? spec.isolation : spec.isolation.withNetwork("");
        });
    }

    /** Docker's rules, in its words. */
    private static void refuseWithJoin(NetworkSpec given) {
        conflict(!given.dns().isEmpty(), "dns and the network mode");
        conflict(!given.extraHosts().isEmpty(), "custom host-to-IP mapping and the network mode");
        boolean published = !given.bindings().isEmpty() || given.publishAll();
        conflict(published, "port publishing and the container type network mode");
        conflict(!given.exposed().isEmpty(), "port exposing and the container type network mode");
        conflict(!given.attachments().isEmpty(), "networks and the container type network mode");
    }

    private static void conflict(boolean is, String what) {
        if (is) throw new EngineException.Invalid("conflicting options: " + what);
    }

    private static List<NetworkSpec.Attachment> attachments(
            Isolation isolation, List<NetworkSpec.Attachment> given, Finder networks) {
        var name = isolation.hasDefaultNetwork() ? Network.BRIDGE : isolation.networkMode();
        var asked = given.isEmpty() ? List.of(NetworkSpec.Attachment.to(name)) : given;
        var attachments = new ArrayList<NetworkSpec.Attachment>();
        var ids = new HashSet<String>();
        for (var each : asked) {
            var network = find(networks, each.network());
            if (!ids.add(network.id())) continue; // by name and by id: the first one counts
            checkAlone(isolation.networkMode(), network);
            check(network, each);
            // on others, whom a link means is found when it is asked for
            if (network.isPredefined()) each.links().keySet().forEach(networks::checkContainer);
            attachments.add(each.named(network.id()));
        }
        return attachments;
    }

    /** Who has the host's network, or none, has no other, and is told so by its mode. */
    private static void checkAlone(String mode, Network network) {
        boolean alone = mode.equals(Network.NONE) || mode.equals(Network.HOST);
        boolean bridge = network.driver() == Network.Driver.BRIDGE;
        if (alone ? network.name().equals(mode) : bridge) return;
        throw new EngineException.Invalid(
                "conflicting options: cannot attach both user-defined and non-user-defined"
                        + " network-modes");
    }

    /** That a creation finds nothing means its image to Docker's client, which then pulls that. */
    private static Network find(Finder networks, String name) {
        try {
            return networks.find(name);
        } catch (EngineException.NotFound e) {
            throw new EngineException.Invalid(String.valueOf(e.getMessage()), e);
        }
    }

    /** What may be asked of a network. */
    static void check(Network network, NetworkSpec.Attachment asked) {
        boolean fixed = !asked.ip4().isEmpty() || !asked.ip6().isEmpty();
        if (network.isPredefined()) {
            if (fixed) {
                throw new EngineException.Invalid(
                        "invalid config for network "
                                + network.name()
                                + ": user specified IP address is supported on user defined networks"
                                + " only");
            }
            if (!asked.aliases().isEmpty()) {
                throw new EngineException.Invalid(
                        "invalid endpoint settings: network-scoped alias is supported only for"
                                + " containers in user defined networks");
            }
        }
        address(network, asked.ip4(), true);
        address(network, asked.ip6(), false);
        if (!asked.mac().isEmpty() && !isDevices(asked.mac())) {
            throw new EngineException.Invalid(
                    "invalid MAC address: " + TextRule.shown(asked.mac()));
        }
        asked.aliases().forEach(NetworkPlan::name);
        asked.links()
                .forEach((name, alias) -> {
                    TextRule.place("a link", name);
                    name(alias);
                });
    }

    /** Of one device, not of a group: IEEE 802, the lowest bit of the first byte. */
    private static boolean isDevices(String mac) {
        return MAC.matcher(mac).matches()
                && Integer.parseInt(mac.substring(0, 2), 16) % 2 == 0
                && !mac.equals("00:00:00:00:00:00");
    }

    private static void address(Network network, String text, boolean ipv4) {
        if (text.isEmpty()) return;
        var address = literal("IP address", text);
        if (network.subnet(ipv4).filter(each -> each.cidr().contains(address)).isPresent()) return;
        throw new EngineException.Invalid(
                "invalid config for network "
                        + network.name()
                        + ": no configured subnet contains IP address "
                        + text);
    }

    private static java.net.InetAddress literal(String what, String text) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid("invalid " + what + ": " + TextRule.shown(text), e);
        }
    }

    private static void name(String alias) {
        if (ALIAS.matcher(alias).matches()) return;
        throw new EngineException.Invalid(
                "'" + TextRule.shown(alias) + "' is no name of a host: letters, digits, _ . -");
    }

    private static void check(NetworkSpec given) {
        int all = given.bindings().size() + given.exposed().size() + given.extraHosts().size();
        if (all > MOST || given.attachments().size() > MOST) {
            throw new EngineException.Invalid(
                    "more than " + MOST + " ports, hosts or networks of one container");
        }
        for (var binding : given.bindings()) {
            if (!binding.hostAddress().isEmpty()) {
                var _ = literal("IP address of a port", binding.hostAddress());
            }
            port(binding.port(), 1);
            port(binding.firstHostPort(), 0);
            port(binding.lastHostPort(), 0);
        }
        for (var exposed : given.exposed()) {
            var _ = portText(exposed);
        }
        for (var server : given.dns()) {
            server(literal("DNS server", server));
        }
        for (var search : given.dnsSearch()) if (!search.equals(".")) name(search);
        for (var option : given.dnsOptions()) {
            if (!option.matches("[a-z0-9_-]+(:[0-9]+)?")) {
                throw new EngineException.Invalid("invalid DNS option: " + TextRule.shown(option));
            }
        }
        given.extraHosts().forEach(NetworkPlan::extraHost);
    }

    /** The engine may ask it for the container, and would find itself at 0.0.0.0. */
    private static void server(java.net.InetAddress server) {
        if (server.isLoopbackAddress()) {
            throw new EngineException.Invalid(
                    "DNS server "
                            + Addresses.text(server)
                            + " is the container itself: name another");
        }
        boolean all = (server.getAddress()[0] & 0xF0) == 0xF0 && server.getAddress().length == 4;
        if (server.isAnyLocalAddress() || server.isMulticastAddress() || all) {
            throw new EngineException.Invalid(
                    "DNS server " + Addresses.text(server) + " is no server's address");
        }
    }

    private static void extraHost(String extra) {
        int colon = extra.indexOf(':');
        if (colon < 1) {
            throw new EngineException.Invalid(
                    "bad format for add-host: \"" + TextRule.shown(extra) + "\"");
        }
        name(extra.substring(0, colon));
        var address = extra.substring(colon + 1);
        if (address.equals("host-gateway")) return;
        var _ = literal("IP address in add-host", address);
    }

    /** As {@code 80/tcp}, however it is written. */
    private static String portText(String text) {
        var parts = text.split("/", 2);
        int port = parts[0].matches("[0-9]{1,5}") ? Integer.parseInt(parts[0]) : 0;
        port(port, 1);
        try {
            return port + "/" + Protocol.parse(parts.length > 1 ? parts[1] : "tcp").text();
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid("invalid port " + TextRule.shown(text), e);
        }
    }

    private static void port(int port, int lowest) {
        if (port >= lowest && port <= LAST_PORT) return;
        throw new EngineException.Invalid(
                "invalid port " + port + ": from " + lowest + " to " + LAST_PORT);
    }
}
