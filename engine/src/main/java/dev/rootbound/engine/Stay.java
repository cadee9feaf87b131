package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.HeldPort;
import dev.rootbound.network.Links;
import dev.rootbound.network.Port;
import dev.rootbound.network.Resolver;
import java.io.IOException;
import java.net.Inet4Address;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.jspecify.annotations.Nullable;

/** A container on its networks, from its start to its end. Changed with its entry's lock held. */
final class Stay {
    final String container;
    final Tenant tenant;
    final List<Plugged> plugs = new CopyOnWriteArrayList<>();
    final List<Published> ports = new CopyOnWriteArrayList<>();
    volatile @Nullable Resolver resolver;

    /** Whether it was told that the container is on its networks, and not yet that it is off. */
    volatile boolean told;

    Stay(Container container) {
        this.container = container.id();
        this.tenant = container.tenant();
    }

    /**
     * On one network.
     *
     * @param id 64 digits
     */
    record Plugged(String id, Network network, Links.Plug plug) {}

    /**
     * A port of the host that is its.
     *
     * @param held empty in an engine that came later, when somebody else has taken it meanwhile
     */
    record Published(Networks.OpenPort open, Optional<HeldPort> held) implements AutoCloseable {
        /** It is anybody's. */
        @Override
        public void close() throws IOException {
            if (held.isPresent()) held.get().close();
        }
    }

    Optional<Plugged> on(Network network) {
        return plugs.stream().filter(each -> each.network().id().equals(network.id())).findFirst();
    }

    /** Whence it is reached from outside, and where what is nowhere else goes. */
    Optional<Plugged> outward() {
        return plugs.stream().filter(each -> each.plug().isDefault()).findFirst();
    }

    /** Where its ports lead to, for what comes to them by the way that is not the firewall's. */
    void lead() {
        outward().map(each -> each.plug().ip4()).ifPresent(this::lead);
    }

    private void lead(InetAddress to) {
        for (var port : ports) {
            var target = new InetSocketAddress(to, port.open().port());
            port.held().ifPresent(held -> held.leadTo(target));
        }
    }

    /** As the firewall has them. */
    List<Port> rules() {
        var to = outward();
        if (to.isEmpty()) return List.of();
        return ports.stream().flatMap(each -> rule(each.open(), to.get().plug()).stream()).toList();
    }

    private static Optional<Port> rule(Networks.OpenPort open, Links.Plug plug) {
        boolean ipv4 = open.hostAddress() instanceof Inet4Address;
        return Optional.ofNullable(plug.address(ipv4))
                .map(to ->
                        new Port(
                                open.protocol(),
                                open.hostAddress(),
                                open.hostPort(),
                                to,
                                open.port()));
    }
}
