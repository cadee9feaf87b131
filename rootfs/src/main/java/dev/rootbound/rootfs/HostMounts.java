package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;
import static java.util.Objects.requireNonNull;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Credentials;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.HostPath;
import dev.rootbound.linux.MountLine;
import dev.rootbound.linux.MountTable;
import dev.rootbound.linux.Mounts;
import dev.rootbound.linux.UserNamespace;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.ArrayList;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * Files of the host that a container is shown: id-mapped copies of their mounts, nosuid and nodev
 * (Linux 5.12). What is mounted below a source is copied mount by mount, each id-mapped too; what
 * cannot be (proc, sysfs, FUSE …), what the user has no way to, and the engine's own directories
 * are covered by something empty: what a mount hides on the host stays hidden. Only the engine's
 * own socket is shown as it is on disk, and read-only.
 */
public final class HostMounts {
    /** Of all tenants together there are /proc/sys/fs/mount-max. */
    private static final int MOST_BELOW = 1000;

    /** For the user, or for anybody: what was there is gone, or not a directory any more. */
    private static final List<Integer> NO_WAY =
            List.of(Errno.EACCES, Errno.ENOENT, Errno.ENOTDIR, Errno.ELOOP, Errno.EXDEV);

    private static final long SAFE = Mounts.NOSUID | Mounts.NODEV;

    private final Path emptyDirectory;
    private final Path emptyFile;
    private final List<String> own;

    /**
     * @param covers an existing directory closed to others, for what covers
     * @param own the engine's existing directories
     */
    public HostMounts(Path covers, List<Path> own) throws IOException {
        var real = new ArrayList<String>();
        for (var path : own) real.add(Bytes.text(path.toRealPath().toString().getBytes(UTF_8)));
        this.own = List.copyOf(real);
        this.emptyDirectory = covers.resolve("empty");
        this.emptyFile = covers.resolve("empty-file");
        Files.createDirectories(emptyDirectory);
        Files.setPosixFilePermissions(emptyDirectory, PosixFilePermissions.fromString("r-xr-xr-x"));
        if (!Files.exists(emptyFile)) Files.createFile(emptyFile);
        Files.setPosixFilePermissions(emptyFile, PosixFilePermissions.fromString("r--r--r--"));
    }

    /**
     * What the ids on disk are in the container.
     *
     * @param uids inside to disk
     * @param gids inside to disk
     * @param container inside to the host
     * @param outsiders uids on disk that are nobody's in the container, and yet known to the mount:
     *     what they own can be written as its group and others may; all else that is not mapped
     *     cannot, whatever its mode
     */
    public record Ids(IdMap uids, IdMap gids, IdMaps container, List<Long> outsiders) {
        /** Where nobody's files are nobody's to write. */
        public Ids withoutOutsiders() {
            return new Ids(uids, gids, container, List.of());
        }

        private UserNamespace namespace() throws IOException {
            var known = new StringBuilder();
            for (long uid : outsiders) known.append(uid + " " + uid + " 1\n");
            return UserNamespace.create(
                    uids.seenAs(container.uids()) + known, gids.seenAs(container.gids()));
        }
    }

    /** What may be written. */
    public enum Access {
        ALL,
        NOTHING,
        /** What is mounted below the source. */
        BELOW
    }

    /**
     * How a source is shown.
     *
     * @param target where in the engine's run directory; made, as what the source is
     * @param below whether what is mounted below is shown
     * @param ids {@code null}: as on disk
     */
    public record View(Path target, Access access, boolean below, @Nullable Ids ids) {}

    /**
     * Mounts a source.
     *
     * @param source opened by {@link HostPath}
     * @param user with whose rights what is mounted below is looked for
     * @throws ErrnoException of mount_setattr(2): EINVAL if this file system's ids cannot be
     *     mapped, EPERM if they are mapped already
     */
    public void mount(Fd source, Credentials user, View view) throws IOException {
        boolean directory = source.stat().isDirectory();
        if (directory) {
            Files.createDirectory(view.target());
        } else {
            Files.createFile(view.target());
        }
        try (var namespace = view.ids() == null ? null : view.ids().namespace()) {
            boolean writable = view.access() == Access.ALL;
            attach(source, view, changes(namespace, writable));
            if (directory) {
                boolean below = view.access() != Access.NOTHING;
                var changes = view.below() ? changes(namespace, below) : null;
                new Below(source, user, changes).mount(view.target());
            }
        }
    }

