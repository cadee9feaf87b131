package dev.rootbound.rootfs;

import dev.rootbound.image.TarEntry;
import dev.rootbound.image.TarOutput;
import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.MergedDirectory.Part;
import java.io.IOException;
import java.io.InputStream;
import java.io.InterruptedIOException;
import java.io.OutputStream;
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
    private final LayerRules rules;

    private LayerArchive(TarOutput tar, LayerRules rules) {
        this.tar = tar;
        this.members = TarMembers.sparse(tar, rules.latestSeconds());
        this.rules = rules;
    }

    /**
     * @param lower what the layer lies on: a directory that hides nothing of it is not opaque
     * @param more a tar whose members come last; {@code null}: none
     */
    static void write(
            MergedDirectory upper,
            MergedDirectory lower,
            OutputStream out,
            LayerRules rules,
            @Nullable InputStream more)
            throws IOException {
        var tar = new TarOutput(out);
        new LayerArchive(tar, rules).directory(upper, lower, new byte[0], 0);
        if (more == null) tar.finish();
        else tar.append(more);
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
            if (isMountPoint(upper, lower, named.getValue(), name, child)) continue;
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

    /** Whether it was made, or only entered, for a mount, and nothing else is in it. */
    private boolean isMountPoint(
            MergedDirectory upper, MergedDirectory lower, Part part, byte[] name, byte[] path)
            throws IOException {
        if (!rules.mountPoints().contains(Bytes.text(path))) return false;
        var stat = part.dir().stat(name);
        var before = lower.find(name);
        if (before.isPresent() && !isSame(before.get(), stat)) return false;
        if (!stat.isDirectory()) return stat.isRegular() && stat.size() == 0;
        try (var own = upper.below(name);
                var below = lower.below(name)) {
            if (own.isOpaque()) return false;
            for (var child : own.names().entrySet()) {
                var bytes = Bytes.of(child.getKey());
                var childPath = TarMembers.concat(TarMembers.slashed(path), bytes);
                if (!isMountPoint(own, below, child.getValue(), bytes, childPath)) return false;
            }
            return true;
        }
    }

    private static boolean isSame(Stat one, Stat other) {
        return one.isDirectory()
                && one.mode() == other.mode()
                && one.uid() == other.uid()
                && one.gid() == other.gid();
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
