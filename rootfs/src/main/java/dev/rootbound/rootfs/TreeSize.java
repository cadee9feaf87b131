package dev.rootbound.rootfs;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import java.io.IOException;
import java.util.HashSet;
import java.util.Set;

/** How much is in a tree. */
final class TreeSize {
    private final Set<Long> seen = new HashSet<>();
    private long bytes;

    long of(MergedDirectory tree) throws IOException {
        add(tree, 0);
        return bytes;
    }

    private void add(MergedDirectory tree, int depth) throws IOException {
        MergedDirectory.refuseDepth(depth);
        for (var text : tree.names().keySet()) {
            var name = text.getBytes(ISO_8859_1);
            var found = tree.find(name);
            if (found.isEmpty()) {
                continue;
            }
            var stat = found.get();
            if (stat.isDirectory()) {
                try (var below = tree.below(name)) {
                    add(below, depth + 1);
                }
            } else if (stat.links() == 1 || seen.add(stat.inode())) {
                bytes += stat.size();
            }
        }
    }
}
