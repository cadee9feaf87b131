package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Undo;
import dev.rootbound.network.Cidr;
import dev.rootbound.network.HeldPort;
import dev.rootbound.network.HostRoutes;
import dev.rootbound.network.Links;
import dev.rootbound.network.Port;
import dev.rootbound.network.Resolver;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.net.BindException;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The networks of all tenants, and the containers on them. */
final class NetworkService implements Networks {
    /** Of a tenant that is not host root: each takes addresses that others cannot have. */
    private static final int MOST = 30;

    /** Four times a subnet of 16 bits: of all there are, a quarter. */
    private static final long MOST_ADDRESSES = 1 << 18;

    private final NetworkRecords records;
    private final SubnetClaims claims;
    private final Stays stays = new Stays();
    private final BridgeSet bridges;
    private final Publishing publishing;
    private final EtcSetup etc;
    private final Containers containers;
    private final Lookup lookup;
    private final Policy policy;
    private final InFlight inFlight;
    private final EventLog events;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Path bundles;
    private final NetworkWatch watch;

    NetworkService(
            EngineParts parts,
            Containers containers,
            Lookup lookup,
            Policy policy,
            InFlight inFlight,
            EventLog events)
            throws IOException {
        this.records = new NetworkRecords(parts.root());
        this.claims = parts.subnets();
        this.bridges = new BridgeSet(parts.root());
        this.publishing = new Publishing(stays, containers);
        this.etc = new EtcSetup(parts.etcFiles(), stays, containers);
        this.watch = new NetworkWatch(bridges, stays, containers);
        this.containers = containers;
        this.lookup = lookup;
        this.policy = policy;
        this.inFlight = inFlight;
        this.events = events;
        this.clock = parts.clock();
        this.random = parts.random();
        this.bundles = parts.run().resolve("c");
    }

    // --- networks --------------------------------------------------------------------------------

    @Override
    public Network create(Caller caller, Making making) {
        return LocalEngine.attempt(
                "create network " + TextRule.shown(making.name()), () -> make(caller, making));
    }

    private synchronized Network make(Caller caller, Making making) throws IOException {
        NetworkRule.checkName(making.name());
        NetworkRule.checkDriver(making.driver());
        if (records.named(caller.tenant(), making.name()).isPresent()
                || making.name().equals(Network.BRIDGE)) {
            throw new EngineException.Conflict(
                    "network with name " + making.name() + " already exists");
        }
        if (!caller.isHostRoot() && made(caller.tenant()) >= MOST) {
            throw new EngineException.Denied(
                    MOST + " networks are the most of one user: remove some (network prune)");
        }
        var options = NetworkRule.options(caller, making.options());
        judge(caller, making);
        var id = RandomId.next(random);
        if (!options.bridge().isEmpty()) refuseTaken(options.bridge());
        try (var turn = claims.turn()) {
            var subnets = rule(turn).subnets(making, id);
            if (!caller.isHostRoot()) checkShare(caller.tenant(), subnets);
            var network =
                    new Network(
                            id,
                            making.name(),
                            caller.tenant(),
                            clock.instant(),
                            Network.Driver.BRIDGE,
                            subnets,
                            making.internal(),
                            making.attachable(),
                            making.options(),
                            making.labels());
            add(network, turn);
            events.publish(network, "create");
            return network;
        }
    }

    private void judge(Caller caller, Making making) {
        for (var subnet : making.subnets()) {
            boolean chosen = !subnet.cidr().isEmpty();
            if (chosen) policy.judge(caller, NetworkRule.cidr("subnet", subnet.cidr()));
        }
    }

    /** Other engines leave its subnets alone before it is there, and if it is not in the end. */
    private void add(Network network, SubnetClaims.Turn turn) throws IOException {
        var fresh = network.subnets().stream().map(Network.Subnet::cidr);
        turn.claim(Stream.concat(records.subnets().stream(), fresh).toList());
        try {
            records.add(network);
        } finally {
            turn.claim(records.subnets());
        }
    }

