package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.MergedDirectory.Part;
import java.io.IOException;
import java.util.Arrays;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes what is in a directory as members of a tar. Each file is first held by an O_PATH
 * descriptor, which opens nothing: what it is cannot change between the look at it and its being
 * read, and no FIFO or device is ever opened.
 */
final class TarMembers {
    private static final int PIECE = 256 << 10;
    private static final byte[] NONE = {};

    /** What was found at a name. */
    enum Found {
        DIRECTORY,
        WHITEOUT,
        /** Anything else, or nothing any more. */
        OTHER
    }

    /** An inode of a layer; a user's own directories may be on several devices. */
    private record Inode(int layer, long device, long number) {}

    private final Map<Inode, byte[]> links = new HashMap<>();
    private final byte[] piece = new byte[PIECE];
    private final TarOutput tar;
    private final FileView view;
    private final boolean holes;
    private final long latest;

    private TarMembers(TarOutput tar, FileView view, boolean holes, long latest) {
        this.tar = tar;
        this.view = view;
        this.holes = holes;
        this.latest = latest;
    }

    /** For readers of any kind: sparse files are written in full. */
    static TarMembers full(TarOutput tar, FileView view) {
        return new TarMembers(tar, view, false, Long.MAX_VALUE);
    }

    /**
     * For readers of layers: of sparse files only the data is written.
     *
     * @param latest of the times that are written, in seconds since 1970; later ones become this
     */
    static TarMembers sparse(TarOutput tar, long latest) {
        return new TarMembers(tar, FileView.INSIDE, true, latest);
    }

    /**
     * Writes what a name is; not what is in a directory, and of a whiteout nothing.
     *
     * @param path in the archive
     */
    Found add(Part part, byte[] name, byte[] path) throws IOException {
        try (var file = open(part, name)) {
            return file == null ? Found.OTHER : member(file, part, name, path);
        }
    }

    /**
     * Writes an open directory, not what is in it.
     *
     * @param path in the archive, with a slash at the end
     */
    void addDirectory(Fd directory, byte[] path) throws IOException {
        tar.begin(entry(directory, directory.stat(), TarEntry.Type.DIRECTORY, path, NONE));
    }

    private static @Nullable Fd open(Part part, byte[] name) throws ErrnoException {
        try {
            return part.dir().openName(name, At.O_PATH, 0);
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) { // gone meanwhile
                return null;
            }
            throw e;
        }
    }

    private Found member(Fd file, Part part, byte[] name, byte[] path) throws IOException {
        var stat = file.stat();
        if (stat.isDirectory()) {
            tar.begin(entry(file, stat, TarEntry.Type.DIRECTORY, slashed(path), NONE));
            return Found.DIRECTORY;
        }
        if (LayerTree.isWhiteout(stat)) return Found.WHITEOUT;
        var inode = new Inode(part.layer(), stat.device(), stat.inode());
        var first = links.get(inode);
        if (first != null) {
            tar.begin(entry(file, stat, TarEntry.Type.HARD_LINK, path, first));
        } else if (written(file, stat, part, name, path) && stat.links() > 1) {
            links.put(inode, path);
        }
        return Found.OTHER;
    }

    private boolean written(Fd file, Stat stat, Part part, byte[] name, byte[] path)
            throws IOException {
        switch (stat.mode() & Stat.TYPE) {
            case Stat.REGULAR -> regular(file, path);
            case Stat.SYMLINK -> {
                return symlink(file, stat, part, name, path);
            }
            case Stat.CHARACTER_DEVICE ->
                    tar.begin(entry(file, stat, TarEntry.Type.CHARACTER_DEVICE, path, NONE));
            case Stat.BLOCK_DEVICE ->
                    tar.begin(entry(file, stat, TarEntry.Type.BLOCK_DEVICE, path, NONE));
            case Stat.FIFO -> tar.begin(entry(file, stat, TarEntry.Type.FIFO, path, NONE));
            default -> {
                return false; // a socket: worth nothing without the process that made it
            }
        }
        return true;
    }

    private void regular(Fd file, byte[] path) throws IOException {
        try (var content = Fd.open(file.path(), At.O_RDONLY)) {
            var now = content.stat();
            var runs = holes ? Sparseness.runs(content, now.size()) : List.<TarEntry.Extent>of();
            tar.begin(content(file, now, path, runs));
            if (runs.isEmpty()) {
                copy(content, now.size());
            }
            for (var run : runs) {
                content.seek(run.offset());
                copy(content, run.length());
            }
        }
    }

    /** As much as was promised: what is added meanwhile is left out, what is cut off is zeros. */
    private void copy(Fd content, long size) throws IOException {
        for (long left = size; left > 0; ) {
            int wanted = (int) Math.min(left, piece.length);
            int got = content.read(piece, 0, wanted);
            if (got < 0) {
                Arrays.fill(piece, 0, wanted, (byte) 0);
                got = wanted;
            }
            tar.write(piece, 0, got);
            left -= got;
        }
    }

    private boolean symlink(Fd file, Stat stat, Part part, byte[] name, byte[] path)
            throws IOException {
        var target = target(part, name);
        if (target.isEmpty()) return false;
        tar.begin(entry(file, stat, TarEntry.Type.SYMLINK, path, target.get()));
        return true;
    }

    private static Optional<byte[]> target(Part part, byte[] name) throws ErrnoException {
        try {
            return Optional.of(part.dir().readlink(name));
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT || e.errno() == Errno.EINVAL) { // replaced meanwhile
                return Optional.empty();
            }
            throw e;
        }
    }

    private TarEntry entry(Fd file, Stat stat, TarEntry.Type type, byte[] path, byte[] link)
            throws IOException {
        boolean plain = type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARD_LINK;
        var xattrs = plain ? Map.<String, byte[]>of() : attributes(file, stat);
        return entry(stat, type, path, link, 0, xattrs, List.of());
    }

    /** Asking for them costs more than all else that is asked of a small file. */
    private Map<String, byte[]> attributes(Fd file, Stat stat) throws IOException {
        return view.mayHaveAttributes(stat) ? view.attributes(file.xattrs()) : Map.of();
    }

    private TarEntry content(Fd file, Stat stat, byte[] path, List<TarEntry.Extent> runs)
            throws IOException {
        var xattrs = attributes(file, stat);
        return entry(stat, TarEntry.Type.FILE, path, NONE, stat.size(), xattrs, runs);
    }

    /** Times in whole seconds, as in Docker's archives. */
    private TarEntry entry(
            Stat stat,
            TarEntry.Type type,
            byte[] path,
            byte[] link,
            long size,
            Map<String, byte[]> xattrs,
            List<TarEntry.Extent> runs) {
        return new TarEntry(
                path,
                type,
                stat.mode() & 07777,
                view.id(stat.uid()),
                view.id(stat.gid()),
                null,
                size,
                Math.min(stat.mtimeSeconds(), latest),
                0,
                link,
                stat.deviceMajor(),
                stat.deviceMinor(),
                xattrs,
                runs);
    }

    /** The name of a directory's member, and what the names in it begin with. */
    static byte[] slashed(byte[] path) {
        return concat(path, new byte[] {'/'});
    }

    static byte[] concat(byte[] a, byte[] b) {
        var both = Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
