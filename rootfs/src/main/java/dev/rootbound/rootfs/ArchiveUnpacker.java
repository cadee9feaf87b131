package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarReader;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.UnaryOperator;

/**
 * Copies an archive into a directory of a root file system that its container may be using:
 * Docker's rules, and nothing outside of the root is read or changed, whatever the archive holds
 * and the container does meanwhile. Whiteouts are names like any other. A copy that fails stays
 * half done.
 *
 * <p>Throws {@link LayerException} for what cannot be copied, {@code TarException} for what is no
 * tar, and else {@link IOException} naming the entry and the system call.
 */
final class ArchiveUnpacker implements AutoCloseable {
    private static final long MOST_APART = 1 << 20;

    private final TarReader tar;
    private final Destination destination;
    private final CopyRules rules;
    private final UnaryOperator<TarEntry> adapt;
    private final Map<String, byte[]> apart = new HashMap<>();
    private final LayerTree tree;
    private final FileContent content;
    private final LayerEntries entries;

    /**
     * @param adapt an entry as it is to be copied
     */
    ArchiveUnpacker(
            TarReader tar,
            Dir root,
            Destination destination,
            OutsideIds ids,
            CopyRules rules,
            UnaryOperator<TarEntry> adapt) {
        this.tar = tar;
        this.destination = destination;
        this.rules = rules;
        this.adapt = adapt;
        this.tree = new LayerTree(root, ids, TreeRemoval::remove);
        this.content = new FileContent(tar);
        this.entries = new LayerEntries(tree, ids);
    }

    /**
     * @return what is to be in those files that are {@link CopyRules#apart}
     */
    Map<String, byte[]> unpack() throws IOException {
        for (var entry = tar.next(); entry != null; entry = tar.next()) {
            if (Thread.interrupted()) throw new InterruptedIOException("copying was interrupted");
            var adapted = adapt.apply(entry);
            var place = destination.below(adapted.name());
            if (!place.isEmpty()) copy(adapted, place);
        }
        tree.late().apply(tree.root());
        return apart;
    }

    private void copy(TarEntry entry, List<String> place) throws IOException {
        var parent = String.join("/", place.subList(0, place.size() - 1));
        try {
            make(entry, place, new Placement.At(parent, place.getLast()));
        } catch (LayerException e) {
            var named = new LayerException(named(entry) + e.getMessage());
            named.initCause(e);
            throw named;
        } catch (ErrnoException e) {
            throw new IOException(named(entry) + e.call() + ": " + Errno.name(e.errno()), e);
        }
    }

    private void make(TarEntry entry, List<String> place, Placement.At at) throws IOException {
        entries.check(entry);
        var path = destination.rest(place);
        if (rules.apart().contains(path) && !isForDirectory(entry, at)) {
            apart.put(path, small(entry));
            return;
        }
        if (rules.keepKinds()) refuseOtherKind(entry, place, at);
        switch (entry.type()) {
            case FILE -> entries.file(entry, at, content);
            case DIRECTORY -> entries.directory(entry, at);
            case SYMLINK -> {
                destination.checkSymlink(entry, place);
                entries.symlink(entry, at);
            }
            case HARD_LINK -> entries.hardLink(entry.linkedTo(destination.hardLink(entry)), at);
            case FIFO -> entries.node(entry, at);
            case CHARACTER_DEVICE, BLOCK_DEVICE ->
                    throw new LayerException(
                            "device nodes are not copied: in a container's root file system they are"
                                    + " dead; use --device");
        }
    }

    /** What is mounted there may be a directory too. */
    private boolean isForDirectory(TarEntry entry, Placement.At at) throws IOException {
        return entry.type() == TarEntry.Type.DIRECTORY && isDirectory(at).orElse(true);
    }

    private byte[] small(TarEntry entry) throws IOException {
        boolean plain = entry.type() == TarEntry.Type.FILE && entry.sparse().isEmpty();
        if (!plain || entry.size() > MOST_APART) {
            throw new LayerException(
                    "a file is mounted there: only a file of at most "
                            + MOST_APART
                            + " bytes can be copied into it");
        }
        return content.read(entry);
    }

    private void refuseOtherKind(TarEntry entry, List<String> place, Placement.At at)
            throws IOException {
        boolean directory = entry.type() == TarEntry.Type.DIRECTORY;
        boolean other = isDirectory(at).filter(there -> there != directory).isPresent();
        if (!other) return;
        throw new LayerException(
                "cannot overwrite "
                        + (directory ? "non-directory " : "directory ")
                        + Destination.shown(place)
                        + (directory ? " with directory " : " with non-directory ")
                        + destination);
    }

    /** Empty if there is nothing. */
    private Optional<Boolean> isDirectory(Placement.At at) throws IOException {
        try {
            return Optional.of(tree.directory(at.parent()).stat(Bytes.of(at.name())).isDirectory());
        } catch (ErrnoException e) {
            if (e.errno() == Errno.ENOENT) return Optional.empty();
            throw e;
        }
    }

    private static String named(TarEntry entry) {
        return "copy '" + entry.printableName() + "': ";
    }

    @Override
    public void close() {
        content.close();
        tree.close();
    }
}
