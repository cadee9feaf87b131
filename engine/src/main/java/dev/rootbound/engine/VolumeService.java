package dev.rootbound.engine;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.Tenant;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.StateFiles;
import dev.rootbound.linux.Undo;
import dev.rootbound.rootfs.RootPath;
import dev.rootbound.rootfs.RootTree;
import dev.rootbound.rootfs.RootWriter;
import dev.rootbound.rootfs.VolumeTrees;
import dev.rootbound.runtime.Bundle;
import java.io.IOException;
import java.nio.channels.Channels;
import java.nio.channels.Pipe;
import java.nio.channels.ServerSocketChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.concurrent.locks.ReentrantLock;
import java.util.function.Predicate;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * The volumes of all tenants. A volume is there when its record is; a tree without one is removed
 * at the start. It stays as long as a container, running or not, uses it.
 */
final class VolumeService implements Volumes {
    private static final int TREE_DIGITS = 24;
    private static final long UNKNOWN_SIZE = -1;

    private final StateFiles files;
    private final VolumeTrees trees;
    private final VolumeBacking backing;
    private final EventLog events;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final Path bundles;
    private final List<String> problems;

    // all guarded by this
    private final Map<Key, Entry> volumes = new HashMap<>();
    private final Map<Key, Set<String>> users = new HashMap<>();

    /** The containers that have theirs mounted. */
    private final Set<String> mounted = new HashSet<>();

    /** The trees that containers of earlier engines have. */
    private final Set<String> mountedBefore = new HashSet<>();

    private record Key(Tenant tenant, String name) {}

    /**
     * @param madeFor the container with which it goes; empty: it stays
     * @param place held while another tree takes the place of its own, and while that is mounted
     */
    private record Entry(Volume volume, String madeFor, ReentrantLock place) {
        byte[] toJson() {
            return VolumeFile.write(new VolumeFile.Content(volume, madeFor));
        }
    }

    VolumeService(EngineParts parts, Binds binds, EventLog events, VolumeBacking.MemoryLimit limit)
            throws IOException {
        this.backing = new VolumeBacking(parts.volumes(), binds, parts.host().kernel(), limit);
        this.files = new StateFiles(parts.root().resolve("volumes"));
        this.trees = parts.volumes();
        this.bundles = parts.run().resolve("c");
        this.events = events;
        this.clock = parts.clock();
        this.random = parts.random();
        this.problems = files.readAll(this::read);
    }

    private void read(String tree, byte[] json) throws IOException {
        var content = VolumeFile.parse(json, trees.path(tree));
        var entry = new Entry(content.volume(), content.madeFor(), new ReentrantLock());
        var other = volumes.putIfAbsent(key(content.volume()), entry);
        if (other != null) {
            throw new IOException("has the name of the volume in " + other.volume().path());
        }
    }

    private static Key key(Volume volume) {
        return new Key(volume.tenant(), volume.name());
    }

    /**
     * Once all containers are known: removes what a dead engine left half made or removed.
     *
     * @param isThere whether there is such a container
     */
    void recover(Predicate<String> isThere) throws IOException {
        problems.forEach(EngineLog::error);
        if (!problems.isEmpty()) return; // what a damaged record needs must not be removed with it
        for (var entry : swept(isThere)) rest(entry, "");
    }

    /** Returns those that stay: containers end meanwhile, who come here with a volume's place. */
    private synchronized List<Entry> swept(Predicate<String> isThere) throws IOException {
        for (var entry : List.copyOf(volumes.values())) {
            boolean ownerless = !entry.madeFor().isEmpty() && !isThere.test(entry.madeFor());
            if (ownerless && users(entry).isEmpty()) removeUnused(entry.volume());
        }
        var known = new HashSet<>(mountedBefore);
        volumes.values().forEach(entry -> known.add(entry.volume().tree()));
        for (var tree : trees.list()) if (!known.contains(tree)) trees.remove(tree);
        return List.copyOf(volumes.values());
    }

    @Override
    public Volume create(Caller caller, String name, Making making) {
        return LocalEngine.attempt(
                "create volume " + name,
                () -> {
                    boolean anonymous = name.isEmpty();
                    var own = anonymous ? RandomId.next(random) : VolumeName.checked(name);
                    var bind = bind(caller, own, making);
                    synchronized (this) {
                        var key = new Key(caller.tenant(), own);
                        return create(key, new Wanted(anonymous, "", making, bind)).volume();
                    }
                });
    }

    /**
     * What a volume is to be that may be there already.
     *
     * @param bind what was found of its directory
     */
    private record Wanted(
            boolean anonymous, String madeFor, Making making, @Nullable BindMount bind) {}

