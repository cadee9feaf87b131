package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import dev.rootbound.image.BuildStep;
import dev.rootbound.image.Image;
import dev.rootbound.image.Reference;
import dev.rootbound.image.StepCache;
import dev.rootbound.image.StepCommit;
import dev.rootbound.image.StepExport;
import dev.rootbound.image.StepFiles;
import dev.rootbound.image.StepSource;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.oci.Digest;
import dev.rootbound.oci.Platform;
import dev.rootbound.registry.Credentials;
import dev.rootbound.rootfs.LayerRules;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collection;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Consumer;
import org.jspecify.annotations.Nullable;

/** Steps of builds, made of containers and images. */
final class BuildService implements Builds {
    private static final Digest NOTHING = Digest.of("scratch".getBytes(StandardCharsets.UTF_8));

    /** How a container of a step is made. */
    interface Making {
        String make(Caller caller, Image files, ContainerSpec spec, Secrets secrets)
                throws IOException;
    }

    /** So many bytes are written between two looks at what the tenant may have. */
    private static final long PIECE = 16 << 20;

    private final EngineParts parts;
    private final Lookup lookup;
    private final Life life;
    private final ImageService images;
    private final TransferService transfers;
    private final TenantLimiter limiter;
    private final InFlight inFlight;
    private final EventLog events;
    private final Making making;
    private final PermanentBlocks blocks;
    private final HostSockets sockets;
    private final VolumeService volumes;
    private final StepCommit steps;
    private final Path directory;

    /** Steps that builds which go on have, as often as they have them. Guarded by itself. */
    private final Map<Step, Integer> had = new HashMap<>();

    /** Bytes that builds have on disk besides what they make, by tenant. Guarded by itself. */
    private final Map<Long, Long> held = new HashMap<>();

    /** A tenant's step, by its key or its image's id. */
    private record Step(long tenant, Digest key) {}

    BuildService(
            EngineParts parts,
            Lookup lookup,
            Life life,
            ImageService images,
            TransferService transfers,
            TenantLimiter limiter,
            InFlight inFlight,
            EventLog events,
            PermanentBlocks blocks,
            Binds binds,
            VolumeService volumes,
            Making making)
            throws IOException {
        this.parts = parts;
        this.lookup = lookup;
        this.life = life;
        this.images = images;
        this.transfers = transfers;
        this.limiter = limiter;
        this.inFlight = inFlight;
        this.events = events;
        this.blocks = blocks;
        this.sockets = new HostSockets(binds);
        this.volumes = volumes;
        this.making = making;
        this.steps = new StepCommit(parts.images(), parts.content(), parts.layers(), parts.clock());
        this.directory = parts.root().resolve("build");
        Life.removeDirectory(directory); // what a dead engine left
        Files.createDirectory(directory, LocalEngine.closed());
    }

    /** Bytes of contexts and the like that a tenant's builds have on disk now. */
    long held(Tenant tenant) {
        synchronized (held) {
            return held.getOrDefault(tenant.uid(), 0L);
        }
    }

    @Override
    public Build begin(Caller caller) {
        return new Session(caller);
    }

    @Override
    public Path directory() {
        return directory;
    }

    @Override
    public long largest() {
        return parts.layers().maxSize();
    }

    @Override
    public Map<Digest, Cached> cache(Caller caller) {
        long tenant = caller.tenant().uid();
        var layers = parts.images().layers(tenant);
        var all = new HashMap<Digest, Cached>();
        parts.images()
                .steps(tenant)
                .forEach((key, step) -> all.put(key, cached(tenant, key, step, layers)));
        return all;
    }

    private Cached cached(long tenant, Digest key, BuildStep step, Set<Digest> layers) {
        var added =
                parts.images().find(tenant, step.image().hex()).stream()
                        .flatMap(image -> image.layers().stream())
                        .reduce((_, last) -> last);
        long size = added.map(Image.Layer::size).orElse(0L);
        boolean shared = added.isPresent() && layers.contains(added.get().diffId());
        synchronized (had) {
            boolean inUse = had.containsKey(new Step(tenant, key));
            return new Cached(step, size, shared, inUse);
        }
    }

    @Override
    public long forget(Caller caller, Collection<Digest> keys) {
        long tenant = caller.tenant().uid();
        return LocalEngine.attempt(
                "prune the build cache",
                () -> {
                    synchronized (had) {
                        return forget(tenant, free(tenant, keys));
                    }
                });
    }

