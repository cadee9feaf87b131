package dev.rootbound.evidence;

import dev.rootbound.linux.ProcFile;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * Who a thread is and what it may, proc_pid_status(5). Ids are the host's.
 *
 * @param name as it calls itself: any bytes, a char a byte
 * @param state such as {@code S}, or {@code Z} for what has ended
 * @param inside its process's ids in each process namespace that it is in, the host's first
 * @param uids real, effective, saved, of the file system
 * @param gids the same
 * @param groups supplementary
 * @param capabilities the five sets by name, {@code CapEff}, as masks
 * @param seccomp 0 none, 1 strict, 2 filter
 */
record Task(
        String name,
        char state,
        List<Long> inside,
        List<Long> uids,
        List<Long> gids,
        List<Long> groups,
        Map<String, Long> capabilities,
        boolean noNewPrivileges,
        int seccomp) {

    private static final List<String> SETS =
            List.of("CapInh", "CapPrm", "CapEff", "CapBnd", "CapAmb");

    Task {
        inside = List.copyOf(inside);
        uids = List.copyOf(uids);
        gids = List.copyOf(gids);
        groups = List.copyOf(groups);
        capabilities = Map.copyOf(capabilities);
    }

    /**
     * @throws IllegalArgumentException if a line is missing that every kernel writes
     */
    static Task parse(String status) {
        var fields = new HashMap<String, String>();
        for (var line : ProcFile.lines(status)) {
            int colon = line.indexOf(':');
            if (colon > 0) {
                fields.putIfAbsent(line.substring(0, colon), line.substring(colon + 1).strip());
            }
        }
        var capabilities = new LinkedHashMap<String, Long>();
        SETS.forEach(set -> capabilities.put(set, Long.parseUnsignedLong(get(fields, set), 16)));
        return new Task(
                get(fields, "Name"),
                get(fields, "State").charAt(0),
                numbers(fields.getOrDefault("NSpid", "")),
                numbers(get(fields, "Uid")),
                numbers(get(fields, "Gid")),
                numbers(get(fields, "Groups")),
                capabilities,
                get(fields, "NoNewPrivs").equals("1"),
                Integer.parseInt(fields.getOrDefault("Seccomp", "0")));
    }

    private static String get(Map<String, String> fields, String name) {
        var value = fields.get(name);
        if (value == null) {
            throw new IllegalArgumentException("no line " + name + " in /proc/PID/status");
        }
        return value;
    }

    private static List<Long> numbers(String text) {
        return text.isEmpty()
                ? List.of()
                : Arrays.stream(text.split("\\s+")).map(Long::parseLong).toList();
    }

    /** It has ended, and only its parent has not noticed. */
    boolean isDead() {
        return state == 'Z' || state == 'X';
    }

    /** All of its host ids. */
    List<Long> ids() {
        var ids = new ArrayList<>(uids);
        ids.addAll(gids);
        ids.addAll(groups);
        return ids;
    }

    /** The effective set. */
    long effective() {
        return capabilities.getOrDefault("CapEff", 0L);
    }
}
