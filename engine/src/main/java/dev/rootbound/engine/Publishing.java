package dev.rootbound.engine;

import dev.rootbound.linux.Undo;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.HeldPort;
import dev.rootbound.network.Protocol;
import java.io.IOException;
import java.net.BindException;
import java.net.InetAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;

/** Takes the host's ports that a container is to have. */
final class Publishing {
    private static final String ALL4 = "0.0.0.0";
    private static final String ALL6 = "::";
    private static final Path IPV6 = Path.of("/proc/net/if_inet6");
    private static final int FIRST_DYNAMIC = 49_152; // RFC 6335
    private static final int LAST = 65_535;

    private final Stays stays;
    private final Containers containers;

    Publishing(Stays stays, Containers containers) {
        this.stays = stays;
        this.containers = containers;
    }

    /**
     * Takes all or none, one container after the other: of SCTP no socket holds a port, so that
     * what others have must be known.
     *
     * @param network by which the container is reached
     */
    synchronized void take(Container container, Stay stay, Network network) throws IOException {
        var published = new ArrayList<Stay.Published>();
        try (var undo = new Undo()) {
            for (var binding : bindings(container)) {
                for (var each : take(container, network, binding, published)) {
                    published.add(undo.on(each));
                }
            }
            undo.keep();
        }
        stay.ports.addAll(published);
    }

    /** What is asked for, and with {@code -P} one for each port that nothing is asked for. */
    private static List<NetworkSpec.Binding> bindings(Container container) {
        var network = container.spec().network();
        var bindings = new ArrayList<>(network.bindings());
        if (!network.publishAll()) return bindings;
        var bound = new HashSet<String>();
        for (var binding : bindings) bound.add(binding.portText());
        for (var exposed : network.exposed()) {
            if (bound.contains(exposed)) continue;
            int slash = exposed.indexOf('/');
            int port = Integer.parseInt(exposed.substring(0, slash));
            var protocol = Protocol.parse(exposed.substring(slash + 1));
            bindings.add(new NetworkSpec.Binding(port, protocol, "", 0, 0));
        }
        return bindings;
    }

    private List<Stay.Published> take(
            Container container,
            Network network,
            NetworkSpec.Binding binding,
            List<Stay.Published> before)
            throws IOException {
        var asked = binding.hostAddress();
        var usual = NetworkOptions.parse(network.options()).bindingAddress();
        var address = asked.isEmpty() && !usual.isEmpty() ? usual : asked;
        boolean all = address.isEmpty();
        boolean both = all && Files.exists(IPV6);
        var at = Addresses.parse(all ? both ? ALL6 : ALL4 : address);
        var held = hold(container, binding, at, before);
        var first = open(binding, at, held.number());
        var published = new ArrayList<Stay.Published>();
        published.add(new Stay.Published(first, Optional.of(held)));
        if (both) {
            var second = open(binding, Addresses.parse(ALL4), held.number());
            published.addFirst(new Stay.Published(second, Optional.empty()));
        }
        return published;
    }

    private static Networks.OpenPort open(NetworkSpec.Binding binding, InetAddress at, int port) {
        return new Networks.OpenPort(binding.port(), binding.protocol(), at, port);
    }

    /** Whether the socket of another of a container's ports, of all IPv6 addresses, holds it. */
    static boolean isHeldByAnother(Networks.OpenPort open, List<Networks.OpenPort> all) {
        var other =
                new Networks.OpenPort(
                        open.port(), open.protocol(), Addresses.parse(ALL6), open.hostPort());
        return Addresses.text(open.hostAddress()).equals(ALL4) && all.contains(other);
    }

    private HeldPort hold(
            Container container,
            NetworkSpec.Binding binding,
            InetAddress at,
            List<Stay.Published> before)
            throws IOException {
        BindException last = null;
        boolean sctp = binding.protocol() == Protocol.SCTP;
        boolean any = sctp && binding.firstHostPort() == 0;
        int first = any ? FIRST_DYNAMIC : binding.firstHostPort();
        int end = any ? LAST : Math.max(first, binding.lastHostPort());
        for (int port = first; port <= end; port++) {
            if (sctp && hasSctp(port, before)) continue;
            try {
                return HeldPort.take(binding.protocol(), at, port);
            } catch (BindException e) {
                last = e;
            }
        }
        throw taken(container, binding, at, String.valueOf(last == null ? "" : last.getMessage()));
    }

    private boolean hasSctp(int port, List<Stay.Published> before) {
        return Stream.concat(stays.all().stream().flatMap(s -> s.ports.stream()), before.stream())
                .map(Stay.Published::open)
                .anyMatch(open -> open.protocol() == Protocol.SCTP && open.hostPort() == port);
    }

    private EngineException taken(
            Container container, NetworkSpec.Binding binding, InetAddress at, String why) {
        int first = binding.firstHostPort();
        boolean one = binding.lastHostPort() <= first;
        var ports = one ? Integer.toString(first) : first + "-" + binding.lastHostPort();
        var text = Addresses.text(at);
        var where = (text.contains(":") ? "[" + text + "]" : text) + ":" + ports;
        boolean foreign = why.contains("assign requested address");
        var reason =
                foreign
                        ? "cannot assign requested address: this host has no such"
                        : "port is already allocated" + holder(container, binding, first);
        return new EngineException.Failed(
                "driver failed programming external connectivity on endpoint "
                        + container.name()
                        + ": Bind for "
                        + where
                        + " failed: "
                        + reason);
    }

    /** Another tenant's container is not named. */
    private String holder(Container container, NetworkSpec.Binding binding, int port) {
        for (var stay : stays.all()) {
            boolean has =
                    stay.ports.stream()
                            .map(Stay.Published::open)
                            .anyMatch(open ->
                                    open.hostPort() == port
                                            && open.protocol() == binding.protocol());
            if (!has) continue;
            var own =
                    containers
                            .byId(stay.container)
                            .filter(entry -> stay.tenant.equals(container.tenant()));
            return own.map(entry -> ": container " + entry.container().name() + " has it")
                    .orElse(": another user's container has it");
        }
        return ": a program of this host has it (see ss -lntup)";
    }
}
