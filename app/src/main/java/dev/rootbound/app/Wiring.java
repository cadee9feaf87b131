package dev.rootbound.app;

import dev.rootbound.engine.EngineException;
import dev.rootbound.engine.EngineLock;
import dev.rootbound.engine.EngineParts;
import dev.rootbound.engine.FileClaims;
import dev.rootbound.engine.Host;
import dev.rootbound.engine.PolicyInForce;
import dev.rootbound.engine.Remap;
import dev.rootbound.engine.SubnetClaims;
import dev.rootbound.idmap.HostIds;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.image.ContentStore;
import dev.rootbound.image.Images;
import dev.rootbound.linux.Processes;
import dev.rootbound.registry.Registries;
import dev.rootbound.registry.RegistrySettings;
import dev.rootbound.rootfs.EtcFiles;
import dev.rootbound.rootfs.HostMounts;
import dev.rootbound.rootfs.Layers;
import dev.rootbound.rootfs.OverlaySnapshots;
import dev.rootbound.rootfs.VolumeTrees;
import dev.rootbound.runtime.Monitors;
import dev.rootbound.runtime.Tools;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.SecureRandom;
import java.time.Clock;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** The parts of an engine, put together; reads like the arrows of ARCHITECTURE.md. */
final class Wiring implements AutoCloseable {
    private static final String POOL_USER = "rootbound";

    /** Of registries; the others' too, so that nobody has to copy them. */
    private static final List<Path> CERTIFICATES =
            List.of(
                    Path.of("/etc/rootbound/certs.d"),
                    Path.of("/etc/containers/certs.d"),
                    Path.of("/etc/docker/certs.d"));

    private static final Path ETC = Path.of("/etc");

    private static final String CLOSED = "rwx------";

    /** The runtime, as a container's root, searches the way to its bundle; nobody lists it. */
    private static final String SEARCH_ONLY = "rwx--x--x";

    private final EngineParts parts;
    private final Layers layers;

    private Wiring(EngineParts parts, Layers layers) {
        this.parts = parts;
        this.layers = layers;
    }

    /**
     * Refuses, without making anything, whom {@link #open} would refuse: an ordinary user, and a
     * second engine on the root. Programs and ids are left to {@link #open}, for the launcher has
     * seen to them, and looking again would cost each start 100 ms.
     */
    static void check(Configuration c) throws IOException {
        refuseOrdinaryUser();
        checkHosts(c, PolicyInForce.read(c.policy()));
        if (Files.exists(c.root().resolve("lock"))) EngineLock.take(c.root()).close();
    }

    /** Refuses addresses at which nobody could be told. */
    private static void checkHosts(Configuration c, PolicyInForce policy) {
        var tls = c.tls();
        boolean certified = tls != null && tls.authorities() != null;
        for (var host : c.hosts()) {
            if (!host.startsWith("tcp://")) continue;
            try {
                policy.get().clients().check(host, certified);
            } catch (EngineException e) {
                throw new CliException(ExitCodes.ENGINE, String.valueOf(e.getMessage()));
            }
        }
    }

