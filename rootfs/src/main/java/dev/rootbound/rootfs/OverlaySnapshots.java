package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Failpoint;
import dev.rootbound.linux.Isolated;
import dev.rootbound.linux.Mounts;
import dev.rootbound.linux.Undo;
import dev.rootbound.oci.Digest;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Set;

/**
 * overlayfs over id-mapped layers, for an engine that is root (Linux 5.19). Everything in the store
 * belongs to the foreign range; one id-mapped view of the whole store, attached for the moment,
 * shows it under the lease's ids, and the overlay is mounted from there by short relative names:
 * 120 of them fit into one page of options. The overlay keeps private clones of the view.
 */
public final class OverlaySnapshots implements Snapshots {
    /** nodev: a device node in a layer is nothing, also for a privileged container. */
    private static final long FLAGS = Mounts.NODEV;

    private static final String OPTIONS = ",redirect_dir=off,metacopy=off,index=off";

    /**
     * Names in the store that are no layer of an image: writable layers, and what lies below all
     * layers, so that what the engine needs to be there is no change that a container has made.
     */
    private static final String WRITABLE = "c";

    private static final String BASE = "e";

    /** Where a layer is. */
    public interface Names {
        /** Its path in the store; fails if it is not there. */
        String of(Digest layer) throws IOException;
    }

    private final Path store;
    private final Path staging;
    private final Names layers;

    /**
     * @param store the closed directory of layers and writable layers
     * @param staging an existing directory for views that are attached for a moment
     * @param layers an unpacked layer's name in the store
     */
    public OverlaySnapshots(Path store, Path staging, Names layers) throws IOException {
        this.store = store;
        this.staging = staging;
        this.layers = layers;
        try (var dir = Dir.open(store)) {
            dir.fd().chown(IdRange.FOREIGN.first(), IdRange.FOREIGN.first());
            StoreDirectory.make(dir, WRITABLE, 0700);
            StoreDirectory.make(dir, BASE, 0755);
            try (var base = dir.dir(bytes(BASE))) {
                EtcFiles.makePlaces(base);
            }
        }
    }

    @Override
    public void recover() throws IOException {
        try (var dir = Dir.open(staging)) {
            for (var name : dir.names()) {
                var view = staging.resolve(new String(name, UTF_8));
                mounted(view).close();
                if (Files.isDirectory(view)) MountedFiles.recover(view);
                // never more than the empty directory below a view: a view shows the whole store
                Files.deleteIfExists(view);
            }
        }
    }

    private static byte[] bytes(String name) {
        return name.getBytes(UTF_8);
    }

    /**
     * Maps the ids of the store once, as each start will.
     *
     * @throws IOException if this kernel or the store's file system cannot do that
     */
    public void check() throws IOException {
        var view = Files.createTempDirectory(staging, "view-");
        try (var namespace = StoreDirectory.seenAs(StoreDirectory.IDS)) {
            Mounts.idmap(store, view, namespace.user(), 0);
            Mounts.detach(view);
        } catch (ErrnoException e) {
            throw new IOException(
                    "the ids of files below "
                            + store
                            + " ("
                            + Files.getFileStore(store).type()
                            + ") cannot be mapped: "
                            + e.getMessage()
                            + "; the store needs Linux 5.19 and a file system with id-mapped mounts, such as ext4, xfs or btrfs: choose another --root",
                    e);
        } finally {
            Files.delete(view);
        }
    }

    @Override
    public void create(String id) throws IOException {
        try (var all = Dir.open(store.resolve(WRITABLE))) {
            StoreDirectory.make(all, id, 0700);
            try (var own = all.dir(bytes(id))) {
                StoreDirectory.make(own, "u", 0755);
                StoreDirectory.make(own, "w", 0700);
            }
        }
    }