    @Override
    public void save(Caller caller, StepCache steps, ImageFiles.Destination to) {
        var export = new StepExport(parts.images(), parts.content(), parts.layers());
        LocalEngine.attempt(
                "save a build cache",
                () ->
                        LocalEngine.interruptible(() -> {
                            export.save(caller.tenant().uid(), steps, to::open);
                            return null;
                        }));
    }

    /** What other steps have replaced is only for the builds that have begun with it. */
    private void forgetReplaced(long tenant) {
        if (had.keySet().stream().anyMatch(step -> step.tenant == tenant)) return;
        LocalEngine.attempt(
                "forget replaced steps of builds",
                () -> {
                    var replaced = parts.images().replacedSteps(tenant);
                    return replaced.isEmpty() ? 0 : forget(tenant, replaced);
                });
    }

    /** Those that no build has. */
    private List<Digest> free(long tenant, Collection<Digest> keys) {
        return keys.stream().filter(key -> !had.containsKey(new Step(tenant, key))).toList();
    }

    private long forget(long tenant, List<Digest> keys) throws IOException {
        var stored = parts.images();
        var sizes = new HashMap<Digest, Long>();
        for (var key : keys) {
            steps.made(tenant, key).stream()
                    .flatMap(files -> files.image().layers().stream())
                    .forEach(layer -> sizes.put(layer.diffId(), layer.size()));
        }
        var unused = stored.removeSteps(tenant, keys);
        stored.dropUnused(unused, parts.layers());
        sizes.keySet().retainAll(unused);
        return sizes.values().stream().mapToLong(Long::longValue).sum();
    }

    private final class Session implements Build {
        private final Caller caller;
        private final long tenant;

        /** Whether any image that it has is not host root's own. */
        private volatile boolean inside;

        // both guarded by held
        private long own;
        private long unjudged = PIECE;

        /** Guarded by {@link #had}. */
        private final Set<Digest> keys = new HashSet<>();

        private final BuildCaches caches = new BuildCaches();

        Session(Caller caller) {
            this.caller = caller;
            this.tenant = caller.tenant().uid();
        }

        /**
         * Who is in one of root's containers can choose what a step finds in the network: host root
         * is not to find that in its cache.
         */
        private Digest own(Digest key) {
            if (tenant != 0 || caller.isHostRoot()) return key;
            return Digest.of(("inside " + key).getBytes(StandardCharsets.UTF_8));
        }

        private void has(Digest key) {
            synchronized (had) {
                if (keys.add(key)) had.merge(new Step(tenant, key), 1, Integer::sum);
            }
        }

        /** Also if another build gives its key to what it makes. */
        private StepFiles has(StepFiles files) {
            has(files.image().id());
            return files;
        }

        @Override
        public void uses(Image image) {
            if (images.inside().has(image)) inside = true;
        }

        @Override
        public void holds(long bytes) {
            synchronized (held) {
                own += bytes;
                held.merge(tenant, bytes, Long::sum);
                unjudged += Math.max(0, bytes);
                if (unjudged < PIECE || bytes < 0) return;
                unjudged = 0;
            }
            LocalEngine.perform("build", () -> limiter.refuseFull(caller.tenant(), "build"));
        }

        /** The last of its block: the first stands for root. */
        @Override
        public long stranger() {
            return LocalEngine.attempt(
                    "find ids for programs of builds",
                    () -> {
                        var block = blocks.of(caller.tenant());
                        var uids = block.uids().getLast();
                        return uids.first() + uids.size() - 1;
                    });
        }

        /** What a client of another host calls by this path is not what is here. */
        @Override
        public HostSocket socket(String path) {
            if (caller.isElsewhere()) {
                throw new EngineException.Denied(
                        "socket "
                                + TextRule.shown(path)
                                + ": who builds over tcp has its sockets on another host; build"
                                + " over the engine's own socket, or give a key as a secret");
            }
            return LocalEngine.worded("open a socket", () -> sockets.open(caller, path));
        }

        @Override
        public ServerSocketChannel listen(String id, String name, Owner owner) {
            var volume = lookup.findOwn(caller, id).container().spec().volumes().getFirst();
            return LocalEngine.worded("make a socket", () -> volumes.listen(volume, name, owner));
        }

        @Override
        public StepFiles nothing() {
            has(NOTHING);
            return LocalEngine.attempt(
                    "begin with no files", () -> steps.nothing(tenant, NOTHING, Platform.host()));
        }

        @Override
        public Optional<StepFiles> cached(Digest asked) {
            var key = own(asked);
            has(key); // before looking: none forgets it now
            return LocalEngine.attempt(
                    "look into the build cache",
                    () -> {
                        synchronized (had) {
                            return steps.made(tenant, key).map(this::has);
                        }
                    });
        }

