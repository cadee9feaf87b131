package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.io.InterruptedIOException;

/**
 * Makes a layer's tar a directory whose owners are foreign ids and whose whiteouts are overlayfs'.
 * What the tar holds is hostile: nothing outside of the layer's root is read or changed.
 *
 * <p>As in Docker, the last entry of a name wins, and a directory keeps what it holds. Throws
 * {@link LayerException} for what a layer may not hold, {@code TarException} for what is no tar,
 * and else {@link IOException} naming the entry and the system call; then the directory is half
 * done, and the caller removes it.
 */
final class LayerUnpacker implements AutoCloseable {
    private static final long MAX_ENTRIES = 5_000_000;

    private final TarReader tar;
    private final LayerTree tree;
    private final FileContent content;
    private final LayerEntries entries;
    private long count;
    private long size;

    /** What was unpacked: entries of the tar, and bytes of data in files. */
    record Unpacked(long entries, long size) {}

    /**
     * @param trash a directory of the same file system outside of the layer, where {@code
     *     trashName} is free: replaced trees are removed there
     */
    LayerUnpacker(TarReader tar, Dir root, Dir trash, String trashName) {
        this.tar = tar;
        this.tree =
                new LayerTree(
                        root,
                        OutsideIds.STORE,
                        (dir, name) -> {
                            dir.rename(name, trash, Bytes.of(trashName));
                            trash.removeTree(Bytes.of(trashName));
                        });
        this.content = new FileContent(tar);
        this.entries = new LayerEntries(tree, OutsideIds.STORE);
    }

    Unpacked unpack() throws IOException {
        for (var entry = tar.next(); entry != null; entry = tar.next()) {
            if (++count > MAX_ENTRIES) {
                throw new LayerException("the layer has more than " + MAX_ENTRIES + " entries");
            }
            if (Thread.interrupted()) throw new InterruptedIOException("unpacking was interrupted");
            place(entry);
        }
        tree.late().apply(tree.root());
        return new Unpacked(count, size);
    }

    private void place(TarEntry entry) throws IOException {
        try {
            switch (Placement.of(entry.name())) {
                case Placement.At at -> make(entry, at);
                case Placement.Whiteout whiteout -> entries.whiteout(whiteout.place());
                case Placement.Opaque opaque -> entries.opaque(opaque.directory());
                case Placement.Ignored _ -> {}
            }
        } catch (LayerException e) {
            throw named(new LayerException(named(entry) + e.getMessage()), e);
        } catch (ErrnoException e) {
            var failed = e.call() + ": " + Errno.name(e.errno());
            throw named(new IOException(named(entry) + failed), e);
        }
    }

    private void make(TarEntry entry, Placement.At at) throws IOException {
        if (at.isRoot() && entry.type() != TarEntry.Type.DIRECTORY) {
            throw new LayerException("the layer's root cannot be a " + entry.type());
        }
        switch (entry.type()) {
            case FILE -> size += entries.file(entry, at, content);
            case DIRECTORY -> entries.directory(entry, at);
            case SYMLINK -> entries.symlink(entry, at);
            case HARD_LINK -> entries.hardLink(entry, at);
            case FIFO, CHARACTER_DEVICE, BLOCK_DEVICE -> entries.node(entry, at);
        }
    }

    private static String named(TarEntry entry) {
        return "unpack layer entry '" + entry.printableName() + "': ";
    }

    private static <E extends IOException> E named(E named, IOException cause) {
        named.initCause(cause);
        return named;
    }

    @Override
    public void close() {
        content.close();
        tree.close();
    }
}