    /** What one takes others cannot have. */
    private void checkShare(Tenant tenant, List<Network.Subnet> more) {
        var own = records.of(tenant).stream().flatMap(network -> network.subnets().stream());
        long all =
                Stream.concat(own, more.stream())
                        .map(Network.Subnet::cidr)
                        .filter(Cidr::isIpv4)
                        .mapToLong(cidr -> cidr.size().longValue())
                        .sum();
        if (all <= MOST_ADDRESSES) return;
        throw new EngineException.Denied(
                "the networks of one user have "
                        + MOST_ADDRESSES
                        + " IPv4 addresses at most: name smaller subnets, or remove networks");
    }

    private long made(Tenant tenant) {
        return records.of(tenant).stream().filter(network -> !network.isPredefined()).count();
    }

    private void refuseTaken(String bridge) {
        boolean ours =
                records.all().stream().anyMatch(each -> bridges.bridge(each).name().equals(bridge));
        if (!ours && !Links.isThere(bridge)) return;
        throw new EngineException.Conflict("this host has a link named " + bridge + " already");
    }

    private NetworkRule rule(SubnetClaims.Turn turn) throws IOException {
        var taken = new ArrayList<>(records.subnets());
        taken.addAll(turn.others());
        return new NetworkRule(taken, HostRoutes.read(own()));
    }

    private List<String> own() {
        return records.all().stream().map(each -> bridges.bridge(each).name()).toList();
    }

    /** That of a tenant which is there before anybody makes it; made when it is first looked at. */
    private synchronized Network usual(Tenant tenant) throws IOException {
        var known = records.named(tenant, Network.BRIDGE);
        if (known.isPresent()) return known.get();
        try (var turn = claims.turn()) {
            var subnet = rule(turn).free();
            var network = usual(tenant, subnet, clock.instant());
            add(network, turn);
            return network;
        }
    }

    @Override
    public Network find(Caller caller, String network) {
        return LocalEngine.attempt("find network", () -> found(caller.tenant(), network));
    }

    private Network found(Tenant tenant, String network) throws IOException {
        var _ = usual(tenant);
        return records.seek(tenant, network)
                .orElseThrow(() ->
                        new EngineException.NotFound(
                                "network " + TextRule.shown(network) + " not found"));
    }

    @Override
    public List<Network> list(Caller caller) {
        return LocalEngine.attempt(
                "list networks",
                () -> {
                    var _ = usual(caller.tenant());
                    return records.of(caller.tenant());
                });
    }

    @Override
    public void remove(Caller caller, String network) {
        LocalEngine.perform(
                "remove network " + TextRule.shown(network),
                () -> remove(found(caller.tenant(), network)));
    }

    private synchronized void remove(Network network) throws IOException {
        if (network.isPredefined()) {
            throw new EngineException.Denied(
                    network.name() + " is a pre-defined network and cannot be removed");
        }
        var on = stays.on(network);
        if (!on.isEmpty()) {
            var names =
                    on.stream()
                            .map(stay -> "name:\"" + name(stay) + "\" id:\"" + stay.container + '"')
                            .collect(Collectors.joining(", "));
            throw new EngineException.Denied(
                    "error while removing network: network "
                            + network.name()
                            + " has active endpoints ("
                            + names
                            + ")");
        }
        records.remove(network); // first: without it the bridge is a leftover
        try {
            bridges.remove(network);
        } finally {
            stays.forget(network);
        }
        try (var turn = claims.turn()) {
            turn.claim(records.subnets());
        }
        events.publish(network, "destroy");
    }

    private String name(Stay stay) {
        return containers.byId(stay.container).map(entry -> entry.container().name()).orElse("");
    }

    @Override
    public List<String> prune(Caller caller, Predicate<Network> which) {
        var asked =
                containers.of(caller.tenant()).stream()
                        .flatMap(entry -> entry.container().spec().network().attachments().stream())
                        .map(NetworkSpec.Attachment::network)
                        .collect(Collectors.toSet());
        var names = new ArrayList<String>();
        for (var network : list(caller)) {
            if (network.isPredefined() || asked.contains(network.id()) || !which.test(network))
                continue;
            try {
                LocalEngine.perform("remove network " + network.name(), () -> remove(network));
                names.add(network.name());
            } catch (EngineException.Denied e) {
                // by now a container is on it
            }
        }
        events.publishPrune(caller.tenant(), Events.Type.NETWORK, 0);
        return names;
    }

