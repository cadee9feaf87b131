package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.rootfs.RootTree;
import java.io.IOException;
import java.util.Optional;

/**
 * A path in a container that lies in one of its volumes.
 *
 * @param path in the volume, as bytes
 * @param isWhole whether that is all of the volume, under the name that the path gives it
 */
@SuppressWarnings("ArrayRecordComponent") // never compared
record VolumePlace(VolumeMount mount, byte[] path, boolean isWhole) {
    /**
     * @param files the container's, whose links are followed
     */
    static Optional<VolumePlace> of(Container container, byte[] path, RootTree files)
            throws IOException {
        var spec = container.spec();
        if (spec.volumes().isEmpty() && spec.binds().isEmpty()) return Optional.empty();
        var real = real(files, path);
        Optional<VolumeMount> found = Optional.empty();
        var deepest = "";
        Optional<BindMount> host = Optional.empty();
        for (var bind : spec.binds()) {
            var target = real(files, (bind.target() + "/").getBytes(UTF_8));
            if ((real + "/").startsWith(target + "/") && target.length() > deepest.length()) {
                host = Optional.of(bind);
                deepest = target;
            }
        }
        for (var mount : spec.volumes()) {
            var target = real(files, (mount.target() + "/").getBytes(UTF_8));
            boolean within = (real + "/").startsWith(target + "/");
            if (within && target.length() > deepest.length()) {
                found = Optional.of(mount);
                deepest = target;
            }
        }
        if (found.isEmpty() && host.isPresent()) throw onTheHost(host.get());
        var rest = real.substring(deepest.length());
        return found.map(mount -> place(mount, rest, text(path)));
    }

    private static EngineException onTheHost(BindMount bind) {
        return new EngineException.NotImplemented(
                bind.target()
                        + " is "
                        + bind.source()
                        + " of the host: copy it there; copies through bind mounts are not built yet");
    }

    private static VolumePlace place(VolumeMount mount, String rest, String asked) {
        boolean dotted = asked.endsWith("/.");
        var end = dotted ? "/." : asked.endsWith("/") || rest.isEmpty() ? "/" : "";
        var path = (rest + end).getBytes(ISO_8859_1);
        return new VolumePlace(mount, path, rest.isEmpty() && !dotted);
    }

    private static String real(RootTree files, byte[] path) throws IOException {
        var real = text(files.real(path));
        return real.equals("/") ? "" : real;
    }

    /** One character a byte. */
    private static String text(byte[] path) {
        return new String(path, ISO_8859_1);
    }
}
