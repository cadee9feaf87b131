package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.network.Addresses;
import dev.rootbound.network.ResolverConf;
import dev.rootbound.rootfs.EtcFiles;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** Writes the files of a container that say who and where it is, anew at each start. */
final class EtcSetup {
    private static final String HOST_GATEWAY = "host-gateway";
    private static final int DNS = 53;

    /** Where the engine's own server listens in the container. */
    private static final String SERVER = "127.0.0.11";

    private final EtcFiles files;
    private final Stays stays;
    private final Containers containers;

    /** By container; what an earlier engine wrote is not touched. */
    private final Map<String, String> written = new ConcurrentHashMap<>();

    EtcSetup(EtcFiles files, Stays stays, Containers containers) {
        this.files = files;
        this.stays = stays;
        this.containers = containers;
    }

    void write(Container container, Stay stay) throws IOException {
        var spec = container.spec();
        var lines = new ArrayList<EtcText.Line>();
        for (var plugged : stay.plugs) lines.addAll(own(container, plugged));
        for (var plugged : stay.plugs) lines.addAll(links(container, plugged));
        for (var extra : spec.network().extraHosts()) lines.addAll(extra(extra, stay));
        files.write(container.id(), EtcFiles.HOSTS, EtcText.hosts(lines));
        files.write(container.id(), EtcFiles.HOSTNAME, spec.hostname() + "\n");
        writeResolver(container, stay);
    }

    /** Where it is on one network. */
    private static List<EtcText.Line> own(Container container, Stay.Plugged plugged) {
        var spec = container.spec();
        var whole = spec.hostname() + "." + spec.domainname();
        var names = spec.domainname().isEmpty() ? spec.hostname() : whole + " " + spec.hostname();
        return lines(plugged, names);
    }

    private static List<EtcText.Line> lines(Stay.Plugged plugged, String names) {
        var lines = new ArrayList<EtcText.Line>();
        var plug = plugged.plug();
        if (plug.ip4() != null) lines.add(new EtcText.Line(Addresses.text(plug.ip4()), names));
        if (plug.ip6() != null) lines.add(new EtcText.Line(Addresses.text(plug.ip6()), names));
        return lines;
    }

    /** On the default network names are found here alone: there is no server for them. */
    private List<EtcText.Line> links(Container container, Stay.Plugged plugged) {
        var lines = new ArrayList<EtcText.Line>();
        if (plugged.network().hasNames()) return lines;
        var links = EndpointNames.asked(container, plugged.network()).links();
        links.forEach((name, alias) -> {
            var other = containers.seek(container.tenant(), name).map(ContainerEntry::container);
            var there =
                    other.flatMap(each -> stays.of(each.id()))
                            .flatMap(stay -> stay.on(plugged.network()));
            if (there.isEmpty()) {
                throw new EngineException.Conflict(
                        "Cannot link to a non running container: " + name + " AS " + alias);
            }
            var names = Stream.of(alias, name, other.orElseThrow().shortId()).distinct();
            lines.addAll(lines(there.get(), names.collect(Collectors.joining(" "))));
        });
        return lines;
    }

    private static List<EtcText.Line> extra(String extra, Stay stay) {
        int colon = extra.indexOf(':');
        var name = extra.substring(0, colon);
        var address = extra.substring(colon + 1);
        if (!address.equals(HOST_GATEWAY)) {
            return List.of(new EtcText.Line(Addresses.text(Addresses.parse(address)), name));
        }
        return stay.plugs.stream()
                .findFirst()
                .map(plugged ->
                        plugged.network().subnets().stream()
                                .map(Network.Subnet::gateway)
                                .map(gateway -> new EtcText.Line(Addresses.text(gateway), name))
                                .toList())
                .orElseThrow(() ->
                        new EngineException.Invalid(
                                "--add-host "
                                        + extra
                                        + ": the container is on no network that"
                                        + " leads to the host"));
    }

    /**
     * The host's own settings, but for what is asked for. Without a server of the host's that can
     * be reached from elsewhere, the engine asks for the container.
     */
    private static ResolverConf resolver(Container container, Stay stay) throws IOException {
        var asked = container.spec().network();
        var host = ResolverConf.ofHost();
        var search = asked.dnsSearch().isEmpty() ? host.search() : asked.dnsSearch();
        var options =
                new ArrayList<>(asked.dnsOptions().isEmpty() ? host.options() : asked.dnsOptions());
        var servers = direct(container, host);
        if (isServed(stay, servers)) {
            servers = List.of(SERVER);
            boolean said = options.stream().anyMatch(option -> option.startsWith("ndots:"));
            if (!said) options.add("ndots:0");
        }
        return new ResolverConf(servers, search.equals(List.of(".")) ? List.of() : search, options);
    }

