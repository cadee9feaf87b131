package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import java.util.ArrayList;
import java.util.List;

/**
 * The directory that an archive is copied to, as names below the root; strings are {@link Bytes}.
 * What an archive says is taken as Docker takes it: absolute names are below the directory, and
 * {@code ..} is resolved in the text, before any link.
 */
record Destination(List<String> names) {
    Destination {
        names = List.copyOf(names);
    }

    static Destination of(byte[] path) {
        return new Destination(joined(List.of(), Bytes.text(path)));
    }

    /** The names that a path leads to from others; at the root, {@code ..} leads nowhere. */
    static List<String> joined(List<String> base, String path) {
        var names = new ArrayList<>(base);
        for (var part : path.split("/")) {
            if (part.equals("..")) {
                if (!names.isEmpty()) names.removeLast();
            } else if (!part.isEmpty() && !part.equals(".")) {
                names.add(part);
            }
        }
        return names;
    }

    /** Where an entry goes: empty names if that is this directory itself. */
    List<String> below(byte[] name) throws LayerException {
        var place = joined(names, Bytes.text(name));
        if (!holds(place)) {
            throw new LayerException(quoted(Bytes.text(name)) + " is outside of " + this);
        }
        return place.size() == names.size() ? List.of() : place;
    }

    /** The same from here, as a path. */
    String rest(List<String> place) {
        return String.join("/", place.subList(names.size(), place.size()));
    }

    /**
     * What a hard link in the archive names, as a path from the root.
     *
     * @throws LayerException if that is outside
     */
    byte[] hardLink(TarEntry entry) throws LayerException {
        var target = joined(names, Bytes.text(entry.linkName()));
        if (!holds(target)) throw outside("hardlink", target, entry);
        return Bytes.of(String.join("/", target));
    }

    /**
     * A symbolic link in the archive may be absolute, which is for the container to follow, but a
     * relative one may not leave the directory.
     *
     * @param place of the link
     */
    void checkSymlink(TarEntry entry, List<String> place) throws LayerException {
        var target = joined(place.subList(0, place.size() - 1), Bytes.text(entry.linkName()));
        boolean absolute = entry.linkName().length > 0 && entry.linkName()[0] == '/';
        if (!absolute && !holds(target)) throw outside("symlink", place, entry);
    }

    private boolean holds(List<String> place) {
        return place.size() >= names.size() && place.subList(0, names.size()).equals(names);
    }

    private static LayerException outside(String what, List<String> place, TarEntry entry) {
        return new LayerException(
                "invalid "
                        + what
                        + " "
                        + shown(place)
                        + " -> "
                        + quoted(Bytes.text(entry.linkName()))
                        + ": it leads out of the directory that is copied to");
    }

    static String shown(List<String> place) {
        return quoted("/" + String.join("/", place));
    }

    private static String quoted(String text) {
        return "\"" + Bytes.show(text) + "\"";
    }

    @Override
    public String toString() {
        return shown(names);
    }
}
