package dev.rootbound.attack;

import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.Objects;

/**
 * Directories of host root's own that nobody else may write, but what is in them, and meanwhile.
 * They are in one that only root, or that with the sticky bit everybody, may write: nobody can put
 * another in their place while they are there. They are emptied from within: what is removed is
 * moved up into them at most, never to where others could take it away, or have taken its name.
 */
final class Trees {
    private static final int ROOT = 0;
    private static final int MODE = 0711;

    private Trees() {}

    /**
     * Makes one, which others may pass through and not list.
     *
     * @return it, for {@link #remove(Path, Dir)}
     * @throws ErrnoException EEXIST if anything has that name
     */
    static Dir make(Path tree) throws IOException {
        try (var parent = parent(tree)) {
            parent.mkdir(name(tree), MODE);
            try {
                return parent.sameMount(name(tree));
            } catch (ErrnoException e) {
                parent.rmdir(name(tree));
                throw e;
            }
        }
    }

    /** Removes one that was made. */
    static void remove(Path tree, Dir made) throws IOException {
        var names = made.names();
        // first what a removal that failed has moved up, whose names are longer than their tree's:
        // an engine with the same process number moves to the same names
        names.sort(Comparator.comparingInt(name -> -name.length));
        for (var name : names) made.removeTree(name);
        try (var parent = parent(tree)) {
            parent.rmdir(name(tree));
        }
    }

    /**
     * Removes one that an engine made that has ended. Nothing if it is not there; what somebody
     * else has given its name since is left as it is.
     */
    static void remove(Path tree) throws IOException {
        try (var parent = parent(tree);
                var found = parent.sameMount(name(tree))) {
            if (found.stat(new byte[0]).uid() == ROOT) remove(tree, found);
        } catch (ErrnoException e) {
            if (!isOthers(e.errno())) throw e;
        }
    }

    /** Not there, or a file or a link: we make directories. */
    private static boolean isOthers(int errno) {
        return errno == Errno.ENOENT || errno == Errno.ENOTDIR || errno == Errno.ELOOP;
    }

    private static Dir parent(Path tree) throws IOException {
        return Dir.open(Objects.requireNonNull(tree.getParent()));
    }

    private static byte[] name(Path tree) {
        return String.valueOf(tree.getFileName()).getBytes(StandardCharsets.UTF_8);
    }
}