    /** The servers that the container can ask by itself. */
    private static List<String> direct(Container container, ResolverConf host) {
        var asked = container.spec().network().dns();
        if (!asked.isEmpty()) return asked;
        boolean hosts = container.spec().isolation().networkMode().equals(Network.HOST);
        return host.addresses().stream()
                .filter(server -> hosts || isReached(server))
                .map(Addresses::text)
                .toList();
    }

    private static boolean isReached(InetAddress server) {
        return !server.isLoopbackAddress() && !server.isLinkLocalAddress();
    }

    /** Whether the engine's own server answers it. */
    static boolean isServed(Container container, Stay stay) throws IOException {
        return isServed(stay, direct(container, ResolverConf.ofHost()));
    }

    private static boolean isServed(Stay stay, List<String> direct) {
        if (stay.plugs.stream().anyMatch(each -> each.network().hasNames())) return true;
        return !stay.plugs.isEmpty() && direct.isEmpty();
    }

    /** Whom that server asks; nobody, where nothing but the networks is to be reached. */
    static List<InetSocketAddress> upstream(Container container, Stay stay) throws IOException {
        if (stay.outward().isEmpty()) return List.of();
        var asked = container.spec().network().dns();
        var servers =
                asked.isEmpty()
                        ? ResolverConf.ofHost().addresses()
                        : asked.stream()
                                .map(Addresses::parse)
                                .filter(server -> !server.isLinkLocalAddress())
                                .toList();
        return servers.stream().map(server -> new InetSocketAddress(server, DNS)).toList();
    }

    /** On a further network. What the container has written in its file stays. */
    void plugged(Container container, Stay.Plugged plugged) throws IOException {
        var hosts = files.read(container.id(), EtcFiles.HOSTS);
        files.write(container.id(), EtcFiles.HOSTS, EtcText.with(hosts, own(container, plugged)));
    }

    void unplugged(Container container, Stay.Plugged plugged) throws IOException {
        var hosts = files.read(container.id(), EtcFiles.HOSTS);
        files.write(
                container.id(), EtcFiles.HOSTS, EtcText.without(hosts, own(container, plugged)));
    }

    /** When its networks have changed, unless it has a file of its own making. */
    void resolverChanged(Container container, Stay now) throws IOException {
        var there = files.read(container.id(), EtcFiles.RESOLVER);
        if (there.equals(written.get(container.id()))) writeResolver(container, now);
    }

    private void writeResolver(Container container, Stay stay) throws IOException {
        var text = resolver(container, stay).text();
        files.write(container.id(), EtcFiles.RESOLVER, text);
        written.put(container.id(), text);
    }

    /** Shows them, those of another container if its network is joined. */
    void mount(Container container, IdMaps ids, Bundle bundle) throws IOException {
        var whose = whose(container);
        var targets = new LinkedHashMap<String, Path>();
        for (var name : mounted(container)) targets.put(name, bundle.etc(name));
        if (!targets.isEmpty()) files.mount(whose, ids, targets);
    }

    private String whose(Container container) {
        var joined = Joins.of(container.spec().isolation()).network();
        if (joined.isEmpty()) return container.id();
        return containers.find(container.tenant(), joined).container().id();
    }

    /** The names of those that it has: none before its first start. */
    List<String> of(Container container) {
        try {
            var whose = whose(container);
            return mounted(container).stream()
                    .filter(name -> Files.exists(files.path(whose, name)))
                    .toList();
        } catch (EngineException.NotFound e) { // whom it joined is gone
            return List.of();
        }
    }

    /** Mounts one of those alone, beside the container. */
    void mountAlone(Container container, String name, IdMaps ids, Path target) throws IOException {
        files.mount(whose(container), ids, Map.of(name, target));
    }

    /** Writes one of those, also while the container runs. */
    void put(Container container, String name, byte[] content) throws IOException {
        files.write(whose(container), name, content);
    }

    /** Those in whose place the container has nothing of its own. */
    static List<String> mounted(Container container) {
        var spec = container.spec();
        var own = new ArrayList<String>();
        spec.binds().forEach(bind -> own.add(TargetRule.plain(bind.target())));
        spec.volumes().forEach(volume -> own.add(TargetRule.plain(volume.target())));
        return EtcFiles.NAMES.stream().filter(name -> !own.contains("/etc/" + name)).toList();
    }

    /** Where each is on the host; of an inspection. */
    Networks.EtcPaths paths(Container container) {
        var id = container.id();
        return new Networks.EtcPaths(
                files.path(id, EtcFiles.HOSTS),
                files.path(id, EtcFiles.HOSTNAME),
                files.path(id, EtcFiles.RESOLVER));
    }

    void remove(String container) throws IOException {
        files.remove(container);
        written.remove(container);
    }

    /** Removes what no container has. */
    void sweep(Predicate<String> isThere) throws IOException {
        for (var id : files.list()) if (!isThere.test(id)) files.remove(id);
    }
}
