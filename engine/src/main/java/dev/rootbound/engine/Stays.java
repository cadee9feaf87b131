package dev.rootbound.engine;

import dev.rootbound.network.AddressPool;
import dev.rootbound.network.Addresses;
import java.net.InetAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Who is on which network now, and whose its addresses are. Thread-safe. */
final class Stays {
    private final Map<String, Stay> byContainer = new ConcurrentHashMap<>();
    private final Map<String, AddressPool> pools = new HashMap<>(); // guarded by this

    void add(Stay stay) {
        byContainer.put(stay.container, stay);
    }

    void remove(Stay stay) {
        byContainer.remove(stay.container, stay);
    }

    Optional<Stay> of(String container) {
        return Optional.ofNullable(byContainer.get(container));
    }

    List<Stay> all() {
        return List.copyOf(byContainer.values());
    }

    List<Stay> on(Network network) {
        return all().stream().filter(stay -> stay.on(network).isPresent()).toList();
    }

    /** Of both families; {@code null} where the network has none. */
    record Pair(@Nullable InetAddress ip4, @Nullable InetAddress ip6) {}

    /** Takes what is asked for, and where nothing is, what is free. */
    Pair take(Network network, NetworkSpec.Attachment asked) {
        var taken = new ArrayList<Taken>();
        try {
            for (var subnet : network.subnets()) {
                var text = subnet.cidr().isIpv4() ? asked.ip4() : asked.ip6();
                taken.add(new Taken(subnet, take(network, subnet, text)));
            }
        } catch (RuntimeException e) {
            taken.forEach(each -> pool(each.subnet()).give(each.address()));
            throw e;
        }
        return new Pair(of(taken, true), of(taken, false));
    }

    private record Taken(Network.Subnet subnet, InetAddress address) {}

    private static @Nullable InetAddress of(List<Taken> taken, boolean ipv4) {
        return taken.stream()
                .filter(each -> each.subnet().cidr().isIpv4() == ipv4)
                .map(Taken::address)
                .findFirst()
                .orElse(null);
    }

    private InetAddress take(Network network, Network.Subnet subnet, String asked) {
        var pool = pool(subnet);
        if (asked.isEmpty()) {
            return pool.take()
                    .orElseThrow(() ->
                            new EngineException.Failed(
                                    "network "
                                            + network.name()
                                            + ": no available addresses in "
                                            + subnet.cidr()));
        }
        try {
            var address = Addresses.parse(asked);
            if (pool.take(address)) return address;
        } catch (IllegalArgumentException e) {
            throw new EngineException.Invalid(
                    "invalid config for network " + network.name() + ": " + e.getMessage(), e);
        }
        throw new EngineException.Denied(
                "network " + network.name() + ": Address already in use: " + asked);
    }

    /** Those that a container had before this engine came. */
    void takeAgain(Stay.Plugged plugged) {
        for (var subnet : plugged.network().subnets()) {
            var address = plugged.plug().address(subnet.cidr().isIpv4());
            if (address != null) {
                boolean _ = pool(subnet).take(address);
            }
        }
    }

    void give(Stay.Plugged plugged) {
        for (var subnet : plugged.network().subnets()) {
            var address = plugged.plug().address(subnet.cidr().isIpv4());
            if (address != null) pool(subnet).give(address);
        }
    }

    private synchronized AddressPool pool(Network.Subnet subnet) {
        return pools.computeIfAbsent(
                subnet.cidr().toString(),
                _ -> {
                    var range = subnet.range() == null ? subnet.cidr() : subnet.range();
                    var reserved = new ArrayList<>(subnet.reserved().values());
                    reserved.add(subnet.gateway());
                    return new AddressPool(subnet.cidr(), range, reserved);
                });
    }

    /** Of a network that is not there any more. */
    synchronized void forget(Network network) {
        network.subnets().forEach(subnet -> pools.remove(subnet.cidr().toString()));
    }
}
