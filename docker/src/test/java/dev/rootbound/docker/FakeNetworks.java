package dev.rootbound.docker;

import dev.rootbound.engine.Caller;
import dev.rootbound.engine.Container;
import dev.rootbound.engine.ContainerState;
import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.Network;
import dev.rootbound.engine.NetworkSpec;
import dev.rootbound.engine.Networks;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.Cidr;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeSet;
import java.util.function.Predicate;
import org.jspecify.annotations.Nullable;

/** Networks in memory; a container's address is the second of each, its free port is 32768. */
final class FakeNetworks implements Networks {
    private final FakeEngine engine;
    private final List<Network> networks = new ArrayList<>();
    private final Map<String, List<NetworkSpec.Attachment>> connected = new HashMap<>();
    final List<Making> made = new ArrayList<>();
    final List<String> asked = new ArrayList<>();

    FakeNetworks(FakeEngine engine) {
        this.engine = engine;
        networks.add(network("bridge", Network.Driver.BRIDGE, "172.17.0.0/16"));
        networks.add(network("host", Network.Driver.HOST));
        networks.add(network("none", Network.Driver.NONE));
    }

    private static Network network(String name, Network.Driver driver, String... subnets) {
        return network(
                new Making(name, "", List.of(), false, false, false, Map.of(), Map.of()),
                driver,
                List.of(subnets));
    }

    private static Network network(Making making, Network.Driver driver, List<String> subnets) {
        var blocks = new ArrayList<Network.Subnet>();
        for (var text : subnets) {
            var cidr = Cidr.parse(text);
            blocks.add(new Network.Subnet(cidr, null, cidr.address(1), Map.of()));
        }
        return new Network(
                id(making.name()),
                making.name(),
                new Tenant(0),
                Instant.EPOCH,
                driver,
                blocks,
                making.internal(),
                making.attachable(),
                making.options(),
                making.labels());
    }

    private static String id(String name) {
        return String.format("%08x", name.hashCode()) + "0".repeat(56);
    }

    @Override
    public synchronized Network create(Caller caller, Making making) {
        if (networks.stream().anyMatch(network -> network.name().equals(making.name()))) {
            throw new EngineException.Conflict(
                    "network with name " + making.name() + " already exists");
        }
        made.add(making);
        var subnets = new ArrayList<>(making.subnets().stream().map(Subnet::cidr).toList());
        if (subnets.isEmpty()) subnets.add("172.18.0.0/16");
        if (making.ipv6()) subnets.add("fd00:1::/64");
        var network = network(making, Network.Driver.BRIDGE, subnets);
        networks.addFirst(network);
        return network;
    }

    @Override
    public synchronized Network find(Caller caller, String name) {
        return networks.stream()
                .filter(each -> each.name().equals(name) || each.id().startsWith(name))
                .findFirst()
                .orElseThrow(() -> new EngineException.NotFound("network " + name + " not found"));
    }

    @Override
    public synchronized List<Network> list(Caller caller) {
        return List.copyOf(networks);
    }

    @Override
    public List<Member> members(Caller caller, Network network) {
        return engine.list(caller).stream()
                .flatMap(container ->
                        of(container).endpoints().stream()
                                .filter(e -> e.network().equals(network))
                                .filter(e -> !e.id().isEmpty())
                                .map(endpoint -> new Member(container, endpoint)))
                .toList();
    }

    @Override
    public EtcPaths files(Container container) {
        var store = java.nio.file.Path.of("/store");
        return new EtcPaths(
                store.resolve("hosts"), store.resolve("hostname"), store.resolve("resolv.conf"));
    }

