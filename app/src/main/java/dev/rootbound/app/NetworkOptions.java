package dev.rootbound.app;

import dev.rootbound.network.Addresses;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/** {@code --network} and the options that go with it. */
final class NetworkOptions {
    private static final Set<String> MODES = Set.of("default", "bridge", "host", "none");

    private final Arguments arguments;
    private final Map<String, EndpointOptions> endpoints = new LinkedHashMap<>();
    private final String mode;

    NetworkOptions(Arguments arguments) {
        this.arguments = arguments;
        for (String network : arguments.all("network", "net")) add(network);
        if (endpoints.isEmpty()) add("default");
        var all = List.copyOf(endpoints.values());
        mode = all.getFirst().network;
        options(all.getFirst());
        long own = all.stream().filter(endpoint -> isUserDefined(endpoint.network)).count();
        if (own == 0 && !all.getFirst().aliases.isEmpty())
            throw invalid("network-scoped aliases are only supported for user-defined networks");
        if (own > 0 && own < all.size())
            throw invalid(
                    "conflicting options: cannot attach both user-defined and non-user-defined"
                            + " network-modes");
    }

    private void add(String text) {
        if (text.isEmpty()) throw invalid("no name set for network");
        try {
            var endpoint = EndpointOptions.parse(text);
            if (endpoints.put(endpoint.network, endpoint) != null)
                throw invalid("network \"" + endpoint.network + "\" is specified multiple times");
        } catch (IllegalArgumentException e) {
            throw arguments.invalid("network", text, String.valueOf(e.getMessage()));
        }
    }

    private static boolean isUserDefined(String network) {
        return !MODES.contains(network) && !network.startsWith("container:");
    }

    /** The options of before there could be several networks are those of the first. */
    private void options(EndpointOptions first) {
        conflict(!first.aliases.isEmpty(), "network-alias", "alias");
        conflict(!first.ip4.isEmpty(), "ip", "IPv4 address");
        conflict(!first.ip6.isEmpty(), "ip6", "IPv6 address");
        conflict(!first.mac.isEmpty(), "mac-address", "MAC address");
        conflict(!first.linkLocal.isEmpty(), "link-local-ip", "link-local IP addresses");
        first.aliases.addAll(arguments.all("network-alias"));
        first.linkLocal.addAll(arguments.all("link-local-ip"));
        if (arguments.has("ip")) first.ip4 = arguments.text("ip");
        if (arguments.has("ip6")) first.ip6 = arguments.text("ip6");
        if (arguments.has("mac-address")) first.mac = mac(arguments.text("mac-address"));
        if (isUserDefined(first.network)) first.links.addAll(links());
    }

    private void conflict(boolean saidOfNetwork, String flag, String what) {
        if (saidOfNetwork && arguments.has(flag))
            throw invalid(
                    "conflicting options: cannot specify both --"
                            + flag
                            + " and per-network "
                            + what);
    }

    private static String mac(String text) {
        try {
            return EndpointOptions.mac(text);
        } catch (IllegalArgumentException e) {
            throw invalid(String.valueOf(e.getMessage()));
        }
    }

    /** {@code NAME:ALIAS}, the alias filled in. */
    private List<String> links() {
        var links = new ArrayList<String>();
        for (String link : arguments.all("link")) {
            if (link.isEmpty())
                throw arguments.invalid("link", link, "empty string specified for links");
            if (link.split(":", -1).length > 2)
                throw arguments.invalid("link", link, "bad format for links: " + link);
            links.add(link);
        }
        return links;
    }

    void addTo(Json.Members host) {
        host.with("NetworkMode", mode)
                .with("PublishAllPorts", arguments.is("publish-all"))
                .with("Dns", servers())
                .with("DnsOptions", arguments.all("dns-option", "dns-opt"))
                .with("DnsSearch", arguments.all("dns-search"))
                .with("ExtraHosts", extraHosts())
                .with("Links", links());
    }

    private List<String> servers() {
        for (String server : arguments.all("dns"))
            if (!isAddress(server))
                throw arguments.invalid(
                        "dns", server, "IP address is not correctly formatted: " + server);
        return arguments.all("dns");
    }

    /** {@code HOST:IP} and {@code HOST=IP} are the same. */
    private List<String> extraHosts() {
        var hosts = new ArrayList<String>();
        for (String text : arguments.all("add-host")) {
            int at = text.indexOf('=') < 0 ? text.indexOf(':') : text.indexOf('=');
            if (at < 1)
                throw arguments.invalid(
                        "add-host", text, "bad format for add-host: \"" + text + "\"");
            String address = text.substring(at + 1);
            if (!address.equals("host-gateway") && !isAddress(address))
                throw arguments.invalid(
                        "add-host", text, "invalid IP address in add-host: \"" + address + "\"");
            boolean bracketed = address.startsWith("[") && address.endsWith("]");
            String bare = bracketed ? address.substring(1, address.length() - 1) : address;
            hosts.add(text.substring(0, at) + ":" + bare);
        }
        return hosts;
    }

    private static boolean isAddress(String text) {
        try {
            return !Addresses.text(Addresses.parse(text)).isEmpty();
        } catch (IllegalArgumentException e) {
            return false;
        }
    }

    /** Nothing if there is but one network and nothing is said of it: its mode says it all. */
    Optional<Json> endpoints() {
        var all = new Json.Members();
        endpoints.forEach((name, endpoint) -> all.with(name, endpoint.json()));
        boolean unsaid = endpoints.values().stream().allMatch(e -> e.json().map().isEmpty());
        return endpoints.size() == 1 && unsaid ? Optional.empty() : Optional.of(all);
    }

    private static CliException invalid(String message) {
        return new CliException(ExitCodes.ENGINE, message);
    }
}