    /** Without the lock: a directory of the host may be slow to open. */
    private @Nullable BindMount bind(Caller caller, String name, Making making) throws IOException {
        boolean there = known(caller.tenant(), name) != null;
        return there ? null : backing.bind(caller, VolumeOptions.parse(making.options()));
    }

    private synchronized @Nullable Entry known(Tenant tenant, String name) {
        return volumes.get(new Key(tenant, name));
    }

    /** With the lock held. */
    private Entry create(Key key, Wanted wanted) throws IOException {
        var known = volumes.get(key);
        if (known != null) return known;
        backing.refuseIfUnopened(key.name(), wanted.making().options(), wanted.bind());
        var tree = RandomId.next(random).substring(0, TREE_DIGITS);
        var volume =
                new Volume(
                        key.name(),
                        key.tenant(),
                        clock.instant(),
                        wanted.anonymous(),
                        wanted.making().labels(),
                        wanted.making().options(),
                        wanted.bind(),
                        trees.path(tree));
        var entry = new Entry(volume, wanted.madeFor(), new ReentrantLock());
        try (var undo = new Undo()) {
            undo.on(() -> trees.remove(tree));
            trees.create(tree);
            Failpoint.reach("volume.tree-made");
            undo.on(() -> files.delete(tree)); // it may be there though it is not durable
            files.write(tree, entry.toJson());
            undo.keep();
        }
        volumes.put(key(volume), entry);
        events.publish(volume, "create");
        return entry;
    }

    @Override
    public Volume find(Caller caller, String name) {
        return entry(caller, name).volume();
    }

    private synchronized Entry entry(Caller caller, String name) {
        var entry = volumes.get(new Key(caller.tenant(), name));
        if (entry != null) return entry;
        throw new EngineException.NotFound("get " + TextRule.shown(name) + ": no such volume");
    }

    @Override
    public synchronized List<Volume> list(Caller caller) {
        return volumes.values().stream()
                .map(Entry::volume)
                .filter(volume -> volume.tenant().equals(caller.tenant()))
                .sorted(Comparator.comparing(Volume::name))
                .toList();
    }

    @Override
    public synchronized Map<String, List<String>> users(Caller caller) {
        var byName = new TreeMap<String, List<String>>();
        for (var volume : list(caller)) {
            byName.put(volume.name(), List.copyOf(users.getOrDefault(key(volume), Set.of())));
        }
        return byName;
    }

    @Override
    public void remove(Caller caller, String name, boolean force) {
        LocalEngine.perform(
                "remove volume " + name,
                () -> {
                    try {
                        removeUnused(entry(caller, name).volume());
                    } catch (EngineException.NotFound e) {
                        if (!force) throw e;
                    }
                });
    }

    private void removeUnused(Volume volume) throws IOException {
        synchronized (this) {
            var now = volumes.get(key(volume));
            if (now == null || !now.volume().tree().equals(volume.tree())) { // another by that name
                throw new EngineException.NotFound("get " + volume.name() + ": no such volume");
            }
            var using = users.getOrDefault(key(volume), Set.of());
            if (!using.isEmpty()) {
                throw new EngineException.Conflict(
                        "remove " + volume.name() + ": volume is in use - " + using);
            }
            // first of what goes: without it the tree is a leftover that the next engine removes
            files.delete(volume.tree());
            volumes.remove(key(volume));
        }
        try {
            Failpoint.reach("volume.record-deleted");
        } finally { // nobody else does before the next start
            trees.remove(volume.tree());
        }
        events.publish(volume, "destroy");
    }

    @Override
    public long size(Volume volume) {
        if (!volume.options().isEmpty()) return UNKNOWN_SIZE;
        try {
            return written(volume);
        } catch (IOException e) { // removed meanwhile, or too deep to be walked
            return UNKNOWN_SIZE;
        }
    }

    /** Bytes in the files of a volume that has no options. */
    long written(Volume volume) throws IOException {
        return trees.tree(volume.tree()).writtenSize();
    }

    @Override
    public Pruned prune(Caller caller, Predicate<Volume> which) {
        var names = new ArrayList<String>();
        long reclaimed = 0;
        var using = users(caller);
        for (var volume : list(caller)) {
            boolean used = !using.getOrDefault(volume.name(), List.of()).isEmpty();
            if (used || !volume.options().isEmpty() || !which.test(volume)) continue;
            try {
                long bytes = size(volume);
                LocalEngine.perform("remove volume " + volume.name(), () -> removeUnused(volume));
                names.add(volume.name());
                reclaimed += Math.max(0, bytes);
            } catch (EngineException.Conflict | EngineException.NotFound e) {
                // by now a container uses it, or somebody else has removed it
            }
        }
        events.publishPrune(caller.tenant(), Events.Type.VOLUME, reclaimed);
        return new Pruned(names, reclaimed);
    }

