package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import java.util.ArrayDeque;
import java.util.Comparator;
import java.util.Optional;

/**
 * A path in a container that lies in one of its volumes.
 *
 * @param path in the volume, as bytes
 * @param wholeName if the path is the volume's own place: that place's last name; else empty
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VolumePlace(VolumeMount mount, byte[] path, String wholeName) {
    /** By the path's text: a link that leads into a volume is not followed there. */
    static Optional<VolumePlace> of(Container container, byte[] path) {
        if (container.spec().volumes().isEmpty()) return Optional.empty();
        var text = new String(path, ISO_8859_1); // one character a byte
        var plain = plain(text) + "/";
        return container.spec().volumes().stream()
                .filter(mount -> plain.startsWith(target(mount) + "/"))
                .max(Comparator.comparingInt(mount -> target(mount).length()))
                .map(mount -> of(mount, plain, text));
    }

    private static VolumePlace of(VolumeMount mount, String plain, String text) {
        var target = target(mount);
        var rest = plain.substring(target.length(), plain.length() - 1);
        boolean dotted = text.endsWith("/.");
        boolean whole = rest.isEmpty() && !dotted;
        var end = dotted ? "/." : text.endsWith("/") || rest.isEmpty() ? "/" : "";
        var name = whole ? target.substring(target.lastIndexOf('/') + 1) : "";
        return new VolumePlace(mount, (rest + end).getBytes(ISO_8859_1), name);
    }

    private static String target(VolumeMount mount) {
        var utf8 = mount.target().getBytes(UTF_8);
        return TargetRule.plain(new String(utf8, ISO_8859_1));
    }

    /** With {@code ..} resolved in the text, as Docker does. */
    private static String plain(String path) {
        var names = new ArrayDeque<String>();
        for (var name : path.split("/")) {
            if (name.equals("..")) {
                names.pollLast();
            } else if (!name.isEmpty() && !name.equals(".")) {
                names.addLast(name);
            }
        }
        return names.isEmpty() ? "" : "/" + String.join("/", names);
    }
}
