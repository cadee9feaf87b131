package dev.rootbound.engine;

import dev.rootbound.network.Protocol;
import java.net.InetAddress;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** The caller's networks. Another tenant's are as if they were not there. */
public interface Networks {
    /**
     * What a new network is to be.
     *
     * @param driver empty: {@code bridge}
     * @param subnets empty: one of those that are free
     * @param ipv6 whether there is to be a subnet of IPv6, too
     */
    record Making(
            String name,
            String driver,
            List<Subnet> subnets,
            boolean ipv6,
            boolean internal,
            boolean attachable,
            Map<String, String> options,
            Map<String, String> labels) {
        public Making {
            subnets = List.copyOf(subnets);
            options = Map.copyOf(options);
            labels = Map.copyOf(labels);
        }
    }

    /**
     * Addresses that are asked for.
     *
     * @param cidr such as {@code 172.30.0.0/16}; empty: any
     * @param range part of it, empty: all
     * @param gateway empty: the first
     * @param reserved names and addresses that no container gets
     */
    record Subnet(String cidr, String range, String gateway, Map<String, String> reserved) {
        public Subnet {
            reserved = Map.copyOf(reserved);
        }
    }

    /**
     * Where a container is on a network.
     *
     * @param id 64 digits, of this stay on this network; empty as long as the container does not
     *     run
     * @param device inside, such as {@code eth0}
     * @param ip4 {@code null}: none, or the container does not run
     * @param gateway4 {@code null}: none
     * @param mac empty as long as the container does not run
     * @param names by which others on the network find it
     */
    record Endpoint(
            String id,
            Network network,
            String device,
            @Nullable InetAddress ip4,
            @Nullable InetAddress gateway4,
            @Nullable InetAddress ip6,
            @Nullable InetAddress gateway6,
            String mac,
            List<String> names,
            NetworkSpec.Attachment asked) {
        public Endpoint {
            names = List.copyOf(names);
        }
    }

    /** A port of the host that leads to one of a container that runs. */
    record OpenPort(int port, Protocol protocol, InetAddress hostAddress, int hostPort) {}

    /**
     * What a container has of networks now.
     *
     * @param endpoints in the order in which it was attached
     * @param ports none unless it runs
     * @param exposed {@code 80/tcp}: its image's and those asked for
     */
    record Connections(List<Endpoint> endpoints, List<OpenPort> ports, List<String> exposed) {
        public Connections {
            endpoints = List.copyOf(endpoints);
            ports = List.copyOf(ports);
            exposed = List.copyOf(exposed);
        }
    }

    /** A container that runs on a network. */
    record Member(Container container, Endpoint endpoint) {}

    /**
     * Makes a network. Conflict if the caller has one of that name; Denied if its subnet is not
     * free.
     */
    Network create(Caller caller, Making making);

    /** By name, id or a unique prefix of the id; NotFound if there is none. */
    Network find(Caller caller, String network);

    /** All, the predefined ones too, newest first. */
    List<Network> list(Caller caller);

    /** The containers that run on it. */
    List<Member> members(Caller caller, Network network);

    /** Of one of the caller's containers, also of one that does not run. */
    Connections of(Container container);

    /** Where on the host files of a container are: hosts(5), hostname(5), resolv.conf(5). */
    record EtcPaths(Path hosts, Path hostname, Path resolver) {}

    /** Where its files are, once it was started. */
    EtcPaths files(Container container);

    /**
     * Puts a container, running or not, on a network. Denied if it is on it.
     *
     * @param attachment its {@code network} is the network's name or id
     */
    void connect(Caller caller, String container, NetworkSpec.Attachment attachment);

    /**
     * Takes a container, running or not, off a network. Denied if it is not on it.
     *
     * @param force also if there is no such container any more
     */
    void disconnect(Caller caller, String container, String network, boolean force);

    /** Removes it. Denied if a container runs on it, or it is predefined. */
    void remove(Caller caller, String network);

    /**
     * Removes those on which no container is, running or not, and for which {@code which} holds.
     *
     * @return their names
     */
    List<String> prune(Caller caller, Predicate<Network> which);
}
