package dev.rootbound.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import dev.rootbound.linux.Shown;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose the files below a directory are.
 *
 * @param files how many were looked at
 * @param whole whether that is all of them
 * @param strangers those that are not the range's, the first of them, a sentence each
 */
record Tree(String path, long files, boolean whole, List<String> strangers) {
    private static final int SENTENCES = 20;

    /** Each level is an open directory. */
    private static final int DEPTH = 200;

    Tree {
        strangers = List.copyOf(strangers);
    }

    /**
     * Looks at the directory itself and all below, follows no link and crosses no mount that is not
     * the engine's own.
     *
     * @param limit how many files to look at, at most
     */
    static Tree walk(Path path, IdRange range, long limit) throws IOException {
        var walk = new Walk(range, limit);
        try (var top = Dir.open(path)) {
            walk.look(path.toString(), top.stat(new byte[0]));
            walk.below(top, path.toString(), 1);
        }
        return new Tree(path.toString(), walk.files, walk.whole, walk.strangers);
    }

    private static final class Walk {
        private final IdRange range;
        private final long limit;
        private final List<String> strangers = new ArrayList<>();
        private long files;
        private boolean whole = true;

        Walk(IdRange range, long limit) {
            this.range = range;
            this.limit = limit;
        }

        void below(Dir dir, String path, int depth) throws IOException {
            for (var name : dir.names()) {
                if (files >= limit) {
                    whole = false;
                    return;
                }
                try {
                    enter(dir, name, path + "/" + Shown.of(new String(name, ISO_8859_1)), depth);
                } catch (ErrnoException e) {
                    if (e.errno() != Errno.ENOENT && e.errno() != Errno.ENOTDIR) {
                        throw e;
                    }
                    // it was removed or replaced meanwhile
                }
            }
        }

        private void enter(Dir dir, byte[] name, String path, int depth) throws IOException {
            var stat = dir.stat(name);
            look(path, stat);
            if (!stat.isDirectory()) {
                return;
            }
            if (depth == DEPTH) {
                whole = false;
                return;
            }
            try (var child = dir.dir(name)) {
                below(child, path, depth + 1);
            }
        }

        void look(String path, Stat stat) {
            files++;
            boolean owned = range.contains(stat.uid()) && range.contains(stat.gid());
            if (!owned && strangers.size() < SENTENCES) {
                strangers.add(path + " is owned by " + stat.uid() + ":" + stat.gid());
            }
        }
    }
}
