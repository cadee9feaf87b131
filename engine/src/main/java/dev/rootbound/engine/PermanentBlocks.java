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
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;

/**
 * Each tenant's permanent block: its subordinate ids in /etc/subuid and /etc/subgid, which stand on
 * disk for the ids of its containers that are nobody's. A tenant without a line is given one, once
 * and for good, under the lock of shadow's own tools (lckpwdf(3)).
 */
final class PermanentBlocks {
    /** What useradd(8) gives out too, which looks for what no line has: login.defs(5). */
    private static final long FIRST = 100_000;

    private static final long LAST = 600_100_000;

    private final Path etc;
    private final HostUsers users;
    private final Predicate<IdRange> leased;

    /**
     * @param etc the directory of the two files, and of login.defs
     * @param users read from there
     * @param leased whether containers have any of these ids now: some are chosen by hand
     */
    PermanentBlocks(Path etc, HostUsers users, Predicate<IdRange> leased) {
        this.etc = etc;
        this.users = users;
        this.leased = leased;
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
            // another engine, or usermod(8), may have been faster
            var uids = users.subordinates();
            var gids = users.subordinateGroups();
            boolean hasUids = !uids.rangesOf(name, uid).isEmpty();
            boolean hasGids = !gids.rangesOf(name, uid).isEmpty();
            if (hasUids && hasGids) return;
            var range = free(uids, gids);
            if (!hasUids) append("subuid", name, range);
            if (!hasGids) append("subgid", name, range);
        } catch (FileSystemException e) {
            throw new IOException(
                    "give "
                            + name
                            + " subordinate ids of its own, for the files of its containers in bind"
                            + " mounts: "
                            + e.getMessage()
                            + "; add a line "
                            + name
                            + ":FIRST:65536 to "
                            + etc.resolve("subuid")
                            + " and "
                            + etc.resolve("subgid")
                            + " by hand (usermod --add-subuids, --add-subgids)",
                    e);
        }
    }

    private IdRange free(SubidFile uids, SubidFile gids) throws IOException {
        var ids = users.ids();
        long from = Math.max(setting("SUB_UID_MIN", FIRST), setting("SUB_GID_MIN", FIRST));
        long last = Math.min(setting("SUB_UID_MAX", LAST), setting("SUB_GID_MAX", LAST));
        long first = Math.max(1, Math.ceilDiv(from, IdPool.BLOCK)) * IdPool.BLOCK;
        for (; first + IdPool.BLOCK - 1 <= last; first += IdPool.BLOCK) {
            var range = new IdRange(first, IdPool.BLOCK);
            boolean taken =
                    has(uids, range)
                            || has(gids, range)
                            || ids.stream().anyMatch(range::contains)
                            || range.overlaps(IdRange.FOREIGN)
                            || leased.test(range);
            if (!taken) return range;
        }
        throw new IOException(
                "give a user subordinate ids: no 65536 of "
                        + from
                        + " to "
                        + last
                        + " are free in "
                        + etc.resolve("subuid")
                        + " and "
                        + etc.resolve("subgid")
                        + "; remove lines of users who are gone, or set SUB_UID_MAX and SUB_GID_MAX"
                        + " higher in "
                        + etc.resolve("login.defs"));
    }

    /** Of login.defs(5): decimal, octal or hexadecimal; the last line counts. */
    private long setting(String name, long otherwise) throws IOException {
        var file = etc.resolve("login.defs");
        if (!Files.exists(file)) return otherwise;
        long value = otherwise;
        for (var line : Files.readString(file, ISO_8859_1).lines().toList()) {
            var words = line.strip().split("\\s+", 3);
            if (words.length < 2 || !words[0].equals(name)) continue;
            try {
                value = Long.decode(words[1]);
            } catch (NumberFormatException e) {
                throw new IOException(file + ": " + name + " is no number: " + words[1], e);
            }
        }
        return value;
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
