package dev.rootbound.engine;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Instant;
import java.time.ZoneId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a table of processes needs to know of the host.
 *
 * @param memory bytes
 * @param users names by uid, and {@code groups} by gid: the host's, as the ids are
 */
record PsHost(
        Instant boot,
        Instant now,
        ZoneId zone,
        long memory,
        Map<Long, String> users,
        Map<Long, String> groups) {

    static PsHost read(Instant now) throws IOException {
        return new PsHost(
                boot(Files.readAllLines(Path.of("/proc/stat"))).orElse(now),
                now,
                ZoneId.systemDefault(),
                dev.rootbound.runtime.HostCpu.memory(),
                names(Path.of("/etc/passwd")),
                names(Path.of("/etc/group")));
    }

    /** proc_stat(5): seconds since 1970. */
    static Optional<Instant> boot(List<String> stat) {
        return stat.stream()
                .filter(line -> line.startsWith("btime "))
                .map(line -> Instant.ofEpochSecond(Long.parseLong(line.substring(6))))
                .findFirst();
    }

    /** passwd(5) and group(5): {@code name:password:id:…}. */
    private static Map<Long, String> names(Path file) throws IOException {
        var names = new HashMap<Long, String>();
        try {
            for (var line : Files.readAllLines(file)) {
                var fields = line.split(":", 4);
                if (fields.length > 2 && fields[2].matches("\\d{1,10}")) {
                    names.putIfAbsent(Long.valueOf(fields[2]), fields[0]);
                }
            }
        } catch (NoSuchFileException e) {
            return Map.of(); // a host without accounts: numbers
        }
        return names;
    }

    String user(long uid) {
        return users.getOrDefault(uid, Long.toString(uid));
    }

    String group(long gid) {
        return groups.getOrDefault(gid, Long.toString(gid));
    }

    Instant startOf(long ticks) {
        return boot.plusMillis(ticks * 10);
    }
}
