package dev.rootbound.evidence;

import static java.nio.charset.StandardCharsets.ISO_8859_1;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Shown;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/**
 * Whose a file is, or the files below a directory are.
 *
 * @param files how many were looked at
 * @param whole whether that is all of them
 * @param strangers those that are not the range's, the first of them, a sentence each
 */
record Tree(String path, long files, boolean whole, List<String> strangers) {
    private static final int SENTENCES = 20;

    Tree {
        strangers = List.copyOf(strangers);
    }

    /**
     * Looks at the file, or the directory itself and all below, follows no link and crosses no
     * mount that is not the engine's own.
     *
     * @param limit how many files to look at, at most
     */
    static Tree walk(Path path, IdRange range, long limit) throws IOException {
        var strangers = new ArrayList<String>();
        var walk =
                new FileWalk(
                        limit,
                        (way, stat) -> {
                            boolean owned =
                                    range.contains(stat.uid()) && range.contains(stat.gid());
                            if (!owned && strangers.size() < SENTENCES) {
                                strangers.add(sentence(path, way, stat));
                            }
                        });
        try (var top = Fd.open(path, At.O_PATH)) {
            if (top.stat().isDirectory()) {
                below(path, walk);
            } else {
                walk.file(top.stat());
            }
        }
        return new Tree(path.toString(), walk.files(), walk.whole(), strangers);
    }

    private static void below(Path path, FileWalk walk) throws IOException {
        try (var top = Dir.open(path)) {
            walk.tree(top);
        }
    }

    private static String sentence(Path path, byte[] way, Stat stat) {
        var below = way.length == 0 ? "" : "/" + Shown.of(new String(way, ISO_8859_1));
        return path + below + " is owned by " + stat.uid() + ":" + stat.gid();
    }
}
