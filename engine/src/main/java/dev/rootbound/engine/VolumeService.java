package dev.rootbound.engine;

import dev.rootbound.idmap.IdRange;
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
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
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

/**
 * The volumes of all tenants. A volume is there when its record is; a tree without one is removed
 * at the start. It stays as long as a container, running or not, uses it.
 */
final class VolumeService implements Volumes {
    private static final int TREE_DIGITS = 24;

    private final StateFiles files;
    private final VolumeTrees trees;
    private final EventLog events;
    private final InstantSource clock;
    private final RandomGenerator random;
    private final List<String> problems;

    // both guarded by this
    private final Map<Key, Entry> volumes = new HashMap<>();
    private final Map<Key, Set<String>> users = new HashMap<>();

    private record Key(Tenant tenant, String name) {}

    /**
     * @param madeFor the container with which it goes; empty: it stays
     * @param filling held while files are copied into it
     */
    private record Entry(Volume volume, String madeFor, ReentrantLock filling) {
        byte[] toJson(boolean isFilling) {
            return VolumeFile.write(new VolumeFile.Content(volume, madeFor, isFilling));
        }
    }

    VolumeService(EngineParts parts, EventLog events) throws IOException {
        this.files = new StateFiles(parts.root().resolve("volumes"));
        this.trees = parts.volumes();
        this.events = events;
        this.clock = parts.clock();
        this.random = parts.random();
        this.problems = files.readAll(this::read);
    }

    private void read(String tree, byte[] json) throws IOException {
        var content = VolumeFile.parse(json, trees.path(tree));
        if (!Files.isDirectory(content.volume().path())) {
            throw new IOException("there is no " + content.volume().path());
        }
        if (content.filling()) { // by an engine that died: nobody has it yet
            trees.remove(tree);
            trees.create(tree);
            var empty = new VolumeFile.Content(content.volume(), content.madeFor(), false);
            files.write(tree, VolumeFile.write(empty));
        }
        var entry = new Entry(content.volume(), content.madeFor(), new ReentrantLock());
        volumes.put(key(content.volume()), entry);
    }

    private static Key key(Volume volume) {
        return new Key(volume.tenant(), volume.name());
    }

    /**
     * Once all containers are known: removes what a dead engine left half made or removed.
     *
     * @param isThere whether there is such a container
     */
    synchronized void recover(Predicate<String> isThere) throws IOException {
        problems.forEach(EngineLog::error);
        if (!problems.isEmpty()) return; // what a damaged record needs must not be removed with it
        for (var entry : List.copyOf(volumes.values())) {
            boolean ownerless = !entry.madeFor().isEmpty() && !isThere.test(entry.madeFor());
            if (ownerless && users(entry).isEmpty()) removeUnused(entry.volume());
        }
        var known = new HashSet<String>();
        volumes.values().forEach(entry -> known.add(entry.volume().tree()));
        for (var tree : trees.list()) if (!known.contains(tree)) trees.remove(tree);
    }

    @Override
    public Volume create(Caller caller, String name, Map<String, String> labels) {
        return LocalEngine.attempt(
                "create volume " + name,
                () -> {
                    synchronized (this) {
                        boolean anonymous = name.isEmpty();
                        var own = anonymous ? VolumeName.fresh(random) : VolumeName.checked(name);
                        return create(caller.tenant(), own, anonymous, "", labels).volume();
                    }
                });
    }

    /** With the lock held. */
    private Entry create(
            Tenant tenant,
            String name,
            boolean anonymous,
            String madeFor,
            Map<String, String> labels)
            throws IOException {
        var known = volumes.get(new Key(tenant, name));
        if (known != null) return known;
        var tree = VolumeName.fresh(random).substring(0, TREE_DIGITS);
        var volume = new Volume(name, tenant, clock.instant(), anonymous, labels, trees.path(tree));
        var entry = new Entry(volume, madeFor, new ReentrantLock());
        try (var undo = new Undo()) {
            undo.on(() -> trees.remove(tree));
            trees.create(tree);
            Failpoint.reach("volume.tree-made");
            files.write(tree, entry.toJson(false));
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
            var using = users.getOrDefault(key(volume), Set.of());
            if (!using.isEmpty()) {
                throw new EngineException.Conflict(
                        "remove " + volume.name() + ": volume is in use - " + using);
            }
            // first of what goes: without it the tree is a leftover that the next engine removes
            files.delete(volume.tree());
            volumes.remove(key(volume));
        }
        Failpoint.reach("volume.record-deleted");
        trees.remove(volume.tree());
        events.publish(volume, "destroy");
    }

    @Override
    public long size(Volume volume) {
        return LocalEngine.attempt(
                "size of volume " + volume.name(), () -> trees.tree(volume.tree()).writtenSize());
    }

