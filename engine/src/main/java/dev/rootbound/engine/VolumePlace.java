package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.io.IOException;
import java.util.ArrayDeque;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A path in a container that lies in one of its volumes.
 *
 * @param path in the volume, as bytes
 * @param wholeName if the path is the volume's own place: the path's last name; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VolumePlace(VolumeMount mount, byte[] path, String wholeName) {
    /** Follows the links of the container's files. */
    interface Links {
        byte[] end(byte[] path) throws IOException;
    }

    /** Links are followed, the path's last name only if a slash follows it. */
    static Optional<VolumePlace> of(Container container, byte[] path, Links links)
            throws IOException {
        var text = new String(path, ISO_8859_1); // one character a byte
        var names = names(text);
        if (names.isEmpty()) return Optional.empty();
        var base = names.getLast();
        var whole = "/" + String.join("/", names);
        boolean entered = text.endsWith("/") || text.endsWith("/.");
        var parent = whole.substring(0, whole.lastIndexOf('/'));
        var real = entered ? end(links, whole) : end(links, parent) + "/" + base;
        VolumeMount found = null;
        var deepest = "";
        for (var mount : container.spec().volumes()) {
            var target = end(links, target(mount));
            boolean within = (real + "/").startsWith(target + "/");
            if (within && target.length() > deepest.length()) {
                found = mount;
                deepest = target;
            }
        }
        return Optional.ofNullable(place(found, real.substring(deepest.length()), base, text));
    }

    private static @Nullable VolumePlace place(
            @Nullable VolumeMount mount, String rest, String base, String text) {
        if (mount == null) return null;
        boolean dotted = text.endsWith("/.");
        var end = dotted ? "/." : text.endsWith("/") || rest.isEmpty() ? "/" : "";
        var name = rest.isEmpty() && !dotted ? base : "";
        return new VolumePlace(mount, (rest + end).getBytes(ISO_8859_1), name);
    }

    private static String end(Links links, String path) throws IOException {
        var end = new String(links.end(path.getBytes(ISO_8859_1)), ISO_8859_1);
        return end.equals("/") ? "" : end;
    }

    private static String target(VolumeMount mount) {
        return new String(mount.target().getBytes(UTF_8), ISO_8859_1);
    }

    /** With {@code ..} resolved in the text, as Docker does. */
    private static ArrayDeque<String> names(String path) {
        var names = new ArrayDeque<String>();
        for (var name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return names;
    }
}