    @Override
    public List<Member> members(Caller caller, Network network) {
        var members = new ArrayList<Member>();
        for (var entry : containers.of(caller.tenant())) {
            var container = entry.container();
            if (!container.isRunning() || !lookup.isVisible(caller, container)) continue;
            of(container).endpoints().stream()
                    .filter(each -> each.network().id().equals(network.id()))
                    .forEach(each -> members.add(new Member(container, each)));
        }
        return members;
    }

    @Override
    public Connections of(Container container) {
        var stay = stays.of(container.id());
        var endpoints = new ArrayList<Endpoint>();
        for (var asked : container.spec().network().attachments()) {
            records.byId(container.tenant(), asked.network())
                    .map(network ->
                            endpoint(container, network, asked, stay.flatMap(s -> s.on(network))))
                    .ifPresent(endpoints::add);
        }
        var ports =
                stay.map(s -> s.ports.stream().map(Stay.Published::open).toList())
                        .orElse(List.of());
        return new Connections(endpoints, ports, container.spec().network().exposed());
    }

    private static Endpoint endpoint(
            Container container,
            Network network,
            NetworkSpec.Attachment asked,
            Optional<Stay.Plugged> plugged) {
        var names = EndpointNames.of(container, asked);
        if (plugged.isEmpty()) {
            var id =
                    container.isRunning()
                            ? NetworkRecords.digest(container.id() + network.id())
                            : "";
            return new Endpoint(id, network, "", null, null, null, null, "", names, asked);
        }
        var plug = plugged.get().plug();
        return new Endpoint(
                plugged.get().id(),
                network,
                plug.device(),
                plug.ip4(),
                plug.ip4() == null ? null : gateway(network, true),
                plug.ip6(),
                plug.ip6() == null ? null : gateway(network, false),
                plug.mac(),
                names,
                asked);
    }

    private static java.net.@Nullable InetAddress gateway(Network network, boolean ipv4) {
        if (network.internal()) return null;
        return network.subnet(ipv4).map(Network.Subnet::gateway).orElse(null);
    }

    // --- containers ------------------------------------------------------------------------------

    /** A new container's request, whole. */
    ContainerSpec complete(Caller caller, ContainerSpec asked, List<String> exposed) {
        return NetworkPlan.complete(asked, exposed, new Own(caller));
    }

    private final class Own implements NetworkPlan.Finder {
        private final Caller caller;

        Own(Caller caller) {
            this.caller = caller;
        }

        @Override
        public Network find(String network) {
            return NetworkService.this.find(caller, network);
        }

        @Override
        public void checkContainer(String container) {
            try {
                var _ = lookup.findOwn(caller, container);
            } catch (EngineException.NotFound e) {
                throw new EngineException.Invalid(
                        "could not get container for "
                                + TextRule.shown(container)
                                + ": "
                                + e.getMessage(),
                        e);
            }
        }
    }

    /**
     * Takes the addresses and ports that a container is to have, and writes its files. With its
     * entry's lock held.
     *
     * @return given back by {@link #ended}
     */
    Stay begin(Container container, Bundle bundle) throws IOException {
        var stay = new Stay(container);
        try (var undo = new Undo()) {
            undo.on(() -> ended(container));
            synchronized (this) { // no network is removed meanwhile
                stays.add(stay); // first: what it has is given back if the next is refused
                for (var asked : container.spec().network().attachments()) {
                    plugged(container, stay, asked, Set.of()).ifPresent(stay.plugs::add);
                }
            }
            chooseDefault(container, stay);
            var outward = stay.outward();
            if (outward.isPresent()) publishing.take(container, stay, outward.get().network());
            etc.write(container, stay);
            StayFile.write(bundle, stay);
            Failpoint.reach("network.begun");
            undo.keep();
            return stay;
        }
    }