    /** A container that an earlier engine made. */
    synchronized void recover(Container container) {
        if (container.isRunning()) mounted.add(container.id());
        for (var mount : container.spec().volumes()) {
            add(container, mount);
            mountedBefore.add(tree(mount.source()));
        }
    }

    private void add(Container container, VolumeMount mount) {
        users.computeIfAbsent(new Key(container.tenant(), mount.volume()), _ -> new TreeSet<>())
                .add(container.id());
    }

    /**
     * Makes the volumes of a container that are not there, gives each that is empty what the image
     * has at its place, and keeps them until {@link #release}.
     *
     * @param root the container's files
     * @param undo of the container's creation
     * @return the container, which knows where its volumes are
     */
    Container hold(Caller caller, Container container, RootTree root, Undo undo)
            throws IOException {
        if (container.spec().volumes().isEmpty()) return container;
        var made = new ArrayList<Volume>();
        undo.on(() -> giveUp(container, made));
        var mounts = new ArrayList<VolumeMount>();
        for (var mount : container.spec().volumes()) {
            var name = VolumeName.checked(mount.volume());
            var madeFor = mount.anonymous() ? container.id() : "";
            var bind = bind(caller, name, mount.making());
            var wanted = new Wanted(mount.anonymous(), madeFor, mount.making(), bind);
            var entry = hold(container, mount, wanted, made);
            refuseHosts(caller, entry.volume());
            if (isFilled(entry, mount)) fill(entry, container, root, mount.target());
            mounts.add(mount.of(entry.volume()));
        }
        return container.withSpec(container.spec().with(spec -> spec.volumes = mounts));
    }

    /** What a user of the host has named is not for who calls from a container. */
    private static void refuseHosts(Caller caller, Volume volume) {
        var bind = volume.bind();
        if (!caller.leased() || bind == null) return;
        if (bind.caller() == null || !bind.caller().leased()) {
            throw new EngineException.Denied(
                    "volume "
                            + volume.name()
                            + " is a directory of the host: a caller in a container is nobody"
                            + " there");
        }
    }

    /** What is somebody's directory, or is there for a moment only, has no image's files. */
    private static boolean isFilled(Entry entry, VolumeMount mount) {
        boolean stored = entry.volume().options().isEmpty();
        return stored && !mount.noCopy() && mount.subpath().isEmpty();
    }

    private synchronized Entry hold(
            Container container, VolumeMount mount, Wanted wanted, List<Volume> made)
            throws IOException {
        var key = new Key(container.tenant(), mount.volume());
        boolean known = volumes.containsKey(key);
        var entry = create(key, wanted);
        if (!known) made.add(entry.volume());
        add(container, mount);
        return entry;
    }

    private void giveUp(Container container, List<Volume> made) throws IOException {
        release(container);
        for (var volume : made) {
            try {
                removeUnused(volume);
            } catch (EngineException.Conflict | EngineException.NotFound e) {
                // another container has begun to use it, or somebody has removed it
            }
        }
    }

    /** As Docker: what the image has there is the volume's first content. */
    private void fill(Entry entry, Container container, RootTree root, String target)
            throws IOException {
        entry.place().lock();
        try {
            var tree = entry.volume().tree();
            if (!trees.isEmpty(tree) || isMounted(entry, container.id())) return;
            var path = (TargetRule.plain(target) + "/.").getBytes(StandardCharsets.UTF_8);
            try (var from = root.find(path)) {
                copy(from, tree);
            } catch (NoSuchFileException e) {
                // nothing is there
            }
        } finally {
            entry.place().unlock();
        }
    }

    /** Whether another container that uses it runs, or starts: then it has a bundle. */
    private synchronized boolean isMounted(Entry entry, String container) {
        return users(entry).stream()
                .filter(id -> !id.equals(container))
                .anyMatch(id -> Files.exists(bundles.resolve(id)));
    }

    private void copy(RootPath from, String tree) throws IOException {
        var pipe = Pipe.open();
        Together.all(
                () -> {
                    try (var in = Channels.newInputStream(pipe.source())) {
                        trees.fill(tree, in);
                    }
                },
                () -> {
                    try (var out = Channels.newOutputStream(pipe.sink())) {
                        from.archive(out, () -> {});
                    }
                });
    }

    /**
     * Mounts a container's volumes, in the order of its spec; those that are directories of the
     * host are {@link Binds}'.
     */
    void mount(Container container, IdMaps ids, Bundle bundle) throws IOException {
        var mounts = container.spec().volumes();
        for (int i = 0; i < mounts.size(); i++) {
            var mount = mounts.get(i);
            var entry = entry(Caller.of(container.tenant()), mount.volume());
            if (mount.bind() == null) mount(entry, mount, ids, bundle.mount(i));
        }
        haveMounted(container);
        for (var mount : mounts) {
            var entry = known(container.tenant(), mount.volume());
            if (entry != null) events.publishMount(entry.volume(), container, mount);
        }
    }

