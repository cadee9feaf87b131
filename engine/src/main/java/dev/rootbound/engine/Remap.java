package dev.rootbound.engine;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.IdPool;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.linux.Getent;
import java.io.IOException;
import java.nio.file.Path;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.List;

/**
 * Docker's map of the whole daemon, {@code --userns-remap}: all containers that ask for no ids of
 * their own have a user's subordinate ids, so they are nobody on the host, but not to each other.
 *
 * @param user whose subordinate ids they are
 */
public record Remap(String user, IdMaps ids) {
    private static final String OPTION = "--userns-remap ";
    private static final String DEFAULT = "default";

    /** Docker's name for the user that {@code default} makes. */
    private static final String DEFAULT_USER = "dockremap";

    /**
     * Finds the ids.
     *
     * @param value {@code default}, or {@code user[:group]}, names or numbers. The lines of the
     *     user in subuid(5) and subgid(5) count, in the files' order; those of the group where the
     *     user has none in subgid(5), as in Docker before 23
     * @throws IOException if there is no such user or group, or it has no subordinate ids
     */
    public static Remap of(String value, Path etc, InstantSource clock) throws IOException {
        var users = new HostUsers(etc, clock);
        var names = value.split(":", -1);
        boolean empty = names[0].isEmpty() || names[names.length - 1].isEmpty();
        if (names.length > 2 || empty) {
            throw new IOException(OPTION + value + ": it is default, or USER[:GROUP]");
        }
        if (value.equals(DEFAULT)) {
            make(users, etc);
            names = new String[] {DEFAULT_USER};
        }
        var uid = users.uid(names[0]);
        if (uid.isEmpty()) {
            throw new IOException(
                    OPTION + value + ": there is no user " + names[0] + " on this host");
        }
        if (uid.getAsLong() == 0) {
            throw new IOException(
                    OPTION
                            + value
                            + ": root's containers would be root on the host; single ones may be,"
                            + " with run --userns host");
        }
        var user = users.name(uid.getAsLong());
        var group = names.length == 1 ? user : group(value, names[1]);
        var uids = users.subordinates().rangesOf(user, uid.getAsLong());
        var gids = users.subordinateGroups().rangesOf(user, uid.getAsLong());
        if (gids.isEmpty()) gids = users.subordinateGroups().rangesOf(group, -1);
        return new Remap(
                user,
                new IdMaps(
                        map(value, user, uids, etc.resolve("subuid")),
                        map(value, user, gids, etc.resolve("subgid"))));
    }

    private static void make(HostUsers users, Path etc) throws IOException {
        if (users.uid(DEFAULT_USER).isEmpty()) {
            var line =
                    List.of(
                            "useradd",
                            "--system",
                            "--no-create-home",
                            "--user-group",
                            DEFAULT_USER);
            var process = new ProcessBuilder(line).redirectErrorStream(true).start();
            process.getOutputStream().close();
            try (var output = process.inputReader()) {
                var said = String.join("; ", output.lines().toList());
                if (process.waitFor() != 0) {
                    throw new IOException(
                            OPTION + DEFAULT + ": " + String.join(" ", line) + ": " + said);
                }
            } catch (InterruptedException e) {
                process.destroy();
                throw new IOException(OPTION + DEFAULT + ": interrupted while useradd ran", e);
            }
        }
        // known again: who was nobody a moment ago is remembered as nobody by name only
        var uid = users.uid(DEFAULT_USER);
        if (uid.isPresent())
            new PermanentBlocks(etc, users, _ -> false).allot(DEFAULT_USER, uid.getAsLong());
    }

    private static String group(String value, String asked) throws IOException {
        return Getent.lines("group", asked).stream()
                .findFirst()
                .map(line -> line.substring(0, line.indexOf(':')))
                .orElseThrow(() ->
                        new IOException(
                                OPTION + value + ": there is no group " + asked + " on this host"));
    }

    /** Inside ids from 0 on, one range after the other. */
    private static IdMap map(String value, String user, List<IdRange> ranges, Path file)
            throws IOException {
        var entries = new ArrayList<IdMap.Entry>();
        long inside = 0;
        for (var range : ranges) {
            long size = Math.min(range.size(), IdPool.BLOCK - inside);
            if (size == 0) break;
            if (range.contains(0)) {
                throw new IOException(
                        OPTION + value + ": " + file + " gives " + user + " the id of host root");
            }
            if (range.overlaps(IdRange.FOREIGN)) {
                throw new IOException(
                        OPTION + value + ": files in the store have the ids " + IdRange.FOREIGN);
            }
            entries.add(new IdMap.Entry(inside, new IdRange(range.first(), size)));
            inside += size;
        }
        if (entries.isEmpty()) {
            throw new IOException(
                    OPTION
                            + value
                            + ": "
                            + user
                            + " has no subordinate ids: add a line such as "
                            + user
                            + ":100000:65536 to "
                            + file);
        }
        try {
            return new IdMap(entries);
        } catch (IllegalArgumentException e) {
            throw new IOException(OPTION + value + ": " + file + ": " + e.getMessage(), e);
        }
    }
}