    static Wiring open(Configuration c) throws IOException {
        refuseOrdinaryUser();
        var host = Host.read();
        var environment = System.getenv();
        var tools =
                Tools.find(
                        environment.getOrDefault("PATH", "/usr/sbin:/usr/bin:/sbin:/bin"),
                        host.unifiedCgroups());
        directory(c.root(), SEARCH_ONLY);
        var lock = EngineLock.take(c.root());
        directory(c.run(), SEARCH_ONLY);
        var pool = ownLines();
        var remap = remap(c); // its user's lines, which it may write, are none of the pool's
        var policy = PolicyInForce.read(c.policy());
        checkHosts(c, policy);
        var content = new ContentStore(c.root().resolve("content"));
        var images = new Images(c.root().resolve("images"), content);
        var store = directory(c.root().resolve("store"), CLOSED);
        var layers =
                new Layers(
                        store.resolve("l"),
                        c.root().resolve("layers"),
                        () -> policy.get().maxLayerSize());
        var snapshots =
                new OverlaySnapshots(
                        store,
                        directory(c.run().resolve("staging"), CLOSED),
                        layer -> "l/" + layers.directory(layer));
        snapshots.check();
        var monitors =
                new Monitors(
                        tools,
                        directory(c.run().resolve("runtime"), CLOSED),
                        host.unifiedCgroups());
        var parts =
                new EngineParts(
                        lock,
                        Version.TEXT,
                        c.root(),
                        c.run(),
                        host,
                        tools,
                        monitors,
                        pool(pool, remap),
                        pool.stream()
                                .map(r -> POOL_USER + ":" + r.first() + ":" + r.size())
                                .collect(Collectors.joining(" ")),
                        remap,
                        content,
                        images,
                        layers,
                        new Registries(registries(c, environment)),
                        snapshots,
                        new SubnetClaims(SubnetClaims.SHARED, c.root()),
                        new VolumeTrees(store),
                        new EtcFiles(store),
                        new HostMounts(
                                directory(c.run().resolve("covers"), CLOSED),
                                List.of(c.root(), c.run())),
                        ETC,
                        sockets(c),
                        damaged(images, layers),
                        policy,
                        environment,
                        Clock.systemUTC(),
                        new SecureRandom());
        return new Wiring(parts, layers);
    }

    private static @Nullable Remap remap(Configuration c) throws IOException {
        return c.usernsRemap() == null
                ? null
                : Remap.of(c.usernsRemap(), ETC, InstantSource.system());
    }

    private static RegistrySettings registries(Configuration c, Map<String, String> environment) {
        return new RegistrySettings(
                CERTIFICATES,
                c.insecureRegistries(),
                c.registryMirrors(),
                environment,
                "rootbound/" + Version.TEXT);
    }

    private static Set<Path> sockets(Configuration c) {
        return c.hosts().stream()
                .filter(host -> host.startsWith("unix://"))
                .map(host -> Path.of(host.substring("unix://".length())).toAbsolutePath())
                .collect(Collectors.toSet());
    }

    private static List<String> damaged(Images images, Layers layers) {
        return Stream.concat(images.problems().stream(), layers.damaged().stream()).toList();
    }

    private static void refuseOrdinaryUser() throws IOException {
        if (Processes.ownUid() != 0) {
            throw new CliException(
                    ExitCodes.ENGINE,
                    "the engine runs as root; an engine run by an ordinary user is not built yet");
        }
    }

    private static Path directory(Path path, String mode) throws IOException {
        Files.createDirectories(path);
        Files.setPosixFilePermissions(path, PosixFilePermissions.fromString(mode));
        return path;
    }

    /** The pool: what both files give to user rootbound. */
    private static List<IdRange> ownLines() throws IOException {
        var uids = subids("/etc/subuid").rangesOf(POOL_USER, -1);
        var gids = subids("/etc/subgid").rangesOf(POOL_USER, -1);
        var both = uids.stream().filter(gids::contains).toList();
        if (both.isEmpty()) {
            throw new CliException(
                    ExitCodes.ENGINE,
                    "no host ids to lease to containers: add the line"
                            + " \"rootbound:1879048192:268304384\" to /etc/subuid and /etc/subgid");
        }
        return both;
    }

    private static IdPool pool(List<IdRange> own, @Nullable Remap remap) throws IOException {
        var reserved = new ArrayList<IdRange>();
        if (remap != null) reserved.addAll(remap.ids().outside());
        reserved.addAll(subids("/etc/subuid").rangesOfOthers(POOL_USER, -1));
        reserved.addAll(subids("/etc/subgid").rangesOfOthers(POOL_USER, -1));
        return new IdPool(
                own,
                reserved,
                HostIds.of(text("/etc/passwd"), text("/etc/group")),
                new FileClaims(FileClaims.SHARED));
    }

    private static SubidFile subids(String file) throws IOException {
        return SubidFile.parse(text(file), file);
    }

    private static String text(String file) throws IOException {
        try {
            return Files.readString(Path.of(file));
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    EngineParts parts() {
        return parts;
    }

    @Override
    public void close() {
        layers.close();
    }
}