    private synchronized void haveMounted(Container container) {
        mounted.add(container.id());
    }

    private synchronized boolean hadMounted(Container container) {
        return mounted.remove(container.id());
    }

    /** Shows the files of a volume at a path that does not exist yet. */
    private void mount(Entry entry, VolumeMount mount, IdMaps ids, Path target) throws IOException {
        var tree = tree(mount.source());
        entry.place().lock();
        try {
            backing.ready(entry.volume());
            trees.mount(ids, new VolumeTrees.View(tree, mount.subpath(), target, mount.readOnly()));
        } catch (NoSuchFileException e) {
            throw new EngineException.Invalid(
                    "volume "
                            + mount.volume()
                            + " has no "
                            + TextRule.shown(mount.subpath())
                            + " to mount: make it there first",
                    e);
        } finally {
            entry.place().unlock();
        }
    }

    /** After a container's end or failed start, when its bundle is gone or will be nobody's. */
    void ended(Container container) throws IOException {
        boolean had = hadMounted(container);
        for (var mount : container.spec().volumes()) {
            var entry = known(container.tenant(), mount.volume());
            if (entry == null) continue; // it went with the container
            if (had) events.publishUnmount(entry.volume(), container);
            rest(entry, container.id());
        }
    }

    /** What is in memory goes with the last container that has it. */
    private void rest(Entry entry, String ended) throws IOException {
        entry.place().lock();
        try {
            if (isMounted(entry, ended)) {
                backing.kept(entry.volume());
            } else {
                backing.rest(entry.volume());
            }
        } finally {
            entry.place().unlock();
        }
    }

    /** The files of a container's volume, to be read. */
    RootTree tree(VolumeMount mount) {
        return trees.tree(tree(mount.source()));
    }

    /** Shows the part of a volume that a container has, at a path that does not exist yet. */
    void mountAlone(Container container, VolumeMount mount, IdMaps ids, Path target)
            throws IOException {
        mount(entry(Caller.of(container.tenant()), mount.volume()), mount, ids, target);
    }

    /** The same, to be written. */
    RootWriter writer(Container container, VolumeMount mount) throws IOException {
        var entry = entry(Caller.of(container.tenant()), mount.volume());
        entry.place().lock();
        try {
            backing.refuseUnlessThere(entry.volume(), isMounted(entry, ""));
            return trees.writer(tree(mount.source()));
        } finally {
            entry.place().unlock();
        }
    }

    /** Listens in a volume of a container that does not run. */
    ServerSocketChannel listen(VolumeMount mount, String name, Builds.Owner owner)
            throws IOException {
        var tree = tree(mount.source());
        return trees.listen(tree, name, owner.uid(), owner.gid(), owner.mode());
    }

    private static String tree(String source) {
        return source.substring(source.lastIndexOf('/') + 1);
    }

    /** Before a container is deleted: the volumes that were made for it stay without it. */
    synchronized void keep(Container container) throws IOException {
        for (var entry : madeFor(container)) keep(entry);
    }

    private void keep(Entry entry) throws IOException {
        var kept = new Entry(entry.volume(), "", entry.place());
        files.write(entry.volume().tree(), kept.toJson());
        volumes.put(key(entry.volume()), kept);
    }

    /** Of a container, also of one whose spec is not known any more. */
    private synchronized List<Entry> madeFor(Container container) {
        return volumes.values().stream()
                .filter(entry -> entry.madeFor().equals(container.id()))
                .toList();
    }

    /** When a container is deleted: it uses none any more. */
    synchronized void release(Container container) {
        users.values().forEach(ids -> ids.remove(container.id()));
        users.values().removeIf(Set::isEmpty);
    }

    /** After that: the volumes that were made for it go with it. */
    void removeOwn(Container container) {
        for (var entry : madeFor(container)) {
            try {
                removeOrKeep(entry);
            } catch (IOException e) { // the next engine removes it
                EngineLog.error("remove volume " + entry.volume().name(), e);
            }
        }
    }

    private void removeOrKeep(Entry entry) throws IOException {
        try {
            removeUnused(entry.volume());
        } catch (EngineException.NotFound e) {
            // somebody else has removed it
        } catch (EngineException.Conflict e) { // another container has it by --volumes-from
            synchronized (this) {
                keep(entry);
            }
        }
    }

    private Set<String> users(Entry entry) {
        return users.getOrDefault(key(entry.volume()), Set.of());
    }
}