        @Override
        public void takesFrom(String text, Credentials credentials) {
            var reference = LocalEngine.worded("cache", () -> Reference.parse(text));
            var name = reference.withDefaultTag();
            caches.add(name.familiar(), () -> transfers.steps(caller, name, credentials));
        }

        @Override
        public void takesFrom(InputStream archive, Consumer<String> warn) {
            try {
                limiter.refuseFull(caller.tenant(), "read a build cache");
                var read =
                        StepSource.archive(
                                parts.images(), parts.content(), parts.layers(), archive);
                caches.add("in a directory", () -> read);
            } catch (IOException | EngineException e) {
                warn.accept("cache in a directory: " + e.getMessage());
            }
        }

        @Override
        public Optional<StepFiles> imported(
                StepFiles on, Digest asked, String what, Consumer<String> warn) {
            var key = own(asked);
            has(key);
            return LocalEngine.attempt(
                    "look into other build caches",
                    () -> {
                        try (var _ = inFlight.begin()) {
                            return caches.find(
                                    asked, from -> imported(on, from, asked, key, what), warn);
                        }
                    });
        }

        private StepFiles imported(
                StepFiles on, StepSource from, Digest asked, Digest key, String what)
                throws IOException {
            limiter.refuseFull(caller.tenant(), "take a step from a build cache");
            return has(steps.imported(tenant, on.image().id(), from, asked, key, what));
        }

        @Override
        public void alias(Digest key, Digest other) {
            has(own(other));
            LocalEngine.perform(
                    "write the build cache", () -> steps.alias(tenant, own(key), own(other)));
        }

        @Override
        public String create(StepFiles files, ContainerSpec spec, Secrets secrets) {
            return LocalEngine.attempt(
                    "make a container of a build",
                    () -> {
                        try (var _ = inFlight.begin()) {
                            return making.make(caller, files.image(), spec, secrets);
                        }
                    });
        }

        @Override
        public StepFiles commit(
                String id,
                Digest asked,
                String what,
                LayerRules rules,
                @Nullable InputStream more) {
            var key = own(asked);
            has(key);
            var container = lookup.findOwn(caller, id).container();
            return LocalEngine.attempt(
                    "keep what " + what + " has made",
                    () -> {
                        try (var _ = inFlight.begin()) {
                            var made =
                                    steps.commit(
                                            tenant,
                                            container.imageId(),
                                            key,
                                            what,
                                            out -> moveInto(out, container, rules, more));
                            Failpoint.reach("build.committed");
                            return has(made);
                        }
                    });
        }

        /**
         * The container goes before its layer is unpacked and made durable: its files are then
         * never written to the disk.
         */
        private void moveInto(
                OutputStream layer,
                Container container,
                LayerRules rules,
                @Nullable InputStream more)
                throws IOException {
            parts.snapshots().tree(container.id(), container.layers()).pack(layer, rules, more);
            discard(container.id());
        }

        @Override
        public void discard(String id) {
            ContainerEntry entry;
            try {
                entry = lookup.findOwn(caller, id);
            } catch (EngineException.NotFound e) {
                return; // somebody was quicker
            }
            LocalEngine.perform(
                    "remove a container of a build",
                    () -> {
                        life.killIfRunning(entry);
                        life.deleteUnlessGone(entry, true);
                    });
        }

        @Override
        public Image finish(StepFiles files, byte[] config, List<String> names) {
            return LocalEngine.worded(
                    "make the image that was built",
                    () -> {
                        try (var _ = inFlight.begin()) {
                            return finished(files, config, names);
                        }
                    });
        }

        private Image finished(StepFiles files, byte[] config, List<String> names)
                throws IOException {
            var references =
                    names.stream().map(Reference::parse).map(Reference::withDefaultTag).toList();
            var image = steps.finish(tenant, files.image().id(), config, references);
            images.inside().built(caller, image, inside);
            for (var reference : references) {
                events.publish(caller.tenant(), image, "tag", reference.familiar());
            }
            return image;
        }

        @Override
        public void close() {
            synchronized (held) {
                held.computeIfPresent(tenant, (_, all) -> all > own ? all - own : null);
                own = 0;
            }
            try {
                forgetKeys();
            } finally {
                LocalEngine.perform("close build caches", caches::close);
            }
        }

        private void forgetKeys() {
            synchronized (had) {
                for (var key : keys) {
                    had.computeIfPresent(new Step(tenant, key), (_, n) -> n > 1 ? n - 1 : null);
                }
                keys.clear();
                forgetReplaced(tenant);
            }
        }
    }
}
