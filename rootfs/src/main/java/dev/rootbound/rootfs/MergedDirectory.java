package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * A directory as overlayfs merges it from layers, read from the layers themselves by descriptors:
 * no mount, no lease, and nothing that a container can redirect. Rules: overlayfs.rst, «whiteouts
 * and opaque directories», with redirect_dir and metacopy off.
 */
final class MergedDirectory implements AutoCloseable {
    private static final int DEEPEST = 1000;

    /**
     * Descriptors on the way to a directory: deep trees in many layers would take all there are.
     */
    private static final int MOST_OPEN = 8_192;

    /** The directory in one layer; the layer's number, 0 at the top. */
    record Part(int layer, Dir dir) {}

    private final List<Part> parts;

    /** Descriptors of this one and those above. */
    private final int open;

    private MergedDirectory(List<Part> parts, int above) {
        this.parts = parts;
        this.open = above + parts.size();
    }

    /** The root of layers, top first; closes them. */
    static MergedDirectory root(List<Dir> layers) throws ErrnoException {
        var all = new ArrayList<Part>();
        boolean hidden = false;
        for (int i = 0; i < layers.size(); i++) {
            if (hidden) {
                layers.get(i).close();
            } else {
                all.add(new Part(i, layers.get(i)));
                hidden = LayerTree.isOpaque(layers.get(i));
            }
        }
        return new MergedDirectory(all, 0);
    }

    /** Each level costs descriptors and stack, and a container makes levels for nothing. */
    static void refuseDepth(int depth) throws LayerException {
        if (depth > DEEPEST) {
            throw new LayerException(
                    "directories are nested more than "
                            + DEEPEST
                            + " deep: remove them in the container");
        }
    }

    /** As {@link #refuseDepth(int)}, and for many layers earlier. */
    void refuseDeep(int depth) throws LayerException {
        refuseDepth(depth);
        if (open > MOST_OPEN) {
            throw new LayerException(
                    "directories are nested "
                            + depth
                            + " deep in "
                            + parts.size()
                            + " layers: export and import the image, which makes them one");
        }
    }

    /** Whether it is no directory after all. */
    boolean isNone() {
        return parts.isEmpty();
    }

    /** What a container sees of it; {@link #isNone} has none. */
    Fd fd() {
        return parts.getFirst().dir.fd();
    }

    /** Whether its uppermost part hides all that is below. */
    boolean isOpaque() throws ErrnoException {
        return !parts.isEmpty() && LayerTree.isOpaque(parts.getFirst().dir);
    }

    /** Every name in any part, also what is hidden, with the first part that has it; sorted. */
    SortedMap<String, Part> names() throws ErrnoException {
        var names = new TreeMap<String, Part>();
        for (var part : parts) {
            for (var name : part.dir.names()) {
                names.putIfAbsent(new String(name, ISO_8859_1), part);
            }
        }
        return names;
    }

    /** A name in this directory: the part that has it, and what it is there. */
    record Named(Part part, Stat stat) {}

    /** Empty if there is none, or it is whited out. */
    Optional<Named> lookup(byte[] name) throws ErrnoException {
        for (var part : parts) {
            try {
                var stat = part.dir.stat(name);
                return LayerTree.isWhiteout(stat)
                        ? Optional.empty()
                        : Optional.of(new Named(part, stat));
            } catch (ErrnoException e) {
                if (e.errno() != Errno.ENOENT) {
                    throw e;
                }
            }
        }
        return Optional.empty();
    }

    /** What {@link #lookup} finds. */
    Optional<Stat> find(byte[] name) throws ErrnoException {
        return lookup(name).map(Named::stat);
    }

    /** A directory in this one, merged; without parts if there is no directory of that name. */
    MergedDirectory below(byte[] name) throws ErrnoException {
        var below = new ArrayList<Part>();
        try {
            for (var part : parts) {
                if (!add(part, name, below)) {
                    break;
                }
            }
        } catch (ErrnoException e) {
            new MergedDirectory(below, open).close();
            throw e;
        }
        return new MergedDirectory(below, open);
    }

    /** Returns whether the parts below may show through. */
    private static boolean add(Part part, byte[] name, List<Part> below) throws ErrnoException {
        try {
            var dir = part.dir.dir(name);
            below.add(new Part(part.layer, dir));
            return !LayerTree.isOpaque(dir);
        } catch (ErrnoException e) {
            return switch (e.errno()) {
                case Errno.ENOENT -> true;
                case Errno.ENOTDIR, Errno.ELOOP -> false; // such as a whiteout
                default -> throw e;
            };
        }
    }

    @Override
    public void close() {
        parts.forEach(part -> part.dir.close());
    }
}
