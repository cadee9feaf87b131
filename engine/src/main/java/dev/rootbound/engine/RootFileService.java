package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.rootbound.image.Compression;
import dev.rootbound.rootfs.CopyRules;
import dev.rootbound.rootfs.RootPath;
import dev.rootbound.rootfs.RootTree;
import dev.rootbound.rootfs.RootWriter;
import dev.rootbound.rootfs.Snapshots;
import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.nio.file.NoSuchFileException;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Containers' files, from the store. */
final class RootFileService implements RootFiles {
    private final Lookup lookup;
    private final Start start;
    private final Snapshots snapshots;
    private final MountFiles mounts;
    private final EtcSetup etc;
    private final TenantLimiter limiter;
    private final EventLog events;

    RootFileService(
            Lookup lookup,
            Start start,
            Snapshots snapshots,
            MountFiles mounts,
            EtcSetup etc,
            TenantLimiter limiter,
            EventLog events) {
        this.limiter = limiter;
        this.lookup = lookup;
        this.start = start;
        this.snapshots = snapshots;
        this.mounts = mounts;
        this.etc = etc;
        this.events = events;
    }

    private RootTree tree(Container container) throws IOException {
        return snapshots.tree(container.id(), container.layers());
    }

    @Override
    public List<Change> changes(Caller caller, String name) {
        var container = lookup.find(caller, name).container();
        return LocalEngine.attempt(
                "changes of container " + container.name(),
                () -> tree(container).changes().stream().map(RootFileService::change).toList());
    }

    private static Change change(RootTree.Change change) {
        var kind =
                switch (change.kind()) {
                    case MODIFIED -> Kind.MODIFIED;
                    case ADDED -> Kind.ADDED;
                    case DELETED -> Kind.DELETED;
                };
        return new Change(change.path(), kind);
    }

    @Override
    public void export(Caller caller, String name, OutputStream tar) {
        var entry = lookup.find(caller, name);
        var container = entry.container();
        LocalEngine.perform(
                "export container " + container.name(),
                () -> tree(container).export(tar, () -> refuseDeleted(entry)));
        events.publish(container, "export");
    }

    private static void refuseDeleted(ContainerEntry entry) throws IOException {
        if (entry.isDeleted()) {
            throw new IOException("it was deleted meanwhile");
        }
    }

    @Override
    public Found find(Caller caller, String name, byte[] path) {
        var entry = lookup.find(caller, name);
        var container = entry.container();
        return located(
                "find " + shown(path) + " in container " + container.name(),
                path,
                name,
                () -> {
                    var found = find(container, path);
                    try {
                        return new FoundPath(entry, found, stat(found));
                    } catch (IOException e) {
                        found.close();
                        throw e;
                    }
                });
    }

    /** In a volume or bind mount, if the path leads into one. */
    private RootPath find(Container container, byte[] path) throws IOException {
        var root = tree(container);
        var place = MountPlace.of(container, path, etc.of(container), root);
        return place.isEmpty() ? root.find(path) : mounts.find(container, place.get(), path);
    }

    /** What is copied into is a directory, also through a link. */
    private static byte[] entered(byte[] path) {
        var entered = Arrays.copyOf(path, path.length + 1);
        entered[path.length] = '/';
        return entered;
    }

    private static PathStat stat(RootPath found) throws IOException {
        var stat = found.stat();
        return new PathStat(
                found.name(),
                stat.size(),
                stat.mode(),
                Instant.ofEpochSecond(stat.mtimeSeconds(), stat.mtimeNanos()),
                found.linkTarget());
    }

    /** Docker's words for a path that leads nowhere. */
    private static <T extends @Nullable Object> T located(
            String what, byte[] path, String container, LocalEngine.Attempt<T> action) {
        return LocalEngine.attempt(
                what,
                () -> {
                    try {
                        return action.run();
                    } catch (NoSuchFileException e) {
                        throw new EngineException.NotFound(
                                "Could not find the file "
                                        + shown(path)
                                        + " in container "
                                        + container);
                    }
                });
    }

    private static String shown(byte[] path) {
        return TextRule.shown(new String(path, UTF_8));
    }

    private final class FoundPath implements Found {
        private final ContainerEntry entry;
        private final RootPath path;
        private final PathStat stat;

        FoundPath(ContainerEntry entry, RootPath path, PathStat stat) {
            this.entry = entry;
            this.path = path;
            this.stat = stat;
        }