    /** Empty if there is nothing to be plugged in. */
    private Optional<Stay.Plugged> plugged(
            Container container, Stay stay, NetworkSpec.Attachment asked, Set<String> there)
            throws IOException {
        var network =
                records.byId(container.tenant(), asked.network())
                        .orElseThrow(() ->
                                new EngineException.NotFound(
                                        "network " + asked.network() + " not found"));
        if (network.driver() != Network.Driver.BRIDGE) return Optional.empty();
        if (!bridges.isMade(network)) network = passable(network);
        var addresses = stays.take(network, asked);
        var id = RandomId.next(random);
        var devices = new HashSet<>(there);
        stay.plugs.forEach(each -> devices.add(each.plug().device()));
        var ip4 = addresses.ip4();
        if (ip4 == null) throw new IllegalStateException("a network without IPv4: " + network);
        var mac = asked.mac().isEmpty() ? Links.mac(ip4) : asked.mac();
        var device = Links.freeDevice(devices);
        var plug = new Links.Plug(device, bridges.outside(id), mac, ip4, addresses.ip6(), false);
        return Optional.of(new Stay.Plugged(id, network, plug));
    }

    /**
     * While it had no bridge the host may have got a route to its subnet, or another engine a
     * network there. The default network takes another subnet then.
     */
    private Network passable(Network network) throws IOException {
        try (var turn = claims.turn()) {
            turn.claim(records.subnets()); // the other engine may be gone by now
            var obstacle = obstacle(network, turn);
            if (obstacle.isEmpty()) return network;
            if (network.isPredefined() && stays.on(network).isEmpty())
                return renewed(network, turn);
            if (network.isPredefined()) return network; // its bridge is being made now
            throw new EngineException.Conflict(
                    "network "
                            + network.name()
                            + ": "
                            + obstacle.get()
                            + " now, which has a part of the network's subnets: make the network"
                            + " again with others");
        }
    }

    private Optional<String> obstacle(Network network, SubnetClaims.Turn turn) throws IOException {
        var routes = HostRoutes.read(own());
        for (var subnet : network.subnets()) {
            var cidr = subnet.cidr();
            var other = turn.others().stream().filter(cidr::overlaps).findFirst();
            if (other.isPresent()) {
                return Optional.of("another engine of this host has the network " + other.get());
            }
            var route = routes.stream().filter(cidr::overlaps).findFirst();
            if (route.isPresent()) return Optional.of("this host has a route to " + route.get());
        }
        return Optional.empty();
    }

    private Network renewed(Network network, SubnetClaims.Turn turn) throws IOException {
        var subnet = rule(turn).free();
        var fresh = usual(network.tenant(), subnet, network.created());
        stays.forget(network);
        add(fresh, turn);
        return fresh;
    }

    private Network usual(Tenant tenant, Network.Subnet subnet, Instant created) {
        return new Network(
                records.id(tenant, Network.BRIDGE),
                Network.BRIDGE,
                tenant,
                created,
                Network.Driver.BRIDGE,
                List.of(subnet),
                false,
                false,
                Map.of(),
                Map.of());
    }

    /** As Docker: by what is asked for, then by name, and never one that leads nowhere. */
    private static void chooseDefault(Container container, Stay stay) {
        Comparator<Stay.Plugged> order =
                Comparator.comparingInt((Stay.Plugged each) ->
                                -EndpointNames.asked(container, each.network()).gatewayPriority())
                        .thenComparing(each -> each.network().name());
        var chosen = stay.plugs.stream().filter(each -> !each.network().internal()).min(order);
        stay.plugs.replaceAll(each -> asDefault(each, chosen.filter(each::equals).isPresent()));
    }

    private static Stay.Plugged asDefault(Stay.Plugged plugged, boolean isDefault) {
        var plug = plugged.plug();
        return new Stay.Plugged(
                plugged.id(),
                plugged.network(),
                new Links.Plug(
                        plug.device(),
                        plug.outside(),
                        plug.mac(),
                        plug.ip4(),
                        plug.ip6(),
                        isDefault));
    }

    /** Shows the container its files. */
    void mountFiles(Container container, IdMaps ids, Bundle bundle) throws IOException {
        etc.mount(container, ids, bundle);
    }