    @Override
    public Root mount(String id, List<Digest> layers, IdMaps ids, Path target) throws IOException {
        var view = Files.createTempDirectory(staging, "view-");
        try (var namespace = StoreDirectory.seenAs(ids)) {
            Mounts.idmap(store, view, namespace.user(), 0);
            try {
                Failpoint.reach("start.view-attached");
                var options = options(id, layers);
                // overlayfs makes its work directory as the mounter's fsuid, which must be mapped
                Isolated.as(
                        ids.rootUid(),
                        ids.rootGid(),
                        view,
                        () -> {
                            Mounts.mount("rootbound", target.toString(), "overlay", FLAGS, options);
                            return target;
                        });
                Failpoint.reach("start.overlaid");
            } finally {
                Mounts.detach(view);
            }
        } finally {
            Files.delete(view);
        }
        return mounted(target);
    }

    /**
     * An overlay of the store as it is, without a lease. It stays attached meanwhile: giving back a
     * reference to a detached mount counts as a mount that changes, and openat2(2) gives up at
     * every {@code ..} behind a link (EAGAIN).
     */
    @Override
    public RootWriter writer(String id, List<Digest> layers) throws IOException {
        var options = options(id, layers);
        try (var undo = new Undo()) {
            var view = Files.createTempDirectory(staging, "view-");
            undo.on(() -> Files.delete(view));
            var mounted = undo.on(mounted(view));
            // copy-up, too, is then never host root's
            Isolated.as(
                    StoreDirectory.IDS.rootUid(),
                    StoreDirectory.IDS.rootGid(),
                    store,
                    () -> {
                        Mounts.mount("rootbound", view.toString(), "overlay", FLAGS, options);
                        return view;
                    });
            var writer =
                    new RootWriter(
                            Dir.open(view),
                            StoreDirectory.IDS,
                            () -> {
                                mounted.close();
                                Files.delete(view);
                            });
            undo.keep();
            return writer;
        }
    }

    private String options(String id, List<Digest> layers) throws IOException {
        var lower = lower(layers);
        var own = WRITABLE + "/" + id;
        return "lowerdir="
                + String.join(":", lower)
                + ",upperdir="
                + own
                + "/u,workdir="
                + own
                + "/w"
                + OPTIONS;
    }

    private List<String> lower(List<Digest> layers) throws IOException {
        var lower = new ArrayList<String>();
        try (var all = Dir.open(store)) {
            for (var layer : topFirst(layers)) {
                var name = this.layers.of(layer);
                lower.add(name);
                if (isOpaque(all, name)) return lower;
            }
        }
        lower.add(BASE);
        return lower;
    }

    /** Overlayfs refuses a layer that lies under itself too (ELOOP); there it would add nothing. */
    private static Set<Digest> topFirst(List<Digest> layers) {
        return new LinkedHashSet<>(layers.reversed());
    }

    /**
     * Overlayfs looks for the mark below a layer's root only: there, what the layer hides must not
     * be mounted at all.
     */
    private static boolean isOpaque(Dir store, String layer) throws ErrnoException {
        try (var root = store.dirInRoot(bytes(layer))) {
            return LayerTree.isOpaque(root);
        }
    }

    @Override
    public Root mounted(Path target) {
        return new MountedRoot(target);
    }

    @Override
    public RootTree tree(String id, List<Digest> layers) throws IOException {
        var names = new ArrayList<String>();
        for (var layer : topFirst(layers)) {
            names.add(this.layers.of(layer));
        }
        return new RootTree(store, WRITABLE + "/" + id + "/u", names);
    }

    @Override
    public void remove(String id) throws IOException {
        try (var all = Dir.open(store.resolve(WRITABLE))) {
            all.removeTree(bytes(id));
        }
    }

    @Override
    public Path path(String id) {
        return store.resolve(WRITABLE).resolve(id);
    }

    @Override
    public Path store() {
        return store;
    }

    @Override
    public List<String> list() throws IOException {
        try (var all = Dir.open(store.resolve(WRITABLE))) {
            return all.names().stream().map(n -> new String(n, UTF_8)).toList();
        }
    }
}
