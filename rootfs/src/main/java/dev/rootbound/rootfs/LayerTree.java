package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.US_ASCII;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.util.Arrays;
import org.jspecify.annotations.Nullable;

/**
 * The directories of a layer, or of a mounted root file system, while an archive is unpacked there.
 * Every way to a place is resolved by the kernel as if that root were the root of everything; the
 * last name is never followed.
 */
final class LayerTree implements AutoCloseable {
    private static final String OPAQUE = "trusted.overlay.opaque";
    private static final byte[] YES = "y".getBytes(US_ASCII);

    private final Dir root;
    private final OutsideIds ids;
    private final Removal removal;
    private final LateDirectories late = new LateDirectories();

    /** The directory of the last entry: the next one's is mostly the same. */
    private @Nullable Dir last;

    private String lastPath = "";

    /** How a directory that something else replaces is removed with all that is in it. */
    interface Removal {
        void remove(Dir parent, byte[] name) throws IOException;
    }

    /**
     * @param ids whose root owns the directories that no entry describes
     */
    LayerTree(Dir root, OutsideIds ids, Removal removal) {
        this.root = root;
        this.ids = ids;
        this.removal = removal;
    }

    Dir root() {
        return root;
    }

    LateDirectories late() {
        return late;
    }

    /**
     * The directory at a path, made with its parents if missing, for use until the next call of
     * this.
     */
    Dir directory(String path) throws IOException {
        if (path.isEmpty()) return root;
        if (last != null && lastPath.equals(path)) return last;
        return remember(path, open(path));
    }

    private Dir remember(String path, Dir dir) {
        close();
        last = dir;
        lastPath = path;
        return dir;
    }

    private Dir open(String path) throws IOException {
        try {
            return root.dirInRoot(Bytes.of(path));
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) throw e;
        }
        return openOrMake(path);
    }

    /** A step at a time, so that a deep path costs what its length is. */
    private Dir openOrMake(String path) throws IOException {
        var at = root;
        try {
            for (int start = 0; start < path.length(); ) {
                int slash = path.indexOf('/', start);
                int end = slash < 0 ? path.length() : slash;
                var parent = start == 0 ? "" : path.substring(0, start - 1);
                var next = step(at, new Placement.At(parent, path.substring(start, end)));
                if (at != root) at.close();
                at = next;
                start = end + 1;
            }
            return at;
        } catch (IOException e) {
            if (at != root) at.close();
            throw e;
        }
    }

    private Dir step(Dir parent, Placement.At place) throws IOException {
        try {
            return parent.dir(Bytes.of(place.name()));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) return makeParent(parent, place);
            if (e.errno() != Errno.ENOTDIR && e.errno() != Errno.ELOOP) throw e;
        }
        try {
            return root.dirInRoot(Bytes.of(place.path())); // a link, perhaps
        } catch (ErrnoException e) {
            if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) throw e;
        }
        return makeParent(parent, place);
    }

    /** As Docker does for a directory that no entry describes: root's, 0755. */
    private Dir makeParent(Dir parent, Placement.At place) throws IOException {
        var name = Bytes.of(place.name());
        var made = make(parent, place);
        if (made == null) {
            throw new LayerException(
                    "its parent "
                            + Bytes.show(place.path())
                            + (parent.stat(name).isSymlink()
                                    ? " is a symbolic link to no directory of this tree"
                                    : " is not a directory"));
        }
        made.fd().chown(ids.rootUid(), ids.rootGid());
        made.fd().chmod(0755);
        return made;
    }

    /**
     * A new directory; {@code null} if something else than a whiteout is there. What lower layers
     * have below a whiteout stays hidden.
     */
    private static @Nullable Dir make(Dir parent, Placement.At place) throws ErrnoException {
        var name = Bytes.of(place.name());
        try {
            parent.mkdir(name, 0700);
            return parent.dir(name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EEXIST) throw e;
        }
        if (!isWhiteout(parent.stat(name))) return null;
        parent.unlink(name);
        parent.mkdir(name, 0700);
        var made = parent.dir(name);
        setOpaque(made);
        return made;
    }

    /**
     * Whether this tree has something else where the directory would be, or on the way there; what
     * lower layers have in it is hidden by that.
     */
    boolean isCovered(String path) throws ErrnoException {
        if (path.isEmpty()) return false;
        try (var _ = root.dirWithoutLinks(Bytes.of(path))) {
            return false;
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case Errno.ENOENT -> false;
                case Errno.ENOTDIR, Errno.ELOOP -> true;
                default -> throw e;
            };
        }
    }

    /** The directory of an entry, new or there already; replaces anything else. */
    Dir enter(Placement.At place) throws IOException {
        if (place.isRoot()) return root;
        var parent = directory(place.parent());
        var made = make(parent, place);
        if (made == null && !parent.stat(Bytes.of(place.name())).isDirectory()) {
            remove(parent, place);
            made = make(parent, place);
        }
        return remember(place.path(), made != null ? made : parent.dir(Bytes.of(place.name())));
    }

    /** Removes what an earlier entry made; {@code parent} stays valid. */
    void remove(Dir parent, Placement.At place) throws IOException {
        var name = Bytes.of(place.name());
        late.forget(place.path());
        lastPath = ""; // its way may have led over a link that is now gone
        try {
            parent.unlink(name);
        } catch (ErrnoException e) {
            if (e.errno() != Errno.EISDIR) throw e;
            removal.remove(parent, name);
        }
    }

    static void setOpaque(Dir directory) throws ErrnoException {
        directory.fd().setXattr(OPAQUE, YES);
    }

    static boolean isOpaque(Dir directory) throws ErrnoException {
        return directory
                .xattr(Bytes.of("."), OPAQUE)
                .filter(v -> Arrays.equals(v, YES))
                .isPresent();
    }

    /** Overlayfs' mark for a name that is gone: a character device 0/0. */
    static boolean isWhiteout(Stat stat) {
        return stat.isCharacterDevice() && stat.deviceMajor() == 0 && stat.deviceMinor() == 0;
    }

    @Override
    public void close() {
        if (last != null) last.close();
        last = null;
    }
}