    @Override
    public Pruned prune(Caller caller, Predicate<Volume> which) {
        var names = new ArrayList<String>();
        long reclaimed = 0;
        for (var volume : list(caller)) {
            if (!which.test(volume)) continue;
            try {
                long bytes = size(volume);
                LocalEngine.perform("remove volume " + volume.name(), () -> removeUnused(volume));
                names.add(volume.name());
                reclaimed += bytes;
            } catch (EngineException.Conflict e) {
                // a container uses it
            }
        }
        events.publishPrune(caller.tenant(), Events.Type.VOLUME, reclaimed);
        return new Pruned(names, reclaimed);
    }

    /** A container that an earlier engine made. */
    synchronized void recover(Container container) {
        for (var mount : container.spec().volumes()) add(container, mount);
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
    Container hold(Container container, RootTree root, Undo undo) throws IOException {
        if (container.spec().volumes().isEmpty()) return container;
        var made = new ArrayList<Volume>();
        undo.on(() -> giveUp(container, made));
        var mounts = new ArrayList<VolumeMount>();
        for (var mount : container.spec().volumes()) {
            var entry = hold(container, mount, made);
            if (!mount.noCopy()) fill(entry, root, mount.target());
            mounts.add(mount.withSource(entry.volume().path().toString()));
        }
        return container.withSpec(container.spec().with(spec -> spec.volumes = mounts));
    }

    private synchronized Entry hold(Container container, VolumeMount mount, List<Volume> made)
            throws IOException {
        boolean known = volumes.containsKey(new Key(container.tenant(), mount.volume()));
        boolean anonymous = mount.anonymous();
        var name = VolumeName.checked(mount.volume());
        var madeFor = anonymous ? container.id() : "";
        var entry = create(container.tenant(), name, anonymous, madeFor, Map.of());
        if (!known) made.add(entry.volume());
        add(container, mount);
        return entry;
    }

    private void giveUp(Container container, List<Volume> made) throws IOException {
        forget(container);
        for (var volume : made) {
            try {
                removeUnused(volume);
            } catch (EngineException.Conflict e) {
                // another container has begun to use it
            }
        }
    }

    /** As Docker: what the image has there is the volume's first content. */
    private void fill(Entry entry, RootTree root, String target) throws IOException {
        entry.filling().lock();
        try {
            var volume = entry.volume();
            if (!trees.isEmpty(volume.tree())) return;
            var path = (TargetRule.plain(target) + "/.").getBytes(StandardCharsets.UTF_8);
            try (var from = root.find(path)) {
                files.write(volume.tree(), entry.toJson(true));
                copy(from, volume.tree());
                files.write(volume.tree(), entry.toJson(false));
            } catch (NoSuchFileException e) {
                // nothing is there
            }
        } finally {
            entry.filling().unlock();
        }
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

    /** What a container's volumes are mounted at, in the order of its spec. */
    void mount(Container container, IdRange ids, Bundle bundle) throws IOException {
        var views = new ArrayList<VolumeTrees.View>();
        for (var mount : container.spec().volumes()) {
            var target = Files.createDirectory(bundle.mount(views.size()));
            views.add(new VolumeTrees.View(tree(mount.source()), target, mount.readOnly()));
        }
        trees.mount(ids, views);
    }

    /** The files of a container's volume, to be read. */
    RootTree tree(VolumeMount mount) {
        return trees.tree(tree(mount.source()));
    }

    /** The same, to be written. */
    RootWriter writer(VolumeMount mount) throws IOException {
        return trees.writer(tree(mount.source()));
    }

    private static String tree(String source) {
        return source.substring(source.lastIndexOf('/') + 1);
    }

    /** Before a container is deleted: the volumes that were made for it stay without it. */
    synchronized void keep(Container container) throws IOException {
        for (var entry : madeFor(container)) {
            var kept = new Entry(entry.volume(), "", entry.filling());
            files.write(entry.volume().tree(), kept.toJson(false));
            volumes.put(key(entry.volume()), kept);
        }
    }

    private List<Entry> madeFor(Container container) {
        var entries = new ArrayList<Entry>();
        for (var mount : container.spec().volumes()) {
            var entry = volumes.get(new Key(container.tenant(), mount.volume()));
            if (entry != null && entry.madeFor().equals(container.id())) entries.add(entry);
        }
        return entries;
    }

    /** When a container was deleted: the volumes that were made for it go with it. */
    void release(Container container) {
        if (container.spec().volumes().isEmpty()) return;
        List<Entry> own;
        synchronized (this) {
            forget(container);
            own = madeFor(container);
        }
        for (var entry : own) {
            try {
                removeUnused(entry.volume());
            } catch (EngineException.Conflict e) {
                // another container has it by --volumes-from, and it goes with none
            } catch (IOException e) { // the next engine removes it
                EngineLog.error("remove volume " + entry.volume().name(), e);
            }
        }
    }

    private Set<String> users(Entry entry) {
        return users.getOrDefault(key(entry.volume()), Set.of());
    }

    private synchronized void forget(Container container) {
        for (var mount : container.spec().volumes()) {
            users.computeIfPresent(
                    new Key(container.tenant(), mount.volume()),
                    (_, ids) -> {
                        ids.remove(container.id());
                        return ids.isEmpty() ? null : ids;
                    });
        }
    }
}