    /** Connects what {@link #begin} took, before the container's program runs. */
    void connect(Container container, Stay stay, Bundle bundle) throws IOException {
        if (stay.plugs.isEmpty()) return;
        var namespace = bundle.networkNamespace();
        for (var plugged : stay.plugs) bridges.plug(plugged, namespace);
        serve(container, stay, bundle);
        open(stay);
        stay.told = true;
        for (var plugged : stay.plugs) events.publish(plugged.network(), container, "connect");
    }

    private void serve(Container container, Stay stay, Bundle bundle) throws IOException {
        if (stay.resolver != null || !EtcSetup.isServed(container, stay)) return;
        stay.resolver =
                Resolver.open(
                        bundle.networkNamespace(),
                        new EndpointNames(stay, stays, containers),
                        () -> upstream(container, stay));
    }

    /**
     * Asked from the host, which reaches every network: another tenant's container is not asked.
     */
    private List<InetSocketAddress> upstream(Container container, Stay stay) {
        try {
            var others =
                    records.all().stream()
                            .filter(network -> !network.tenant().equals(stay.tenant))
                            .flatMap(network -> network.subnets().stream())
                            .map(Network.Subnet::cidr)
                            .toList();
            return EtcSetup.upstream(container, stay).stream()
                    .filter(server ->
                            others.stream().noneMatch(cidr -> cidr.contains(server.getAddress())))
                    .toList();
        } catch (IOException e) { // the host's resolv.conf cannot be read now
            return List.of();
        }
    }

    /** After a container's end or failed start: gives back what it had. */
    void ended(Container container) throws IOException {
        var stay = stays.of(container.id()).orElse(null);
        if (stay == null) return;
        try (var undo = new Undo()) {
            undo.on(() -> stays.remove(stay));
            for (var plugged : stay.plugs) {
                undo.on(() -> stays.give(plugged));
                undo.on(() -> Links.remove(plugged.plug().outside())); // also if others joined it
            }
            stay.ports.forEach(undo::on);
            undo.on(() -> bridges.firewall().close(stay.rules())); // before anybody has its address
            var resolver = stay.resolver;
            if (resolver != null) undo.on(resolver);
        }
        tellEnd(container, stay);
    }

    /** It is on no network any more; also before all of that is given back. */
    void tellEnd(Container container) {
        stays.of(container.id()).ifPresent(stay -> tellEnd(container, stay));
    }

    private void tellEnd(Container container, Stay stay) {
        if (!stay.told) return;
        stay.told = false;
        for (var plugged : stay.plugs) events.publish(plugged.network(), container, "disconnect");
    }

    /** The files of containers that say who and where they are. */
    EtcSetup etc() {
        return etc;
    }

    /** When a container is deleted. */
    void forget(Container container) throws IOException {
        etc.remove(container.id());
    }

    @Override
    public EtcPaths files(Container container) {
        return etc.paths(container);
    }

    // --- containers that run ---------------------------------------------------------------------

    @Override
    public void connect(Caller caller, String container, NetworkSpec.Attachment attachment) {
        var entry = lookup.find(caller, container);
        LocalEngine.perform(
                "connect container " + entry.container().name(),
                () -> {
                    entry.lock.lock();
                    try (var _ = inFlight.begin()) {
                        Life.refuseGone(entry);
                        connect(
                                entry,
                                found(entry.container().tenant(), attachment.network()),
                                attachment);
                    } finally {
                        entry.lock.unlock();
                    }
                });
    }

    private void connect(ContainerEntry entry, Network network, NetworkSpec.Attachment attachment)
            throws IOException {
        var before = entry.container();
        var asked = attachment.named(network.id());
        NetworkPlan.check(network, asked);
        refuse(before, network);
        if (before.spec().network().attachment(network.id()).isPresent()) {
            throw new EngineException.Denied(
                    "endpoint with name "
                            + before.name()
                            + " already exists in network "
                            + network.name());
        }
        var attachments = new ArrayList<>(before.spec().network().attachments());
        attachments.add(asked);
        var after = on(before, attachments);
        try (var undo = new Undo()) {
            var stay = stays.of(before.id());
            if (before.isRunning() && stay.isPresent()) {
                undo.on(() -> unplug(after, stay.get(), network));
                plug(after, stay.get(), asked);
            }
            StateFile.write(entry.directory, after);
            undo.keep();
        }
        entry.become(after);
        if (!after.isRunning()) events.publish(network, after, "connect");
    }

