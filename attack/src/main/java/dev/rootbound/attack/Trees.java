package dev.rootbound.attack;

import dev.rootbound.linux.Dir;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;

/** Removes directories that others may write meanwhile, however deep they make them. */
final class Trees {
    private Trees() {}

    /**
     * Nothing if it is not there.
     *
     * @param tree in a directory that only root, or that with the sticky bit everybody, may write
     */
    static void remove(Path tree) throws IOException {
        var parent = tree.getParent();
        if (parent == null) return;
        try (var dir = Dir.open(parent)) {
            dir.removeTree(String.valueOf(tree.getFileName()).getBytes(StandardCharsets.UTF_8));
        }
    }
}
