package dev.rootbound.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.stream.Stream;

/**
 * Version 1: a directory in each controller's hierarchy (the kernel's
 * Documentation/admin-guide/cgroup-v1). A host without a controller has no directory for it.
 */
record CgroupV1(Map<String, CgroupDirectory> directories) implements Cgroup {
    static final List<String> CONTROLLERS =
            List.of("freezer", "memory", "cpu", "cpuacct", "cpuset", "pids", "blkio");

    /** USER_HZ is 100 on every architecture that Linux has. */
    private static final long NANOS_PER_TICK = 10_000_000;

    private CgroupDirectory directory(String controller) throws IOException {
        var directory = directories.get(controller);
        if (directory == null) {
            throw new IOException(
                    "this host has no cgroup controller " + controller + ": see /proc/cgroups");
        }
        return directory;
    }

    @Override
    public boolean isFrozen() throws IOException {
        return directory("freezer").text("freezer.state").orElse("").equals("FROZEN");
    }

    @Override
    public void freeze() throws IOException {
        Freezing.freeze(this, directory("freezer"), "freezer.state", "FROZEN");
    }

    @Override
    public void thaw() throws IOException {
        directory("freezer").write("freezer.state", "THAWED");
    }

    @Override
    public List<String> update(Resources limits) throws IOException {
        return new CgroupV1Update(directories).write(limits);
    }

    @Override
    public CgroupStats stats() throws IOException {
        return new CgroupStats(cpu(), memory(), pids(), bytes(), operations());
    }

    private CgroupStats.Cpu cpu() throws IOException {
        var account = directory("cpuacct");
        var times = account.fields("cpuacct.stat");
        var throttling = directory("cpu").fields("cpu.stat");
        return new CgroupStats.Cpu(
                account.number("cpuacct.usage"),
                Stream.of(account.text("cpuacct.usage_percpu").orElse("").split(" ", -1))
                        .filter(text -> !text.isEmpty())
                        .map(Long::valueOf)
                        .toList(),
                times.getOrDefault("user", 0L) * NANOS_PER_TICK,
                times.getOrDefault("system", 0L) * NANOS_PER_TICK,
                throttling.getOrDefault("nr_periods", 0L),
                throttling.getOrDefault("nr_throttled", 0L),
                throttling.getOrDefault("throttled_time", 0L));
    }

    private CgroupStats.Memory memory() throws IOException {
        var memory = directory("memory");
        return new CgroupStats.Memory(
                memory.number("memory.usage_in_bytes"),
                memory.number("memory.max_usage_in_bytes"),
                memory.fields("memory.stat"),
                memory.number("memory.failcnt"),
                memory.number("memory.limit_in_bytes"));
    }

    private CgroupStats.Pids pids() throws IOException {
        var pids = directory("pids");
        return new CgroupStats.Pids(pids.number("pids.current"), pids.number("pids.max"));
    }

    private List<CgroupStats.BlockIo> bytes() throws IOException {
        return blockIo("io_service_bytes_recursive");
    }

    private List<CgroupStats.BlockIo> operations() throws IOException {
        return blockIo("io_serviced_recursive");
    }

    /** The scheduler's count, else (there is only one of them) the throttler's. */
    private List<CgroupStats.BlockIo> blockIo(String file) throws IOException {
        var blkio = directories.get("blkio");
        if (blkio == null) {
            return List.of();
        }
        for (var prefix : List.of("blkio.bfq.", "blkio.throttle.")) {
            var counts = counts(blkio.text(prefix + file).orElse(""));
            if (!counts.isEmpty()) {
                return counts;
            }
        }
        return List.of();
    }

    /** Lines of {@code MAJOR:MINOR OPERATION NUMBER}; the last is a sum without a device. */
    private static List<CgroupStats.BlockIo> counts(String text) {
        var counts = new ArrayList<CgroupStats.BlockIo>();
        for (var line : text.lines().toList()) {
            var words = line.split("[ :]", -1);
            if (words.length == 4) {
                counts.add(
                        new CgroupStats.BlockIo(
                                Long.parseLong(words[0]),
                                Long.parseLong(words[1]),
                                words[2].toLowerCase(Locale.ROOT),
                                Long.parseLong(words[3])));
            }
        }
        return counts;
    }

    @Override
    public List<Long> processes() throws IOException {
        return directory("pids").processes();
    }

    @Override
    public long oomKills() throws IOException {
        return directory("memory").fields("memory.oom_control").getOrDefault("oom_kill", 0L);
    }
}
