package dev.rootbound.engine;

import dev.rootbound.network.Protocol;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * What a container is asked to have of networks.
 *
 * @param attachments the networks that it is on, the first is the one of {@link
 *     Isolation#networkMode}; empty as it comes from a protocol: that one alone. Once it is made,
 *     networks are named by their ids; empty then: on none
 * @param bindings ports that are reached from outside
 * @param exposed {@code 80/tcp}: ports that its program listens on, besides the image's
 * @param publishAll whether each of those is bound to some free port of the host
 * @param dns servers in place of the host's
 * @param extraHosts {@code NAME:ADDRESS} for /etc/hosts; the address {@code host-gateway} is the
 *     host as the container sees it
 */
public record NetworkSpec(
        List<Attachment> attachments,
        List<Binding> bindings,
        List<String> exposed,
        boolean publishAll,
        List<String> dns,
        List<String> dnsSearch,
        List<String> dnsOptions,
        List<String> extraHosts) {

    /** Nothing is said: the default network. */
    public static final NetworkSpec PLAIN =
            new NetworkSpec(
                    List.of(), List.of(), List.of(), false, List.of(), List.of(), List.of(),
                    List.of());

    public NetworkSpec {
        attachments = List.copyOf(attachments);
        bindings = List.copyOf(bindings);
        exposed = List.copyOf(exposed);
        dns = List.copyOf(dns);
        dnsSearch = List.copyOf(dnsSearch);
        dnsOptions = List.copyOf(dnsOptions);
        extraHosts = List.copyOf(extraHosts);
    }

    /** What is asked of a network, once it is named by its id; empty: not to be on it. */
    Optional<Attachment> attachment(String network) {
        return attachments.stream().filter(each -> each.network().equals(network)).findFirst();
    }

    /** This one with other networks. */
    NetworkSpec on(List<Attachment> networks) {
        return new NetworkSpec(
                networks, bindings, exposed, publishAll, dns, dnsSearch, dnsOptions, extraHosts);
    }

    /**
     * A network that a container is, or is to be, on.
     *
     * @param network its name or id
     * @param aliases further names of the container on this network
     * @param links names of other containers, and what this one calls them
     * @param ip4 the address that it must have; empty: any
     * @param ip6 the same
     * @param mac {@code 02:42:…}; empty: made of the address
     * @param gatewayPriority the network with the highest has the default route
     */
    public record Attachment(
            String network,
            List<String> aliases,
            Map<String, String> links,
            String ip4,
            String ip6,
            String mac,
            int gatewayPriority) {
        public Attachment {
            aliases = List.copyOf(aliases);
            links = Map.copyOf(links);
        }

        /** With nothing said of it. */
        public static Attachment to(String network) {
            return new Attachment(network, List.of(), Map.of(), "", "", "", 0);
        }

        Attachment named(String id) {
            return new Attachment(id, aliases, links, ip4, ip6, mac, gatewayPriority);
        }
    }

    /**
     * A port of the container that is one of the host's.
     *
     * @param port inside
     * @param hostAddress on which the host is reached; empty: on all
     * @param firstHostPort 0: any that is free
     * @param lastHostPort the first free one from the first to this one is taken
     */
    public record Binding(
            int port, Protocol protocol, String hostAddress, int firstHostPort, int lastHostPort) {
        /** As Docker writes the port inside: {@code 80/tcp}. */
        public String portText() {
            return port + "/" + protocol.text();
        }
    }

    static NetworkSpec orPlain(@Nullable NetworkSpec given) {
        return given == null ? PLAIN : given;
    }
}
