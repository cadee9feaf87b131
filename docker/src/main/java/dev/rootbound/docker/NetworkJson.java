package dev.rootbound.docker;

import dev.rootbound.engine.Network;
import dev.rootbound.engine.Networks;
import dev.rootbound.network.Addresses;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.util.List;
import java.util.Locale;
import org.jspecify.annotations.Nullable;
import tools.jackson.databind.JsonNode;
import tools.jackson.databind.node.ObjectNode;

/** A network as Docker's API shows it. */
final class NetworkJson {
    private NetworkJson() {}

    static ObjectNode of(Network network, List<Networks.Member> members) {
        var json = Json.object().put("Name", network.name()).put("Id", network.id());
        json.put("Created", network.created().toString()).put("Scope", "local");
        json.put("Driver", driver(network)).put("EnableIPv4", network.subnet(true).isPresent());
        json.put("EnableIPv6", network.hasIpv6());
        json.set("IPAM", addresses(network));
        json.put("Internal", network.internal()).put("Attachable", network.attachable());
        json.put("Ingress", false).putObject("ConfigFrom").put("Network", "");
        json.put("ConfigOnly", false);
        var containers = json.putObject("Containers");
        for (var member : members) containers.set(member.container().id(), container(member));
        json.set("Options", Json.object(network.options()));
        json.set("Labels", Json.object(network.labels()));
        return json;
    }

    /** Docker's name of it: the network none is made by the driver null. */
    static String driver(Network network) {
        return network.driver() == Network.Driver.NONE
                ? "null"
                : network.driver().name().toLowerCase(Locale.ROOT);
    }

    private static ObjectNode addresses(Network network) {
        var json = Json.object().put("Driver", "default");
        json.set("Options", network.isPredefined() ? null : Json.object());
        if (network.subnets().isEmpty()) return json.putNull("Config");
        var all = json.putArray("Config");
        for (var subnet : network.subnets()) {
            var one = all.addObject().put("Subnet", subnet.cidr().toString());
            if (subnet.range() != null) one.put("IPRange", subnet.range().toString());
            one.put("Gateway", Addresses.text(subnet.gateway()));
            if (subnet.reserved().isEmpty()) continue;
            var reserved = one.putObject("AuxiliaryAddresses");
            subnet.reserved().forEach((name, ip) -> reserved.put(name, Addresses.text(ip)));
        }
        return json;
    }

    private static ObjectNode container(Networks.Member member) {
        var endpoint = member.endpoint();
        return Json.object()
                .put("Name", member.container().name())
                .put("EndpointID", endpoint.id())
                .put("MacAddress", endpoint.mac())
                .put("IPv4Address", withPrefix(endpoint.network(), endpoint.ip4()))
                .put("IPv6Address", withPrefix(endpoint.network(), endpoint.ip6()));
    }

    private static String withPrefix(Network network, @Nullable InetAddress address) {
        return address == null ? "" : text(address) + "/" + prefix(network, address);
    }

    /** Bits of the subnet that an address is of; 0 for none. */
    private static int prefix(Network network, @Nullable InetAddress address) {
        if (address == null) return 0;
        boolean ipv4 = address instanceof Inet4Address;
        return network.subnet(ipv4).map(subnet -> subnet.cidr().prefix()).orElse(0);
    }

    private static String text(@Nullable InetAddress address) {
        return address == null ? "" : Addresses.text(address);
    }

    /** Docker's EndpointSettings. */
    static ObjectNode endpoint(Networks.Endpoint endpoint) {
        var asked = endpoint.asked();
        var json = Json.object();
        json.set("IPAMConfig", addresses(asked.ip4(), asked.ip6()));
        var links =
                asked.links().entrySet().stream()
                        .map(link -> link.getKey() + ":" + link.getValue())
                        .sorted()
                        .toList();
        json.set("Links", orNull(links));
        json.set("Aliases", orNull(asked.aliases()));
        json.put("MacAddress", endpoint.mac()).putNull("DriverOpts");
        json.put("GwPriority", asked.gatewayPriority());
        json.put("NetworkID", endpoint.network().id()).put("EndpointID", endpoint.id());
        putAddresses(json, endpoint);
        json.set("DNSNames", orNull(endpoint.names()));
        return json;
    }

    /** The fields that Docker has for an endpoint and, of old, for a whole container. */
    static void putAddresses(ObjectNode json, Networks.Endpoint endpoint) {
        var network = endpoint.network();
        json.put("Gateway", text(endpoint.gateway4())).put("IPAddress", text(endpoint.ip4()));
        json.put("IPPrefixLen", prefix(network, endpoint.ip4()));
        json.put("IPv6Gateway", text(endpoint.gateway6()));
        json.put("GlobalIPv6Address", text(endpoint.ip6()));
        json.put("GlobalIPv6PrefixLen", prefix(network, endpoint.ip6()));
    }

    private static @Nullable JsonNode addresses(String ip4, String ip6) {
        if (ip4.isEmpty() && ip6.isEmpty()) return null;
        var json = Json.object();
        if (!ip4.isEmpty()) json.put("IPv4Address", ip4);
        if (!ip6.isEmpty()) json.put("IPv6Address", ip6);
        return json;
    }

    private static @Nullable JsonNode orNull(List<String> texts) {
        return texts.isEmpty() ? null : Json.array(texts);
    }
}
