package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import java.io.IOException;

/**
 * Makes one entry, with everything that the tar says of it. The order is the kernel's: chown(2)
 * clears set-user-ID bits and file capabilities, writing clears file capabilities and times.
 */
final class LayerEntries {
    private final LayerTree tree;
    private final OutsideIds ids;

    LayerEntries(LayerTree tree, OutsideIds ids) {
        this.tree = tree;
        this.ids = ids;
    }

    /** Makes one thing at a name that must be free. */
    private interface Making {
        void run() throws ErrnoException;
    }

    /** Refuses owners and attributes that cannot be given, before anything is replaced. */
    void check(TarEntry entry) throws LayerException {
        uid(entry);
        gid(entry);
        Attributes.of(entry, ids);
    }

    /** Returns the bytes written. */
    long file(TarEntry entry, Placement.At at, FileContent content) throws IOException {
        var parent = tree.directory(at.parent());
        try (var file = create(parent, at)) {
            long written = content.write(entry, file);
            describe(entry, file);
            file.mtime(entry.mtimeSeconds(), entry.mtimeNanos());
            return written;
        }
    }

    private Fd create(Dir parent, Placement.At at) throws IOException {
        int flags = At.O_WRONLY | At.O_CREAT | At.O_EXCL;
        try {
            return parent.openName(Bytes.of(at.name()), flags, 0600);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw e;
        }
        tree.remove(parent, at);
        return parent.openName(Bytes.of(at.name()), flags, 0600);
    }

    void directory(TarEntry entry, Placement.At at) throws IOException {
        var attributes = describe(entry, tree.enter(at).fd());
        tree.late()
                .add(at.path(), entry.mtimeSeconds(), entry.mtimeNanos(), attributes.inherited());
    }

    private Attributes describe(TarEntry entry, Fd file) throws IOException {
        file.chown(uid(entry), gid(entry));
        file.chmod(entry.mode());
        var attributes = Attributes.of(entry, ids);
        for (var attribute : attributes.now().entrySet()) {
            file.setXattr(attribute.getKey(), attribute.getValue());
        }
        return attributes;
    }

    void symlink(TarEntry entry, Placement.At at) throws IOException {
        var parent = tree.directory(at.parent());
        var name = Bytes.of(at.name());
        Attributes.of(entry, ids);
        makeOver(parent, at, () -> parent.symlink(entry.linkName(), name));
        parent.chown(name, uid(entry), gid(entry));
        parent.mtime(name, entry.mtimeSeconds(), entry.mtimeNanos());
    }

    /** A FIFO or a device node. The latter are dead: containers' root file systems are nodev. */
    void node(TarEntry entry, Placement.At at) throws IOException {
        int type = type(entry);
        var parent = tree.directory(at.parent());
        var name = Bytes.of(at.name());
        var attributes = Attributes.of(entry, ids);
        makeOver(
                parent,
                at,
                () -> parent.mknod(name, type, entry.deviceMajor(), entry.deviceMinor()));
        parent.chown(name, uid(entry), gid(entry));
        parent.chmod(name, entry.mode());
        for (var attribute : attributes.now().entrySet()) {
            parent.setXattr(name, attribute.getKey(), attribute.getValue());
        }
        parent.mtime(name, entry.mtimeSeconds(), entry.mtimeNanos());
    }

    private static int type(TarEntry entry) throws LayerException {
        return switch (entry.type()) {
            case FIFO -> Stat.FIFO;
            case BLOCK_DEVICE -> Stat.BLOCK_DEVICE;
            default -> {
                if (entry.deviceMajor() == 0 && entry.deviceMinor() == 0) {
                    throw new LayerException(
                            "a character device 0/0 is overlayfs' whiteout; in a layer that is a"
                                    + " file named .wh.NAME");
                }
                yield Stat.CHARACTER_DEVICE;
            }
        };
    }

    /** Its owner, mode and times are those of the file, whose entry came before. */
    void hardLink(TarEntry entry, Placement.At at) throws IOException {
        var target = LinkTarget.of(entry.linkName());
        var name = Bytes.of(at.name());
        try (var found = target.openIn(tree.root())) {
            var stat = found.directory().stat(found.name());
            if (LayerTree.isWhiteout(stat)) throw target.missing();
            if (stat.isDirectory()) throw new LayerException("it is a hard link to a directory");
            var parent = tree.directory(at.parent());
            if (isSame(parent, name, stat)) return;
            makeOver(parent, at, () -> parent.link(found.directory(), found.name(), name));
        } catch (ErrnoException e) {
            throw e.errno() == Errno.ENOENT || e.errno() == Errno.ENOTDIR ? target.missing() : e;
        }
    }

    /** A hard link to itself would else remove what it links to. */
    private static boolean isSame(Dir parent, byte[] name, Stat target) throws ErrnoException {
        try {
            return parent.stat(name).inode() == target.inode();
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) return false;
            throw e;
        }
    }

    /**
     * A layer's whiteouts say nothing of what the layer itself holds (OCI image-spec, layer.md). Of
     * a directory that it replaces by a file or a link, umoci writes what was in it as whiteouts
     * too.
     */
    void whiteout(Placement.At place) throws IOException {
        if (tree.isCovered(place.parent())) return;
        var parent = tree.directory(place.parent());
        var name = Bytes.of(place.name());
        try {
            parent.mknod(name, Stat.CHARACTER_DEVICE, 0, 0);
            parent.chown(name, ids.rootUid(), ids.rootGid());
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw notPermitted(e);
            if (!parent.stat(name).isDirectory()) return;
            try (var directory = parent.dir(name)) {
                LayerTree.setOpaque(directory);
            }
        }
    }

    void opaque(String directory) throws IOException {
        if (!tree.isCovered(directory)) LayerTree.setOpaque(tree.directory(directory));
    }

    private void makeOver(Dir parent, Placement.At at, Making making) throws IOException {
        try {
            making.run();
            return;
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw notPermitted(e);
        }
        tree.remove(parent, at);
        making.run();
    }

    private static IOException notPermitted(ErrnoException e) {
        if (e.errno() != Errno.EPERM || !e.call().equals("mknodat")) return e;
        return new LayerException(
                "this host does not let the engine make device nodes (mknod: EPERM): it needs"
                        + " CAP_MKNOD in the initial user namespace and a devices cgroup that"
                        + " allows it");
    }

    private long uid(TarEntry entry) throws LayerException {
        return ids.uid(entry.uid(), "owner uid");
    }

    private long gid(TarEntry entry) throws LayerException {
        return ids.gid(entry.gid(), "owner gid");
    }
}
