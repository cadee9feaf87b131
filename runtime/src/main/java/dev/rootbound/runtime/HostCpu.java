package dev.rootbound.runtime;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;

/**
 * What the host's CPUs have done since boot, proc_stat(5).
 *
 * @param nanos of all CPUs together, idle too
 * @param online how many CPUs there are
 */
public record HostCpu(long nanos, int online) {
    private static final long NANOS_PER_TICK = 10_000_000;

    /** user, nice, system, idle, iowait, irq and softirq; guests' time is in the first two. */
    private static final int FIELDS = 7;

    public static HostCpu read() throws IOException {
        return parse(Files.readAllLines(Path.of("/proc/stat")));
    }

    static HostCpu parse(List<String> lines) {
        long ticks = 0;
        int online = 0;
        for (var line : lines) {
            var words = line.split(" +", -1);
            if (words[0].equals("cpu")) {
                for (int i = 1; i <= FIELDS && i < words.length; i++) {
                    ticks += Long.parseLong(words[i]);
                }
            } else if (words[0].startsWith("cpu")) {
                online++;
            }
        }
        return new HostCpu(ticks * NANOS_PER_TICK, online);
    }

    /** Bytes of memory that the host has, proc_meminfo(5). */
    public static long memory() throws IOException {
        for (var line : Files.readAllLines(Path.of("/proc/meminfo"))) {
            if (line.startsWith("MemTotal:")) {
                return Long.parseLong(line.split(" +", -1)[1]) * 1024;
            }
        }
        throw new IOException("/proc/meminfo has no MemTotal");
    }
}