        @Override
        public PathStat stat() {
            return stat;
        }

        @Override
        public void archive(OutputStream tar) {
            var container = entry.container();
            LocalEngine.perform(
                    "copy " + stat.name() + " from container " + container.name(),
                    () -> path.archive(tar, () -> refuseDeleted(entry)));
            events.publish(container, "archive-path");
        }

        @Override
        public void close() {
            LocalEngine.perform("close " + stat.name(), path::close);
        }
    }

    @Override
    public void copy(Caller caller, String name, byte[] path, Copying how, InputStream archive) {
        var entry = lookup.find(caller, name);
        var container = entry.container();
        located(
                "copy to " + shown(path) + " in container " + container.name(),
                path,
                name,
                () -> {
                    limiter.refuseFull(container.tenant(), "copy to " + container.name());
                    var own = etc.of(container);
                    var files = tree(container);
                    var place = MountPlace.of(container, entered(path), own, files);
                    var mounted =
                            MountPlace.below(
                                    container,
                                    entered(path),
                                    place,
                                    own,
                                    files,
                                    it -> mounts.real(container, it));
                    var rules =
                            new CopyRules(
                                    how.keepKinds(),
                                    how.asUser() ? owner(entry) : null,
                                    mounted.keySet());
                    try (var writing = begin(entry, place)) {
                        var below = place.map(MountPlace::path).orElse(path);
                        writing.root.checkDirectory(below);
                        refuseReadOnly(container, place);
                        var apart = copy(writing, below, rules, archive);
                        for (var file : apart.entrySet()) {
                            var mount = requireNonNull(mounted.get(file.getKey()));
                            mounts.write(container, mount, file.getValue());
                        }
                    }
                    return path;
                });
        events.publish(container, "extract-to-dir");
    }

    private static void refuseReadOnly(Container container, Optional<MountPlace> place) {
        if (place.isPresent() && place.get().mount().readOnly()) {
            throw new EngineException.Denied("mounted volume is marked read-only");
        }
        if (place.isEmpty() && container.spec().readOnlyRoot()) {
            throw new EngineException.Denied("container rootfs is marked read-only");
        }
    }

    /** What the files are to have that are mounted below. */
    private static Map<String, byte[]> copy(
            Writing writing, byte[] path, CopyRules rules, InputStream archive) throws IOException {
        try (var tar = Compression.decompress(writing.copy.reading(archive))) {
            var apart = writing.root.unpack(tar, path, rules);
            tar.transferTo(OutputStream.nullOutputStream()); // where a decompressor verifies
            return apart;
        } catch (IOException e) {
            throw writing.copy.explained(e);
        }
    }

    @Override
    public Owner user(Caller caller, String name) {
        var entry = lookup.find(caller, name);
        return LocalEngine.attempt(
                "find the user of container " + entry.container().name(),
                () -> {
                    var owner = owner(entry);
                    return owner == null ? new Owner(0, 0) : new Owner(owner.uid(), owner.gid());
                });
    }

    private CopyRules.@Nullable Owner owner(ContainerEntry entry) throws IOException {
        var user = entry.container().spec().user();
        if (user.isEmpty()) {
            return null;
        }
        try (var writing = begin(entry, Optional.empty())) {
            var found = start.user(entry.container(), writing.root, writing.root.ids(), user);
            return new CopyRules.Owner(found.uid(), found.gid());
        }
    }

    /** An open root file system, and the right to write in it. */
    private record Writing(Copies.Copy copy, RootWriter root) implements AutoCloseable {
        @Override
        public void close() throws IOException {
            try (copy) {
                root.close();
            }
        }
    }

    private Writing begin(ContainerEntry entry, Optional<MountPlace> place) throws IOException {
        entry.lock.lock();
        try {
            Life.refuseGone(entry);
            var root =
                    place.isEmpty() ? open(entry) : mounts.writer(entry.container(), place.get());
            return new Writing(entry.copies.begin(), root);
        } finally {
            entry.lock.unlock();
        }
    }

    private RootWriter open(ContainerEntry entry) throws IOException {
        var live = entry.live();
        if (live != null) {
            return live.root().writer(live.lease().ids());
        }
        entry.copies.finish(); // two overlays with the same upper directory destroy it
        return snapshots.writer(entry.container().id(), entry.container().layers());
    }
}
