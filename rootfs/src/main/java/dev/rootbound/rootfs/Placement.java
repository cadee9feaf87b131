package dev.rootbound.rootfs;

import java.util.ArrayList;
import java.util.List;

/**
 * What an entry's name says: a path below the layer's root, or a whiteout of one (OCI image-spec,
 * layer.md; the names are AUFS'). Strings are {@link Bytes}.
 */
sealed interface Placement {
    /** {@code name} in the directory {@code parent}; the root is the empty name in itself. */
    record At(String parent, String name) implements Placement {
        boolean isRoot() {
            return name.isEmpty();
        }

        String path() {
            return parent.isEmpty() ? name : parent + "/" + name;
        }
    }

    /** What lower layers have at this place is gone. */
    record Whiteout(At place) implements Placement {}

    /** What lower layers have in this directory is gone. */
    record Opaque(String directory) implements Placement {}

    /** AUFS' own bookkeeping. */
    record Ignored() implements Placement {}

    String WHITEOUT = ".wh.";
    String META = ".wh..wh.";
    String OPAQUE = ".wh..wh..opq";

    static Placement of(byte[] entryName) throws LayerException {
        var parts = parts(Bytes.text(entryName));
        if (parts.isEmpty()) return new At("", "");
        var parents = parts.subList(0, parts.size() - 1);
        for (var parent : parents) {
            if (parent.startsWith(META)) return new Ignored();
            if (parent.startsWith(WHITEOUT)) {
                throw new LayerException("it is below a whiteout, " + Bytes.show(parent));
            }
        }
        return of(String.join("/", parents), parts.getLast());
    }

    private static Placement of(String parent, String name) throws LayerException {
        if (!name.startsWith(WHITEOUT)) return new At(parent, name);
        if (name.equals(OPAQUE)) return new Opaque(parent);
        if (name.startsWith(META)) return new Ignored();
        var hidden = name.substring(WHITEOUT.length());
        if (hidden.isEmpty() || hidden.equals(".") || hidden.equals("..")) {
            throw new LayerException("it is a whiteout of nothing");
        }
        return new Whiteout(new At(parent, hidden));
    }

    private static List<String> parts(String path) throws LayerException {
        var parts = new ArrayList<String>();
        for (int from = 0; from < path.length(); ) {
            int to = path.indexOf('/', from);
            if (to < 0) to = path.length();
            var part = path.substring(from, to);
            if (part.equals("..")) throw new LayerException("its name leads out by ..");
            if (!part.isEmpty() && !part.equals(".")) parts.add(part);
            from = to + 1;
        }
        return parts;
    }
}
