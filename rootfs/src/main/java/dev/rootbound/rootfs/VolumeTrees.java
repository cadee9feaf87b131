package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.MountTable;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.net.StandardProtocolFamily;
import java.net.UnixDomainSocketAddress;
import java.nio.channels.ServerSocketChannel;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The files of volumes. Each is a directory of the store, owned by the foreign range, and seen
 * under a container's lease through an id-mapped mount of its own, nosuid and nodev: so any
 * container, whatever its lease, has them as its own without a chown (Linux 5.12).
 *
 * <p>Lifecycle of a tree: {@link #create}, then {@link #mount} as often as containers start, {@link
 * #remove} when none has it mounted.
 */
public final class VolumeTrees {
    private static final String VOLUMES = "v";
    private static final long SAFE = Mounts.NOSUID | Mounts.NODEV;

    private final Path store;
    private final Path volumes;

    /**
     * @param store the closed directory that {@link OverlaySnapshots} has too
     */
    public VolumeTrees(Path store) throws IOException {
        this.store = store;
        this.volumes = store.resolve(VOLUMES);
        try (var dir = Dir.open(store)) {
            StoreDirectory.make(dir, VOLUMES, 0700);
        }
    }

    /** Where a tree is; only the engine can look. */
    public Path path(String id) {
        return volumes.resolve(id);
    }

    /** Makes an empty tree, the container's root's with mode 0755. */
    public void create(String id) throws IOException {
        try (var all = Dir.open(volumes)) {
            StoreDirectory.make(all, id, 0755);
        }
    }

    /** Whether nothing is in it. */
    public boolean isEmpty(String id) throws IOException {
        try (var tree = Dir.open(path(id))) {
            return tree.names().isEmpty();
        }
    }

    /**
     * Fills an empty tree, all or nothing, durably. It must not be mounted: another one takes its
     * place.
     *
     * @param tar of inside ids, as {@link RootPath#archive} writes it of a path that ends in {@code
     *     /.}; uncompressed, read to its end, and left open
     * @throws IOException also if something was written into it meanwhile
     */
    public void fill(String id, InputStream tar) throws IOException {
        try (var all = Dir.open(volumes);
                var tree = new UnfinishedTree(all, id)) {
            all.removeTree(Bytes.of(UnfinishedTree.PREFIX + id)); // a dead engine's
            var _ = tree.unpack(tar);
            tree.place();
            tree.keep();
            all.fd().syncfs();
        }
    }

    /**
     * A tree in a container, or a part of it.
     *
     * @param subpath found as a container finds it, whose root the tree is; empty: all
     * @param target outside of the container's control; made, as what is mounted there
     */
    public record View(String id, String subpath, Path target, boolean readOnly) {}

    /**
     * Mounts a tree.
     *
     * @throws NoSuchFileException if the subpath leads nowhere
     */
    public void mount(IdMaps ids, View view) throws IOException {
        long flags = SAFE | (view.readOnly() ? Mounts.RDONLY : 0);
        try (var namespace = StoreDirectory.seenAs(ids);
                var from = part(view)) {
            if (from.stat().isDirectory()) {
                Files.createDirectory(view.target());
            } else {
                Files.createFile(view.target());
            }
            try (var to = Fd.open(view.target(), At.O_PATH)) {
                Mounts.attach(from, to, Mounts.Changes.of(flags).seenThrough(namespace.user()));
            }
        }
    }

    private Fd part(View view) throws IOException {
        try (var tree = Dir.open(path(view.id()))) {
            var part = view.subpath().isEmpty() ? "." : view.subpath();
            return tree.inRoot(part.getBytes(UTF_8), At.O_PATH, 0);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) throw e;
            throw new NoSuchFileException(view.subpath());
        }
    }

    /**
     * Has a tree be in memory until {@link #dropMemory}: a tmpfs(5) over it, which is there for all
     * that mount it (Linux 6.3).
     *
     * @param settings its options, with owners as inside
     */
    public void fillFromMemory(String id, Map<String, String> settings) throws IOException {
        if (isInMemory(id)) return;
        var options = new ArrayList<String>();
        settings.forEach((name, value) -> {
            boolean owner = name.equals("uid") || name.equals("gid");
            long shift = owner ? IdRange.FOREIGN.first() : 0;
            options.add(name + "=" + (owner ? shift + Long.parseLong(value) : value));
        });
        var text = String.join(",", options);
        Mounts.mount("rootbound", path(id).toString(), "tmpfs", SAFE, text);
    }

    /** Whether a tree is in memory now. */
    public boolean isInMemory(String id) throws IOException {
        try (var all = Fd.open(volumes, At.O_PATH);
                var tree = Fd.open(path(id), At.O_PATH)) {
            return MountTable.id(tree) != MountTable.id(all);
        }
    }

    /** How many bytes a tree can have that is in memory; {@code Long.MAX_VALUE}: any number. */
    public long memory(String id) {
        long bytes = path(id).toFile().getTotalSpace();
        return bytes == 0 ? Long.MAX_VALUE : bytes; // tmpfs(5): size=0
    }

    /** It is empty again, once no container has it mounted; nothing in memory is fine. */
    public void dropMemory(String id) throws IOException {
        MountedRoot.detach(path(id));
    }

    /** Its files, to be read, also while it is mounted. */
    public RootTree tree(String id) {
        return new RootTree(store, VOLUMES + "/" + id, List.of());
    }

    /** Opens it to write in. */
    public RootWriter writer(String id) throws IOException {
        return new RootWriter(Dir.open(path(id)), StoreDirectory.IDS, () -> {});
    }

    /**
     * Makes a unix(7) socket in a tree that is not mounted, and listens.
     *
     * @param uid inside
     * @param gid inside
     * @throws IllegalArgumentException if a container has no such ids
     */
    public ServerSocketChannel listen(String id, String name, long uid, long gid, int mode)
            throws IOException {
        var bytes = Bytes.of(name);
        var ids = StoreDirectory.IDS;
        long user = ids.uids().toHost(uid).orElseThrow(() -> none("user", uid));
        long group = ids.gids().toHost(gid).orElseThrow(() -> none("group", gid));
        var server = ServerSocketChannel.open(StandardProtocolFamily.UNIX);
        try (var tree = Dir.open(path(id))) {
            // sun_path holds 108 bytes: go by way of the directory, whatever its length
            server.bind(UnixDomainSocketAddress.of(tree.fd().path().resolve(name)));
            tree.chown(bytes, user, group);
            tree.chmod(bytes, mode);
            return server;
        } catch (IOException | RuntimeException e) {
            server.close();
            throw e;
        }
    }

    private static IllegalArgumentException none(String what, long id) {
        return new IllegalArgumentException("a container has no " + what + " " + id);
    }

    /** Removes a tree; nothing there is fine. It must not be mounted. */
    public void remove(String id) throws IOException {
        dropMemory(id);
        try (var all = Dir.open(volumes)) {
            all.removeTree(Bytes.of(id));
        }
    }

    /** All that there are. */
    public List<String> list() throws IOException {
        try (var all = Dir.open(volumes)) {
            return all.names().stream().map(Bytes::text).toList();
        }
    }
}
