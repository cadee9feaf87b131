package dev.rootbound.runtime;

import dev.rootbound.linux.ProcFile;
import java.io.IOException;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** What went through a network interface, proc_pid_net(5). */
public record NetworkCounters(Direction received, Direction sent) {
    /** One way through it. */
    public record Direction(long bytes, long packets, long errors, long dropped) {}

    private static final int SENT = 8;

    /** By interface, of the process's network namespace; without loopback, as in Docker. */
    public static Map<String, NetworkCounters> of(long pid) throws IOException {
        return parse(ProcFile.lines(pid, "net/dev"));
    }

    static Map<String, NetworkCounters> parse(List<String> lines) {
        var counters = new TreeMap<String, NetworkCounters>();
        for (var line : lines) {
            int colon = line.lastIndexOf(':');
            var name = line.substring(0, Math.max(0, colon)).strip();
            if (name.isEmpty() || name.equals("lo")) {
                continue; // the first two lines are titles
            }
            var numbers =
                    Stream.of(line.substring(colon + 1).strip().split(" +", -1))
                            .mapToLong(Long::parseLong)
                            .toArray();
            counters.put(
                    name, new NetworkCounters(direction(numbers, 0), direction(numbers, SENT)));
        }
        return counters;
    }

    private static Direction direction(long[] numbers, int from) {
        return new Direction(
                numbers[from], numbers[from + 1], numbers[from + 2], numbers[from + 3]);
    }
}
