package dev.rootbound.docker;

import dev.rootbound.engine.Network;
import dev.rootbound.engine.NetworkSpec;
import dev.rootbound.engine.NetworkSpec.Attachment;
import dev.rootbound.network.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;

/**
 * What a request says of networks: {@code HostConfig.NetworkMode}, {@code
 * NetworkingConfig.EndpointsConfig}, its ports, and the names that it wants to know.
 */
final class AskedNetwork {
    /** The gateway's address is filled in for it: no address of a request. */
    private static final String HOST_GATEWAY = "host-gateway";

    /** What clients call the network of those who ask for none. */
    private static final String DEFAULT = "default";

    private final Fields config;
    private final Fields host;
    private final Fields endpoints;

    private AskedNetwork(Fields config, Fields host) {
        this.config = config;
        this.host = host;
        this.endpoints = config.object("NetworkingConfig").object("EndpointsConfig");
    }

    /** Docker's word; empty for the default network. */
    static String mode(Fields config, Fields host) {
        return new AskedNetwork(config, host).mode();
    }

    static NetworkSpec of(Fields config, Fields host) {
        return new AskedNetwork(config, host).spec();
    }

    private String mode() {
        if (config.flag("NetworkDisabled")) return Network.NONE;
        var mode = host.text("NetworkMode");
        if (!bridge(mode).equals(Network.BRIDGE)) return mode;
        var names = endpointNames();
        // as Docker: endpoints without the default network's are in place of it
        if (names.isEmpty() || names.contains(Network.BRIDGE)) return "";
        return names.getFirst();
    }

    /** The name of the default network in place of what else it is called. */
    private static String bridge(String network) {
        return network.isEmpty() || network.equals(DEFAULT) ? Network.BRIDGE : network;
    }

    private List<String> endpointNames() {
        var names = new ArrayList<String>();
        for (var name : endpoints.names()) {
            var network = bridge(name);
            if (names.contains(network)) throw invalid(endpoints.path(name) + " is given twice");
            names.add(network);
        }
        return names;
    }

    private NetworkSpec spec() {
        var mode = mode();
        checkMode(mode);
        return new NetworkSpec(
                attachments(mode),
                AskedPorts.bindings(host.object("PortBindings")),
                AskedPorts.exposed(config.object("ExposedPorts")),
                host.flag("PublishAllPorts"),
                servers(),
                host.texts("DnsSearch"),
                host.texts("DnsOptions"),
                extraHosts());
    }

    /**
     * Docker's own rules, in its words, of what has no place in a spec; the others are the
     * engine's.
     */
    private void checkMode(String mode) {
        boolean joined = mode.startsWith("container:");
        boolean shared = joined || mode.equals(Network.HOST);
        conflict(
                shared && host.isSet("Links"),
                (joined ? "container" : "host")
                        + " type networking can't be used with links. This would result in"
                        + " undefined behavior");
        conflict(shared && config.isSet("MacAddress"), "mac-address and the network mode");
    }

    private static void conflict(boolean is, String what) {
        if (is) throw invalid("conflicting options: " + what);
    }

    /** Empty if nothing is said but the mode. */
    private List<Attachment> attachments(String mode) {
        var first = bridge(mode);
        var all = new LinkedHashMap<String, Attachment>();
        all.put(first, Attachment.to(first));
        for (var name : endpoints.names()) {
            var endpoint = endpoints.object(name);
            all.put(bridge(name), AskedEndpoint.of(bridge(name), endpoint));
        }
        all.put(first, withLegacy(first, all.getOrDefault(first, Attachment.to(first))));
        boolean alone = all.size() == 1;
        boolean unsaid = alone && all.containsValue(Attachment.to(first));
        if (unsaid || config.flag("NetworkDisabled")) return List.of();
        for (var network : all.keySet()) if (!isNetwork(network)) throw noNetwork(network, alone);
        return List.copyOf(all.values());
    }

    private static ApiException noNetwork(String mode, boolean alone) {
        return invalid(
                alone
                        ? "NetworkingConfig: network mode " + mode + " has no endpoint to set"
                        : "conflicting options: cannot attach both user-defined and"
                                + " non-user-defined network-modes: "
                                + mode);
    }

    private static boolean isNetwork(String mode) {
        return !mode.equals(Network.HOST)
                && !mode.equals(Network.NONE)
                && !mode.startsWith("ns:")
                && !mode.startsWith("container:");
    }

    /** With what the request says of its one network, as before there could be several. */
    private Attachment withLegacy(String first, Attachment attachment) {
        var mac = AskedEndpoint.mac("MacAddress", config.text("MacAddress"));
        if (!mac.isEmpty() && !attachment.mac().isEmpty() && !mac.equals(attachment.mac())) {
            throw invalid(
                    "conflicting MAC address: the container-wide MAC address must match the"
                            + " endpoint-specific MAC address for the main network, or be left"
                            + " empty");
        }
        var links = new LinkedHashMap<>(attachment.links());
        AskedEndpoint.links(host, "Links").forEach(links::put);
        return new Attachment(
                first,
                attachment.aliases(),
                links,
                attachment.ip4(),
                attachment.ip6(),
                mac.isEmpty() ? attachment.mac() : mac,
                attachment.gatewayPriority());
    }

    private List<String> servers() {
        return host.texts("Dns").stream()
                .map(text -> Addresses.text(address("HostConfig.Dns", text)))
                .toList();
    }

    private List<String> extraHosts() {
        var all = new ArrayList<String>();
        for (var text : host.texts("ExtraHosts")) {
            int colon = text.indexOf(':');
            if (colon < 1 || !AskedEndpoint.isName(text.substring(0, colon))) {
                throw invalid("HostConfig.ExtraHosts: bad format for add-host: \"" + text + "\"");
            }
            var address = text.substring(colon + 1);
            if (!address.equals(HOST_GATEWAY)) {
                address = Addresses.text(address("HostConfig.ExtraHosts", address));
            }
            all.add(text.substring(0, colon + 1) + address);
        }
        return all;
    }

    private static InetAddress address(String field, String text) {
        try {
            return Addresses.parse(text);
        } catch (IllegalArgumentException e) {
            throw invalid(field + ": " + e.getMessage());
        }
    }

    private static ApiException invalid(String message) {
        return new ApiException(400, message);
    }
}
