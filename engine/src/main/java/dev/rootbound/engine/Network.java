package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Cidr;
import java.net.InetAddress;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A network of a tenant: its containers reach each other on it, and no other tenant's are on it.
 *
 * @param id 64 digits
 * @param name of its tenant's networks
 * @param subnets the addresses of its containers: one of IPv4, and if it has IPv6 one of that; none
 *     of {@link Driver#HOST} and {@link Driver#NONE}
 * @param internal whether nothing outside of it is reached, nor reaches it
 * @param attachable as it was asked for: it says nothing without a swarm
 * @param options of the driver, as they were given
 */
public record Network(
        String id,
        String name,
        Tenant tenant,
        Instant created,
        Driver driver,
        List<Subnet> subnets,
        boolean internal,
        boolean attachable,
        Map<String, String> options,
        Map<String, String> labels) {

    /** Each tenant has a network of this name that is there before anybody makes it. */
    public static final String BRIDGE = "bridge";

    /** Another, that is the host's. */
    public static final String HOST = "host";

    /** Another, on which nothing is. */
    public static final String NONE = "none";

    public Network {
        subnets = List.copyOf(subnets);
        options = Map.copyOf(options);
        labels = Map.copyOf(labels);
    }

    /** How a network is made. */
    public enum Driver {
        BRIDGE,
        HOST,
        NONE
    }

    /**
     * Addresses of a network.
     *
     * @param range the part of it that addresses are taken from unless they are asked for; {@code
     *     null}: all of it
     * @param gateway the host's own
     * @param reserved names and addresses that no container gets
     */
    public record Subnet(
            Cidr cidr,
            @Nullable Cidr range,
            InetAddress gateway,
            Map<String, InetAddress> reserved) {
        public Subnet {
            reserved = Map.copyOf(reserved);
        }
    }

    /** Whether each tenant has it, and nobody removes it. */
    public boolean isPredefined() {
        return driver != Driver.BRIDGE || name.equals(BRIDGE);
    }

    /** Whether containers find each other on it by name: not on the default one, as in Docker. */
    boolean hasNames() {
        return !name.equals(BRIDGE);
    }

    /** Its subnet of a family. */
    public Optional<Subnet> subnet(boolean ipv4) {
        return subnets.stream().filter(each -> each.cidr().isIpv4() == ipv4).findFirst();
    }

    /** Whether its containers have IPv6 addresses. */
    public boolean hasIpv6() {
        return subnet(false).isPresent();
    }
}
