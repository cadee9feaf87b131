package dev.rootbound.evidence;

import java.util.HashMap;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;

/** Which groups each user has, by the users' names: passwd(5) and group(5). */
record Memberships(Map<String, Set<Long>> byName) {
    Memberships {
        byName = Map.copyOf(byName);
    }

    static Memberships parse(String passwd, String group) {
        var byName = new HashMap<String, Set<Long>>();
        for (var line : passwd.split("\n", -1)) {
            var fields = line.split(":", -1);
            if (fields.length > 3 && Names.isNumber(fields[3])) {
                add(byName, fields[0], fields[3]);
            }
        }
        for (var line : group.split("\n", -1)) {
            var fields = line.split(":", -1);
            if (fields.length > 3 && Names.isNumber(fields[2])) {
                for (var member : fields[3].split(",")) {
                    add(byName, member, fields[2]);
                }
            }
        }
        return new Memberships(byName);
    }

    private static void add(Map<String, Set<Long>> byName, String user, String gid) {
        byName.computeIfAbsent(user, _ -> new HashSet<>()).add(Long.parseLong(gid));
    }

    Set<Long> of(String user) {
        return byName.getOrDefault(user, Set.of());
    }
}
