package dev.rootbound.engine;

import static java.nio.charset.StandardCharsets.ISO_8859_1;
import static java.nio.charset.StandardCharsets.UTF_8;

import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;

/**
 * Each tenant's permanent block: its subordinate ids in /etc/subuid and /etc/subgid, which stand on
 * disk for the ids of its containers that are nobody's. A tenant without a line is given one, once
 * and for good, under the lock of shadow's own tools (lckpwdf(3)).
 */
final class PermanentBlocks {
    /** Where useradd(8) gives them out too: it looks for what no line has. */
    private static final IdRange FROM = new IdRange(2 * IdPool.BLOCK, 600_100_000 - 131_072);

    private final Path etc;
    private final HostUsers users;

    /**
     * @param etc the directory of the two files
     * @param users read from there
     */
    PermanentBlocks(Path etc, HostUsers users) {
        this.etc = etc;
        this.users = users;
    }

    /** The ids that stand for 0, 1, … inside. */
    record Block(List<IdRange> uids, List<IdRange> gids) {
        private boolean isWhole() {
            return !uids.isEmpty() && !gids.isEmpty();
        }

        boolean hasUid(long id) {
            return uids.stream().anyMatch(range -> range.contains(id));
        }

        boolean hasGid(long id) {
            return gids.stream().anyMatch(range -> range.contains(id));
        }
    }

    /** A tenant's; made if it has none. */
    Block of(Tenant tenant) throws IOException {
        var name = users.name(tenant.uid());
        var known = read(name, tenant.uid());
        if (known.isWhole()) return known;
        allot(name, tenant.uid());
        return read(name, tenant.uid());
    }

    private Block read(String name, long uid) throws IOException {
        return new Block(
                usable("subuid", users.subordinates(), name, uid),
                usable("subgid", users.subordinateGroups(), name, uid));
    }

    /** The first 65 536 of the ids in its lines. */
    private List<IdRange> usable(String file, SubidFile lines, String name, long uid)
            throws IOException {
        var own = new ArrayList<IdRange>();
        long left = IdPool.BLOCK;
        for (var range : lines.rangesOf(name, uid)) {
            if (left == 0) break;
            var part = new IdRange(range.first(), Math.min(left, range.size()));
            if (lines.rangesOfOthers(name, uid).stream().anyMatch(part::overlaps)) {
                throw bad(file, name, part, "another user's");
            }
            if (own.stream().anyMatch(part::overlaps)) throw bad(file, name, part, "its own");
            check(file, name, part);
            own.add(part);
            left -= part.size();
        }
        return own;
    }

    private void check(String file, String name, IdRange part) throws IOException {
        if (part.first() < IdPool.BLOCK || part.overlaps(IdRange.FOREIGN)) {
            throw bad(file, name, part, "the system's");
        }
        for (long id : users.ids()) {
            if (part.contains(id)) throw bad(file, name, part, "id " + id + " of a real user");
        }
    }

    private IOException bad(String file, String name, IdRange part, String why) {
        return new IOException(
                "the ids "
                        + part
                        + " of "
                        + name
                        + " in "
                        + etc.resolve(file)
                        + " are "
                        + why
                        + " too: no file of a container can be theirs; correct the file, ids that"
                        + " nobody else has");
    }

    /** Gives a user lines of its own where it has none. */
    synchronized void allot(String name, long uid) throws IOException {
        var lockFile = etc.resolve(".pwd.lock");
        try (var channel =
                        FileChannel.open(
                                lockFile, StandardOpenOption.CREATE, StandardOpenOption.WRITE);
                var _ = FileLocks.lock(channel, lockFile)) {
            var uids = users.subordinates();
            var gids = users.subordinateGroups();
            var range = free(uids, gids);
            if (uids.rangesOf(name, uid).isEmpty()) append("subuid", name, range);
            if (gids.rangesOf(name, uid).isEmpty()) append("subgid", name, range);
        }
    }

    private IdRange free(SubidFile uids, SubidFile gids) throws IOException {
        var ids = users.ids();
        for (long first = FROM.first(); first < FROM.end(); first += IdPool.BLOCK) {
            var range = new IdRange(first, IdPool.BLOCK);
            boolean taken =
                    has(uids, range) || has(gids, range) || ids.stream().anyMatch(range::contains);
            if (!taken) return range;
        }
        throw new IOException(
                "give a user subordinate ids: none of "
                        + FROM
                        + " are free in "
                        + etc.resolve("subuid")
                        + " and "
                        + etc.resolve("subgid"));
    }

    private static boolean has(SubidFile file, IdRange range) {
        return file.lines().stream().anyMatch(line -> line.range().overlaps(range));
    }

    /** In one write, so that who reads meanwhile reads all of the line or nothing. */
    private void append(String file, String name, IdRange range) throws IOException {
        var path = etc.resolve(file);
        var line = name + ":" + range.first() + ":" + range.size() + "\n";
        boolean ended =
                !Files.exists(path) || Files.readString(path, ISO_8859_1).matches("(?s)|.*\n");
        try (var channel =
                FileChannel.open(path, StandardOpenOption.CREATE, StandardOpenOption.APPEND)) {
            var bytes = ByteBuffer.wrap(((ended ? "" : "\n") + line).getBytes(UTF_8));
            while (bytes.hasRemaining()) channel.write(bytes);
            channel.force(true);
        }
    }
}
