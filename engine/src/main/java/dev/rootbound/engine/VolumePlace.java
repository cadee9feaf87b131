package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.rootfs.RootTree;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.function.Function;

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
        var volume = deepest(spec.volumes(), VolumeMount::target, real, files);
        var bind = deepest(spec.binds(), BindMount::target, real, files);
        if (bind.depth() > volume.depth()) throw onTheHost(bind.mount().orElseThrow());
        var rest = real.substring(volume.depth());
        return volume.mount().map(mount -> place(mount, rest, text(path)));
    }

    /**
     * A mount that a path leads into.
     *
     * @param depth characters of its real target; 0: there is none
     */
    private record Around<T>(Optional<T> mount, int depth) {}

    private static <T> Around<T> deepest(
            List<T> mounts, Function<T, String> target, String real, RootTree files)
            throws IOException {
        var deepest = new Around<T>(Optional.empty(), 0);
        for (var mount : mounts) {
            var at = real(files, (target.apply(mount) + "/").getBytes(UTF_8));
            boolean within = (real + "/").startsWith(at + "/");
            if (within && at.length() > deepest.depth()) {
                deepest = new Around<>(Optional.of(mount), at.length());
            }
        }
        return deepest;
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
