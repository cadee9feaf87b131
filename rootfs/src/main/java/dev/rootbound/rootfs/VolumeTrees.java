package dev.rootbound.rootfs;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Mounts;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Path;
import java.util.List;

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
     * A tree in a container.
     *
     * @param target an existing directory outside of the container's control
     */
    public record View(String id, Path target, boolean readOnly) {}

    /** Mounts a tree. */
    public void mount(IdMaps ids, View view) throws IOException {
        long readOnly = view.readOnly() ? Mounts.RDONLY : 0;
        try (var namespace = StoreDirectory.seenAs(ids)) {
            Mounts.idmap(
                    path(view.id()),
                    view.target(),
                    namespace.user(),
                    Mounts.NOSUID | Mounts.NODEV | readOnly);
        }
    }

    /** Its files, to be read, also while it is mounted. */
    public RootTree tree(String id) {
        return new RootTree(store, VOLUMES + "/" + id, List.of());
    }

    /** Opens it to write in. */
    public RootWriter writer(String id) throws IOException {
        return new RootWriter(Dir.open(path(id)), StoreDirectory.IDS, () -> {});
    }

    /** Removes a tree; nothing there is fine. It must not be mounted. */
    public void remove(String id) throws IOException {
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
