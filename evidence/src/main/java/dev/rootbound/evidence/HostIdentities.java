package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * Whose the ids of this host are, by its files; nothing else is asked (nsswitch.conf(5)).
 *
 * @param subuids the lines of /etc/subuid
 * @param subgids the lines of /etc/subgid
 * @param leases each with the directories of the containers that have it, those of other engines
 *     too
 */
public record HostIdentities(
        Names users,
        Names groups,
        Memberships memberships,
        SubidFile subuids,
        SubidFile subgids,
        Map<IdRange, List<String>> leases) {
    /** Who has the lines in /etc/subuid and /etc/subgid that leases are given from. */
    public static final String POOL = "rootbound";

    /** How many ids a lease has. */
    private static final long LEASE = 65_536;

    public HostIdentities {
        leases = Map.copyOf(leases);
    }

    /**
     * As they are now.
     *
     * @param claims a file for each lease of this host: called as its first id, {@code PID START
     *     DIRECTORY}, and a line for each further directory
     */
    public static HostIdentities read(Path claims) throws IOException {
        var passwd = text(Path.of("/etc/passwd"));
        var group = text(Path.of("/etc/group"));
        return new HostIdentities(
                Names.parse(passwd),
                Names.parse(group),
                Memberships.parse(passwd, group),
                subids("/etc/subuid"),
                subids("/etc/subgid"),
                leases(claims));
    }

    private static SubidFile subids(String file) throws IOException {
        return SubidFile.parse(text(Path.of(file)), file);
    }

    private static Map<IdRange, List<String>> leases(Path claims) throws IOException {
        var leases = new HashMap<IdRange, List<String>>();
        try (var files = Files.newDirectoryStream(claims, "[0-9]*")) {
            for (var file : files) {
                var name = String.valueOf(file.getFileName());
                var words = text(file).split(" ", 3);
                if (Names.isNumber(name)) { // else it is being written
                    leases.put(
                            new IdRange(Long.parseLong(name), LEASE),
                            words.length < 3 ? List.of() : List.of(words[2].split("\n")));
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of(); // nothing was ever leased
        }
        return leases;
    }

    private static String text(Path file) throws IOException {
        try {
            return Files.readString(file, StandardCharsets.ISO_8859_1);
        } catch (NoSuchFileException e) {
            return "";
        }
    }

    /** The subordinate ids of a user, by name and number, of both files. */
    List<IdRange> subordinate(long uid) {
        var name = users.of(uid).orElse("");
        var ranges = new ArrayList<>(subuids.rangesOf(name, uid));
        ranges.addAll(subgids.rangesOf(name, uid));
        return List.copyOf(ranges);
    }

    /** The uid and all gids of a user. */
    Set<Long> idsOf(long uid) {
        var ids = new HashSet<>(memberships.of(users.of(uid).orElse("")));
        ids.add(uid);
        return ids;
    }
}