    /** Whether a path, as {@link HostPath#real} tells it, leads into the engine's directories. */
    public boolean isOwn(String path) {
        return own.stream().anyMatch(each -> MountLine.isBelow(path, each));
    }

    private List<MountLine> others(List<MountLine> mounts) {
        return mounts.stream().filter(mount -> !isOwn(mount.path())).toList();
    }

    private static void attach(Fd source, View view, Mounts.Changes changes) throws ErrnoException {
        try (var target = Fd.open(view.target(), At.O_PATH)) {
            Mounts.attach(source, target, changes);
        }
    }

    private static Mounts.Changes changes(@Nullable UserNamespace namespace, boolean writable) {
        var changes = Mounts.Changes.of(writable ? SAFE : SAFE | Mounts.RDONLY);
        return namespace == null ? changes : changes.seenThrough(namespace.user());
    }

    private interface Action {
        void on(Fd place) throws IOException;
    }

    /** What is mounted below a source. */
    private final class Below {
        private final Fd source;
        private final Credentials user;
        private final Mounts.@Nullable Changes changes;

        /**
         * @param changes {@code null}: nothing of it is shown
         */
        Below(Fd source, Credentials user, Mounts.@Nullable Changes changes) {
            this.source = source;
            this.user = user;
            this.changes = changes;
        }

        void mount(Path target) throws IOException {
            var top = HostPath.real(source);
            var prefix = top.equals("/") ? top : top + "/";
            try (var copy = Fd.open(target, At.O_PATH)) {
                for (var path : own) {
                    if (path.startsWith(prefix))
                        at(copy, path.substring(prefix.length()), this::cover);
                }
                var below = others(MountTable.read().below(top));
                if (below.size() > MOST_BELOW) {
                    throw new IOException(
                            Bytes.show(top)
                                    + " has "
                                    + below.size()
                                    + " mounts below it: "
                                    + MOST_BELOW
                                    + " are the most; mount what is needed of it");
                }
                for (var mount : below) {
                    var path = mount.path().substring(prefix.length());
                    at(copy, path, place -> show(mount, path, place));
                }
            }
        }

        /**
         * Unless it is in what is covered, was moved meanwhile, or lies in a directory that is
         * closed to others and not mapped: no process of the container gets there either.
         */
        private static void at(Fd copy, String path, Action action) throws IOException {
            try (var place = HostPath.below(copy, Bytes.of(path))) {
                action.on(place);
            } catch (ErrnoException e) {
                if (!NO_WAY.contains(e.errno())) throw e;
            }
        }

        private void show(MountLine mount, String path, Fd place) throws IOException {
            if (changes == null || !shown(mount, Bytes.of(path), place)) cover(place);
        }

        private boolean shown(MountLine mount, byte[] path, Fd place) throws IOException {
            try (var root = HostPath.below(source, path, user)) {
                if (MountTable.id(root) != mount.id()) return true; // another is mounted over it
                Mounts.attach(root, place, requireNonNull(changes));
                return true;
            } catch (ErrnoException e) {
                if (isUnmappable(e) || NO_WAY.contains(e.errno())) return false;
                throw e; // such as too many mounts: the files would seem to be gone
            }
        }

        private static boolean isUnmappable(ErrnoException e) {
            return e.call().equals("mount_setattr")
                    && List.of(Errno.EINVAL, Errno.EPERM).contains(e.errno());
        }

        private void cover(Fd place) throws ErrnoException {
            var with = place.stat().isDirectory() ? emptyDirectory : emptyFile;
            try (var empty = Fd.open(with, At.O_PATH)) {
                Mounts.attach(empty, place, Mounts.Changes.of(SAFE | Mounts.RDONLY));
            }
        }
    }
}
