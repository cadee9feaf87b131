package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.MergedDirectory.Part;
import java.io.IOException;
import java.io.OutputStream;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Writes a merged tree as a tar. Each file is first held by an O_PATH descriptor, which opens
 * nothing: what it is cannot change between the look at it and its being read, and no FIFO or
 * device is ever opened.
 */
final class RootArchive {
    private static final int PIECE = 256 << 10;
    private static final byte[] NONE = {};

    /** An inode of a layer. */
    private record Inode(int layer, long number) {}

    /** How an archive shows the owners and attributes of files. */
    interface View {
        long id(long outside);

        Map<String, byte[]> attributes(Map<String, byte[]> outside);
    }

    /** The store's files as containers see them. */
    private static final View INSIDE =
            new View() {
                @Override
                public long id(long outside) {
                    return OutsideIds.STORE.inside(outside);
                }

                @Override
                public Map<String, byte[]> attributes(Map<String, byte[]> outside) {
                    return Attributes.inside(outside);
                }
            };

    private final View view;
    private final Map<Inode, byte[]> links = new HashMap<>();
    private final byte[] piece = new byte[PIECE];
    private final TarOutput tar;

    private RootArchive(OutputStream out) {
        this(out, INSIDE);
    }

    RootArchive(OutputStream out, View view) {
        this.view = view;
        this.tar = new TarOutput(out);
    }

    static void write(MergedDirectory root, OutputStream out, RootTree.Check check)
            throws IOException {
        var archive = new RootArchive(out);
        archive.directory(root, NONE, 0);
        check.run();
        archive.tar.finish();
    }

    /**
     * A directory and all in it.
     *
     * @param path its name in the archive, with a slash at the end
     */
    static void writeDirectory(
            MergedDirectory directory, byte[] path, OutputStream out, RootTree.Check check)
            throws IOException {
        var archive = new RootArchive(out);
        archive.whole(directory, path);
        check.run();
        archive.finish();
    }

    /** What is not a directory, under its own name; nothing if it has gone. */
    static void writeFile(Part part, byte[] name, OutputStream out, RootTree.Check check)
            throws IOException {
        var archive = new RootArchive(out);
        archive.file(part, name, name);
        check.run();
        archive.finish();
    }

    /** A directory and all in it; the path has a slash at the end. */
    void whole(MergedDirectory directory, byte[] path) throws IOException {
        var fd = directory.fd();
        tar.begin(entry(fd, fd.stat(), TarEntry.Type.DIRECTORY, path, NONE, 0));
        directory(directory, path, 0);
    }

    /** What is not a directory. */
    void file(Part part, byte[] name, byte[] path) throws IOException {
        try (var file = open(part, name)) {
            if (file != null) member(file, part, name, path);
        }
    }

    void finish() throws IOException {
        tar.finish();
    }

    private void directory(MergedDirectory directory, byte[] path, int depth) throws IOException {
        MergedDirectory.refuseDepth(depth);
        for (var named : directory.names().entrySet()) {
            var name = named.getKey().getBytes(ISO_8859_1);
            var child = concat(path, name);
            boolean isDirectory;
            try (var file = open(named.getValue(), name)) {
                isDirectory = file != null && member(file, named.getValue(), name, child);
            }
            if (isDirectory) {
                try (var below = directory.below(name)) {
                    directory(below, concat(child, new byte[] {'/'}), depth + 1);
                }
            }
        }
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

    /** Whether it is a directory. */
    private boolean member(Fd file, Part part, byte[] name, byte[] path) throws IOException {
        var stat = file.stat();
        switch (stat.mode() & Stat.TYPE) {
            case Stat.DIRECTORY -> {
                var slashed = concat(path, new byte[] {'/'});
                tar.begin(entry(file, stat, TarEntry.Type.DIRECTORY, slashed, NONE, 0));
                return true;
            }
            case Stat.REGULAR -> regular(file, stat, part, path);
            case Stat.SYMLINK -> symlink(file, stat, part, name, path);
            case Stat.CHARACTER_DEVICE -> {
                if (!LayerTree.isWhiteout(stat)) {
                    tar.begin(entry(file, stat, TarEntry.Type.CHARACTER_DEVICE, path, NONE, 0));
                }
            }
            case Stat.BLOCK_DEVICE ->
                    tar.begin(entry(file, stat, TarEntry.Type.BLOCK_DEVICE, path, NONE, 0));
            case Stat.FIFO -> tar.begin(entry(file, stat, TarEntry.Type.FIFO, path, NONE, 0));
            default -> {} // a socket: worth nothing without the process that made it
        }
        return false;
    }

    private void regular(Fd file, Stat stat, Part part, byte[] path) throws IOException {
        if (stat.links() > 1) {
            var first = links.putIfAbsent(new Inode(part.layer(), stat.inode()), path);
            if (first != null) {
                tar.begin(entry(file, stat, TarEntry.Type.HARD_LINK, path, first, 0));
                return;
            }
        }
        try (var content = Fd.open(file.path(), At.O_RDONLY)) {
            var now = content.stat();
            tar.begin(entry(file, now, TarEntry.Type.FILE, path, NONE, now.size()));
            copy(content, now.size());
        }
    }

    /** As much as was promised: what is added meanwhile is left out, what is cut off is zeros. */
    private void copy(Fd content, long size) throws IOException {
        for (long left = size; left > 0; ) {
            int wanted = (int) Math.min(left, piece.length);
            int got = content.read(piece, 0, wanted);
            if (got < 0) {
                java.util.Arrays.fill(piece, 0, wanted, (byte) 0);
                got = wanted;
            }
            tar.write(piece, 0, got);
            left -= got;
        }
    }

    private void symlink(Fd file, Stat stat, Part part, byte[] name, byte[] path)
            throws IOException {
        var target = target(part, name);
        if (target.isPresent()) {
            tar.begin(entry(file, stat, TarEntry.Type.SYMLINK, path, target.get(), 0));
        }
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

    /** Times in whole seconds, as in Docker's archives. */
    private TarEntry entry(
            Fd file, Stat stat, TarEntry.Type type, byte[] path, byte[] link, long size)
            throws IOException {
        boolean plain = type == TarEntry.Type.SYMLINK || type == TarEntry.Type.HARD_LINK;
        return new TarEntry(
                path,
                type,
                stat.mode() & 07777,
                view.id(stat.uid()),
                view.id(stat.gid()),
                null,
                size,
                stat.mtimeSeconds(),
                0,
                link,
                stat.deviceMajor(),
                stat.deviceMinor(),
                plain ? Map.of() : view.attributes(file.xattrs()),
                List.of());
    }

    private static byte[] concat(byte[] a, byte[] b) {
        var both = java.util.Arrays.copyOf(a, a.length + b.length);
        System.arraycopy(b, 0, both, a.length, b.length);
        return both;
    }
}
