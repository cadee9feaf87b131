package dev.rootbound.app;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.HostIds;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.At;
import dev.rootbound.linux.Dir;
import dev.rootbound.linux.Fd;
import dev.rootbound.linux.Stat;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Set;

/**
 * Gives files to root's containers: id {@code n} on disk becomes the {@code n}th of root's
 * subordinate ids, as such a container's id {@code n} is in a bind mount. By descriptors, no link
 * is followed: others may write there meanwhile.
 */
final class Adoption {
    private final OwnIds ids;
    private final Set<Long> users;

    private Adoption(OwnIds ids, Set<Long> users) {
        this.ids = ids;
        this.users = users;
    }

    static Adoption of(OwnIds ids) throws IOException {
        var passwd = Files.readString(Path.of("/etc/passwd"), StandardCharsets.ISO_8859_1);
        var group = Files.readString(Path.of("/etc/group"), StandardCharsets.ISO_8859_1);
        return new Adoption(ids, HostIds.of(passwd, group));
    }

    /** How many files were given, and how many stay somebody's. */
    record Count(long given, long left, long linked) {
        private Count plus(Count other) {
            return new Count(given + other.given, left + other.left, linked + other.linked);
        }

        String text(Path path) {
            var text = path + ": " + given + " given to root's containers";
            if (left > 0) text += ", " + left + " left to users of this host and to others";
            if (linked > 0) text += ", " + linked + " left that have other names elsewhere";
            return text;
        }
    }

    Count adopt(Path path) throws IOException {
        var parent = path.getParent();
        if (parent == null) throw new CliException(1, "adopt: / is the host itself");
        try (var dir = Dir.open(parent)) {
            return adopt(dir, String.valueOf(path.getFileName()).getBytes(UTF_8));
        }
    }

    private Count adopt(Dir dir, byte[] name) throws IOException {
        try (var file = dir.openName(name, At.O_PATH, 0)) {
            var stat = file.stat();
            var below = stat.isDirectory() ? below(dir, name) : new Count(0, 0, 0);
            return below.plus(give(file, stat));
        }
    }

    private Count below(Dir dir, byte[] name) throws IOException {
        var count = new Count(0, 0, 0);
        try (var below = dir.dir(name)) {
            for (var each : below.names()) count = count.plus(adopt(below, each));
        }
        return count;
    }

    private Count give(Fd file, Stat stat) throws IOException {
        long uid = given(stat.uid(), ids.uids());
        long gid = given(stat.gid(), ids.gids());
        if (!ids.uids().contains(uid)) return new Count(0, 1, 0); // a user's, whatever its group
        if (uid == stat.uid() && gid == stat.gid()) return new Count(0, 0, 0);
        // its other name may be in a place that nobody meant
        if (!stat.isDirectory() && stat.links() > 1) return new Count(0, 0, 1);
        file.chownPath(uid, gid);
        return new Count(1, 0, 0);
    }

    private long given(long id, IdRange block) {
        boolean nobodys = id == 0 || !users.contains(id);
        return nobodys && id < block.size() ? block.first() + id : id;
    }
}
