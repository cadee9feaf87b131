package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import java.io.IOException;
import java.io.InterruptedIOException;
import java.io.OutputStream;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Writes a writable layer as an image's layer: overlayfs' whiteouts become entries (OCI image-spec,
 * layer.md). The same files make the same bytes: names are sorted, times are whole seconds, and a
 * whiteout says nothing of when or by whom.
 */
final class LayerArchive {
    private final TarOutput tar;
    private final TarMembers members;

    private LayerArchive(TarOutput tar, long latest) {
        this.tar = tar;
        this.members = TarMembers.sparse(tar, latest);
    }

    /**
     * @param lower what the layer lies on: a directory that hides nothing of it is not opaque
     * @param latest of the times of files: later ones become this; {@code null}: as they are
     */
    static void write(
            MergedDirectory upper,
            MergedDirectory lower,
            OutputStream out,
            @Nullable Instant latest)
            throws IOException {
        var tar = new TarOutput(out);
        long seconds = latest == null ? Long.MAX_VALUE : latest.getEpochSecond();
        new LayerArchive(tar, seconds).directory(upper, lower, new byte[0], 0);
        tar.finish();
    }

    private void directory(MergedDirectory upper, MergedDirectory lower, byte[] path, int depth)
            throws IOException {
        upper.refuseDeep(depth);
        lower.refuseDeep(depth);
        if (upper.isOpaque() && !lower.names().isEmpty()) {
            mark(path, Placement.OPAQUE);
        }
        for (var named : upper.names().entrySet()) {
            if (Thread.interrupted()) throw new InterruptedIOException("packing was interrupted");
            var name = Bytes.of(named.getKey());
            var child = TarMembers.concat(path, name);
            refuseMark(named.getKey(), child);
            switch (members.add(named.getValue(), name, child)) {
                case DIRECTORY -> enter(upper, lower, name, child, depth);
                case WHITEOUT -> mark(path, Placement.WHITEOUT + named.getKey());
                case OTHER -> {}
            }
        }
    }

    private void enter(
            MergedDirectory upper, MergedDirectory lower, byte[] name, byte[] path, int depth)
            throws IOException {
        try (var own = upper.below(name);
                var below = lower.below(name)) {
            directory(own, below, TarMembers.slashed(path), depth + 1);
        }
    }

    /** Whoever unpacks it would take it for a whiteout and remove something else. */
    private static void refuseMark(String name, byte[] path) throws LayerException {
        if (name.startsWith(Placement.WHITEOUT)) {
            throw new LayerException(
                    "/"
                            + Bytes.show(Bytes.text(path))
                            + ": in a layer a name that begins with .wh. says that something is"
                            + " removed; rename it in the container");
        }
    }

    private void mark(byte[] directory, String name) throws IOException {
        tar.begin(
                new TarEntry(
                        TarMembers.concat(directory, Bytes.of(name)),
                        TarEntry.Type.FILE,
                        0600,
                        0,
                        0,
                        null,
                        0,
                        0,
                        0,
                        new byte[0],
                        0,
                        0,
                        Map.of(),
                        List.of()));
    }
}
