package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.linux.Stat;
import dev.rootbound.rootfs.RootTree.Change;
import dev.rootbound.rootfs.RootTree.Kind;
import java.io.IOException;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;

/**
 * What a writable layer changes, as Docker's pkg/archive says it (OverlayChanges): a directory that
 * was only copied up is none, the parent of what is new or gone is one.
 */
final class ChangeList {
    private final List<Change> changes = new ArrayList<>();
    private final Set<String> told = new HashSet<>();

    List<Change> of(MergedDirectory upper, MergedDirectory lower) throws IOException {
        compare(upper, lower, "", 0);
        return changes;
    }

    private void compare(MergedDirectory upper, MergedDirectory lower, String path, int depth)
            throws IOException {
        upper.refuseDeep(depth);
        lower.refuseDeep(depth);
        var names = upper.names().keySet();
        for (var text : names) {
            var name = text.getBytes(ISO_8859_1);
            var own = upper.find(name);
            var before = lower.find(name);
            var child = path + "/" + new String(name, UTF_8);
            if (own.isEmpty()) {
                if (before.isPresent()) {
                    tell(path, child, Kind.DELETED);
                }
                continue;
            }
            if (before.isEmpty()) {
                tell(path, child, Kind.ADDED);
            } else if (!isCopy(own.get(), before.get())) {
                tell(path, child, Kind.MODIFIED);
            }
            if (own.get().isDirectory()) {
                enter(upper, lower, name, child, depth);
            }
        }
        if (upper.isOpaque()) {
            hidden(lower, names, path);
        }
    }

    private void enter(
            MergedDirectory upper, MergedDirectory lower, byte[] name, String path, int depth)
            throws IOException {
        try (var own = upper.below(name);
                var below = lower.below(name)) {
            compare(own, below, path, depth + 1);
        }
    }

    /** A directory that was removed and made again hides what was in it. */
    private void hidden(MergedDirectory lower, Set<String> shown, String path) throws IOException {
        for (var text : lower.names().keySet()) {
            var name = text.getBytes(ISO_8859_1);
            if (!shown.contains(text) && lower.find(name).isPresent()) {
                tell(path, path + "/" + new String(name, UTF_8), Kind.DELETED);
            }
        }
    }

    private static boolean isCopy(Stat own, Stat before) {
        return own.isDirectory()
                && before.isDirectory()
                && own.mode() == before.mode()
                && own.uid() == before.uid()
                && own.gid() == before.gid()
                && own.mtimeSeconds() == before.mtimeSeconds()
                && own.mtimeNanos() == before.mtimeNanos();
    }

    private void tell(String parent, String path, Kind kind) {
        if (kind != Kind.MODIFIED && !parent.isEmpty() && told.add(parent)) {
            changes.add(new Change(parent, Kind.MODIFIED));
        }
        told.add(path);
        changes.add(new Change(path, kind));
    }
}