    private static Container on(Container container, List<NetworkSpec.Attachment> attachments) {
        return container.withSpec(
                container.spec().with(spec -> spec.network = spec.network.on(attachments)));
    }

    private void refuse(Container container, Network network) {
        var mode = container.spec().isolation().networkMode();
        if (mode.startsWith(Joins.PREFIX)) {
            throw new EngineException.Denied(
                    "container sharing network namespace with another container or host cannot be"
                            + " connected to any other network");
        }
        if (mode.equals(Network.HOST) || network.driver() == Network.Driver.HOST) {
            throw new EngineException.Denied(
                    "container cannot be connected to host network, or disconnected from it: that is"
                            + " decided when it is made");
        }
        var none = records.id(container.tenant(), Network.NONE);
        boolean alone = container.spec().network().attachment(none).isPresent();
        if (alone || network.driver() == Network.Driver.NONE) {
            throw new EngineException.Denied(
                    "container cannot be connected to multiple networks with one of the networks in"
                            + " private (none) mode");
        }
    }

    private void plug(Container container, Stay stay, NetworkSpec.Attachment asked)
            throws IOException {
        var bundle = bundle(container);
        var there = Links.devices(bundle.networkNamespace()); // it may have made some itself
        Stay.Plugged plugged;
        List<Port> before;
        synchronized (this) {
            plugged = plugged(container, stay, asked, there).orElseThrow();
            before = stay.rules();
            stay.plugs.add(plugged);
            chooseDefault(container, stay);
            plugged = stay.on(plugged.network()).orElseThrow();
        }
        bridges.plug(plugged, bundle.networkNamespace());
        if (plugged.plug().isDefault()) bridges.firewall().close(before);
        etc.plugged(container, plugged);
        etc.resolverChanged(container, stay);
        serve(container, stay, bundle);
        publish(container, stay);
        StayFile.write(bundle, stay);
        events.publish(plugged.network(), container, "connect");
    }

    /** Where it is reached from outside now; it may have lost, or got, that place. */
    private void publish(Container container, Stay stay) throws IOException {
        var outward = stay.outward();
        if (outward.isEmpty()) return;
        if (stay.ports.isEmpty()) publishing.take(container, stay, outward.get().network());
        open(stay);
    }

    private void open(Stay stay) throws IOException {
        stay.lead();
        bridges.firewall().open(stay.rules());
    }

    private Bundle bundle(Container container) {
        return new Bundle(container.id(), bundles.resolve(container.id()));
    }

    @Override
    public void disconnect(Caller caller, String container, String network, boolean force) {
        LocalEngine.perform(
                "disconnect container " + TextRule.shown(container),
                () -> {
                    var found = found(caller.tenant(), network);
                    var entry =
                            force ? connected(caller, container) : lookup.find(caller, container);
                    entry.lock.lock();
                    try (var _ = inFlight.begin()) {
                        Life.refuseGone(entry);
                        disconnect(entry, found);
                    } finally {
                        entry.lock.unlock();
                    }
                });
    }

    /** Of a container that is gone nothing is on a network: Docker's words for that. */
    private ContainerEntry connected(Caller caller, String container) {
        try {
            return lookup.find(caller, container);
        } catch (EngineException.NotFound e) {
            throw new EngineException.NotFound(
                    "endpoint " + TextRule.shown(container) + " not found");
        }
    }

    private void disconnect(ContainerEntry entry, Network network) throws IOException {
        var before = entry.container();
        if (network.driver() == Network.Driver.HOST) refuse(before, network);
        var attachments = new ArrayList<>(before.spec().network().attachments());
        if (!attachments.removeIf(each -> each.network().equals(network.id()))) {
            throw new EngineException.Denied(
                    "container "
                            + before.id()
                            + " is not connected to the network "
                            + network.name());
        }
        var after = on(before, attachments);
        StateFile.write(entry.directory, after);
        entry.become(after);
        var stay = stays.of(before.id());
        if (before.isRunning() && stay.isPresent()) {
            unplug(after, stay.get(), network);
        } else {
            events.publish(network, after, "disconnect");
        }
    }

