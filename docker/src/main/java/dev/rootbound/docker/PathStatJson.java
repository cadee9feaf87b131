package dev.rootbound.docker;

import dev.rootbound.engine.RootFiles;
import dev.rootbound.linux.Stat;
import java.util.Base64;

/** The header {@code X-Docker-Container-Path-Stat}: JSON in base64. */
final class PathStatJson {
    static final String HEADER = "X-Docker-Container-Path-Stat";

    private PathStatJson() {}

    static String of(RootFiles.PathStat stat) {
        var json =
                Json.object()
                        .put("name", stat.name())
                        .put("size", stat.size())
                        .put("mode", goMode(stat.mode()))
                        .put("mtime", stat.changed().toString())
                        .put("linkTarget", stat.linkTarget());
        return Base64.getEncoder().encodeToString(Json.bytes(json));
    }

    /** Go's io/fs.FileMode: the permissions are the kernel's, all else has bits of its own. */
    static long goMode(int mode) {
        long type =
                switch (mode & Stat.TYPE) {
                    case Stat.DIRECTORY -> 1L << 31;
                    case Stat.SYMLINK -> 1L << 27;
                    case Stat.BLOCK_DEVICE -> 1L << 26;
                    case Stat.CHARACTER_DEVICE -> 1L << 26 | 1L << 21;
                    case Stat.FIFO -> 1L << 25;
                    case Stat.SOCKET -> 1L << 24;
                    default -> 0;
                };
        return type | setId(mode) | (mode & 0777);
    }

    private static long setId(int mode) {
        long user = (mode & 04000) != 0 ? 1L << 23 : 0;
        long group = (mode & 02000) != 0 ? 1L << 22 : 0;
        long sticky = (mode & 01000) != 0 ? 1L << 20 : 0;
        return user | group | sticky;
    }
}
