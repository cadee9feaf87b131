package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.StateFiles;
import dev.rootbound.network.Cidr;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The networks that there are, of all tenants, durable. Thread-safe. */
final class NetworkRecords {
    private final StateFiles files;
    private final Path root;
    private final List<String> problems;

    // guarded by this
    private final Map<String, Network> byId = new TreeMap<>();

    /**
     * @param root the engine's, whose predefined networks differ from another's
     */
    NetworkRecords(Path root) throws IOException {
        this.root = root;
        this.files = new StateFiles(root.resolve("networks"));
        this.problems = files.readAll(this::read);
    }

    private void read(String id, byte[] json) throws IOException {
        var network = NetworkFile.parse(id, json);
        var same = named(network.tenant(), network.name());
        if (same.isPresent()) throw new IOException("has the name of network " + same.get().id());
        byId.put(id, network);
    }

    /** What was found damaged. */
    List<String> problems() {
        return problems;
    }

    /** Those that are not made, but there: each tenant's {@code host} and {@code none}. */
    List<Network> fixed(Tenant tenant) {
        return List.of(
                fixed(tenant, Network.HOST, Network.Driver.HOST),
                fixed(tenant, Network.NONE, Network.Driver.NONE));
    }

    private Network fixed(Tenant tenant, String name, Network.Driver driver) {
        return new Network(
                id(tenant, name),
                name,
                tenant,
                Instant.EPOCH,
                driver,
                List.of(),
                false,
                false,
                Map.of(),
                Map.of());
    }

    /** The same at each start. */
    String id(Tenant tenant, String name) {
        return digest(root + " " + tenant.uid() + " " + name);
    }

    static String digest(String text) {
        return Digest.of(text.getBytes(StandardCharsets.UTF_8)).hex();
    }

    synchronized Optional<Network> named(Tenant tenant, String name) {
        return of(tenant).stream().filter(network -> network.name().equals(name)).findFirst();
    }

    /** Asked for each container of a list. */
    synchronized Optional<Network> byId(Tenant tenant, String id) {
        var made = byId.get(id);
        if (made != null) return Optional.of(made).filter(each -> each.tenant().equals(tenant));
        return fixed(tenant).stream().filter(network -> network.id().equals(id)).findFirst();
    }

    /** By id, name or a unique prefix of the id. */
    synchronized Optional<Network> seek(Tenant tenant, String text) {
        var exact = byId(tenant, text).or(() -> named(tenant, text));
        if (exact.isPresent() || text.isEmpty()) return exact;
        var matches = of(tenant).stream().filter(each -> each.id().startsWith(text)).toList();
        if (matches.size() > 1) {
            throw new EngineException.Invalid(
                    "network "
                            + TextRule.shown(text)
                            + " is ambiguous ("
                            + matches.size()
                            + " matches found on ID prefix)");
        }
        return matches.stream().findFirst();
    }

    /** Newest first. */
    synchronized List<Network> of(Tenant tenant) {
        var own = new ArrayList<>(fixed(tenant));
        byId.values().stream().filter(each -> each.tenant().equals(tenant)).forEach(own::add);
        own.sort(Comparator.comparing(Network::created).reversed());
        return own;
    }

    synchronized List<Network> all() {
        return List.copyOf(byId.values());
    }

    synchronized Collection<Cidr> subnets() {
        return byId.values().stream()
                .flatMap(network -> network.subnets().stream())
                .map(Network.Subnet::cidr)
                .toList();
    }

    /** With the lock of its maker held, so that no other takes its name or subnet meanwhile. */
    void add(Network network) throws IOException {
        files.write(network.id(), NetworkFile.write(network));
        Failpoint.reach("network.recorded");
        synchronized (this) {
            byId.put(network.id(), network);
        }
    }

    void remove(Network network) throws IOException {
        files.delete(network.id());
        synchronized (this) {
            byId.remove(network.id());
        }
        Failpoint.reach("network.unrecorded");
    }
}