    private void unplug(Container container, Stay stay, Network network) throws IOException {
        var plugged = stay.on(network).orElse(null);
        if (plugged == null) return;
        var bundle = bundle(container);
        if (plugged.plug().isDefault()) bridges.firewall().close(stay.rules());
        Links.remove(plugged.plug().outside());
        synchronized (this) {
            stay.plugs.remove(plugged);
            stays.give(plugged);
        }
        if (plugged.plug().isDefault()) moveDefault(container, stay, bundle);
        etc.unplugged(container, plugged);
        etc.resolverChanged(container, stay);
        StayFile.write(bundle, stay);
        events.publish(plugged.network(), container, "disconnect");
    }

    private void moveDefault(Container container, Stay stay, Bundle bundle) throws IOException {
        chooseDefault(container, stay);
        var next = stay.outward();
        if (next.isEmpty()) {
            unpublish(stay);
            return;
        }
        Links.makeDefault(
                bridges.bridge(next.get().network()), bundle.networkNamespace(), next.get().plug());
        open(stay);
    }

    /** What had its address may be another container's soon. */
    private static void unpublish(Stay stay) throws IOException {
        for (var port : stay.ports) port.close();
        stay.ports.clear();
    }

    // --- the engine's start and end --------------------------------------------------------------

    /** A container that an earlier engine started, and that runs. */
    void recover(Container container, Bundle bundle) throws IOException {
        var content = StayFile.read(bundle);
        var stay = new Stay(container);
        for (var end : content.ends()) {
            var network = records.byId(container.tenant(), end.network());
            if (network.isEmpty()) {
                EngineLog.error(
                        "container "
                                + container.id()
                                + " is on a network that is gone: "
                                + end.network());
                continue;
            }
            var plugged = end.on(network.get());
            stay.plugs.add(plugged);
            stays.takeAgain(plugged);
        }
        stay.told = true;
        var open = content.ports().stream().map(StayFile.Opened::open).toList();
        for (var port : open) stay.ports.add(held(container, port, open));
        stays.add(stay);
        stay.lead();
        if (Files.exists(bundle.networkNamespace())) serve(container, stay, bundle);
    }

    /** Its connections go on, whoever has taken the port while there was no engine. */
    private static Stay.Published held(Container container, OpenPort open, List<OpenPort> all)
            throws IOException {
        if (Publishing.isHeldByAnother(open, all)) {
            return new Stay.Published(open, Optional.empty());
        }
        try {
            var held = HeldPort.take(open.protocol(), open.hostAddress(), open.hostPort());
            return new Stay.Published(open, Optional.of(held));
        } catch (BindException e) {
            EngineLog.error(
                    "port "
                            + open.hostPort()
                            + " of container "
                            + container.id()
                            + " is another program's, too: "
                            + e.getMessage());
            return new Stay.Published(open, Optional.empty());
        }
    }

    /**
     * Once all containers are known.
     *
     * @param isThere whether there is such a container
     */
    void recovered(Predicate<String> isThere) throws IOException {
        records.problems().forEach(EngineLog::error);
        try (var turn = claims.turn()) {
            turn.claim(records.subnets());
        }
        var open = stays.all().stream().flatMap(stay -> stay.rules().stream()).toList();
        var outsides =
                stays.all().stream()
                        .flatMap(stay -> stay.plugs.stream())
                        .map(each -> each.plug().outside())
                        .collect(Collectors.toSet());
        bridges.recover(used(), open, outsides);
        etc.sweep(isThere);
        watch.start();
    }

    private Collection<Network> used() {
        var ids = new HashSet<String>();
        return stays.all().stream()
                .flatMap(stay -> stay.plugs.stream())
                .map(Stay.Plugged::network)
                .filter(network -> ids.add(network.id()))
                .toList();
    }

    /** Containers go on, with their ports; names are answered again by the next engine. */
    void close() throws IOException {
        watch.close();
        for (var stay : stays.all()) {
            var resolver = stay.resolver;
            if (resolver != null) resolver.close();
            for (var port : stay.ports) port.close();
        }
        bridges.rest(used());
        try (var turn = claims.turn()) {
            turn.leave(); // where containers go on the host has routes
        }
    }
}