    @Override
    public synchronized Connections of(Container container) {
        var spec = container.spec().network();
        boolean runs = container.state() instanceof ContainerState.Running;
        var endpoints = new ArrayList<Endpoint>();
        for (var attachment : attachments(container)) {
            endpoints.add(endpoint(container, attachment, runs, "eth" + endpoints.size()));
        }
        var ports = new ArrayList<OpenPort>();
        for (var binding : runs ? spec.bindings() : List.<NetworkSpec.Binding>of()) {
            var address = binding.hostAddress().isEmpty() ? "0.0.0.0" : binding.hostAddress();
            int port = binding.firstHostPort() == 0 ? 32768 : binding.firstHostPort();
            ports.add(
                    new OpenPort(
                            binding.port(), binding.protocol(), Addresses.parse(address), port));
        }
        var exposed = new TreeSet<>(spec.exposed());
        spec.bindings().forEach(binding -> exposed.add(binding.portText()));
        return new Connections(endpoints, ports, List.copyOf(exposed));
    }

    private List<NetworkSpec.Attachment> attachments(Container container) {
        var mode = container.spec().isolation().networkMode();
        var asked = container.spec().network().attachments();
        var first = NetworkSpec.Attachment.to(mode.isEmpty() ? "bridge" : mode);
        if (mode.startsWith("container:")) return List.of();
        return connected.computeIfAbsent(
                container.id(), _ -> new ArrayList<>(asked.isEmpty() ? List.of(first) : asked));
    }

    private Endpoint endpoint(
            Container container, NetworkSpec.Attachment asked, boolean runs, String device) {
        var network = find(new Caller(container.tenant(), 0, 0, List.of()), asked.network());
        var ip4 = runs ? subnet(network, true) : null;
        var ip6 = runs ? subnet(network, false) : null;
        var names = new ArrayList<>(List.of(container.name()));
        names.addAll(asked.aliases());
        return new Endpoint(
                runs ? "e".repeat(64) : "",
                network,
                device,
                ip4 == null ? null : ip4.address(2),
                ip4 == null ? null : ip4.address(1),
                ip6 == null ? null : ip6.address(2),
                ip6 == null ? null : ip6.address(1),
                runs ? "02:42:ac:11:00:02" : "",
                network.name().equals("bridge") ? List.of() : names,
                asked);
    }

    private static @Nullable Cidr subnet(Network network, boolean ipv4) {
        return network.subnets().stream()
                .map(Network.Subnet::cidr)
                .filter(cidr -> cidr.isIpv4() == ipv4)
                .findFirst()
                .orElse(null);
    }

    @Override
    public synchronized void connect(
            Caller caller, String container, NetworkSpec.Attachment attachment) {
        var view = engine.inspect(caller, container);
        var network = find(caller, attachment.network());
        boolean there =
                attachments(view).stream().anyMatch(a -> find(caller, a.network()).equals(network));
        if (there) {
            throw new EngineException.Denied(
                    "endpoint with name "
                            + view.name()
                            + " already exists in network "
                            + network.name());
        }
        attachments(view).add(attachment);
    }

    @Override
    public synchronized void disconnect(
            Caller caller, String container, String network, boolean force) {
        asked.add("disconnect " + container + " " + network + " " + force);
        var view = engine.inspect(caller, container);
        var left = find(caller, network);
        if (!attachments(view).removeIf(a -> find(caller, a.network()).equals(left))) {
            throw new EngineException.Denied(
                    "container " + container + " is not connected to the network " + network);
        }
    }

    @Override
    public synchronized void remove(Caller caller, String name) {
        var network = find(caller, name);
        if (network.isPredefined()) {
            throw new EngineException.Denied(
                    name + " is a pre-defined network and cannot be removed");
        }
        if (!members(caller, network).isEmpty()) {
            throw new EngineException.Denied(
                    "error while removing network: network " + name + " has active endpoints");
        }
        networks.remove(network);
    }

    @Override
    public synchronized List<String> prune(Caller caller, Predicate<Network> which) {
        var gone =
                networks.stream()
                        .filter(network -> !network.isPredefined())
                        .filter(network -> members(caller, network).isEmpty())
                        .filter(which)
                        .toList();
        networks.removeAll(gone);
        return gone.stream().map(Network::name).toList();
    }
}
