package dev.rootbound.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** Version 2: one directory (the kernel's Documentation/admin-guide/cgroup-v2.rst). */
record CgroupV2(CgroupDirectory directory) implements Cgroup {
    private static final long MICRO = 1000;

    @Override
    public boolean isFrozen() throws IOException {
        return directory.fields("cgroup.events").getOrDefault("frozen", 0L) == 1;
    }

    @Override
    public void freeze() throws IOException {
        Freezing.freeze(this, directory, "cgroup.freeze", "1");
    }

    @Override
    public void thaw() throws IOException {
        directory.write("cgroup.freeze", "0");
    }

    @Override
    public List<String> update(Resources limits) throws IOException {
        return new CgroupV2Update(directory).write(limits);
    }

    @Override
    public CgroupStats stats() throws IOException {
        return new CgroupStats(
                cpu(),
                memory(),
                new CgroupStats.Pids(
                        directory.number("pids.current"), directory.number("pids.max")),
                bytes(),
                List.of());
    }

    private CgroupStats.Cpu cpu() throws IOException {
        var stat = directory.fields("cpu.stat");
        return new CgroupStats.Cpu(
                stat.getOrDefault("usage_usec", 0L) * MICRO,
                List.of(),
                stat.getOrDefault("user_usec", 0L) * MICRO,
                stat.getOrDefault("system_usec", 0L) * MICRO,
                stat.getOrDefault("nr_periods", 0L),
                stat.getOrDefault("nr_throttled", 0L),
                stat.getOrDefault("throttled_usec", 0L) * MICRO);
    }

    private CgroupStats.Memory memory() throws IOException {
        return new CgroupStats.Memory(
                directory.number("memory.current"),
                0, // Docker has no maximum here, though Linux 5.19 has memory.peak
                directory.fields("memory.stat"),
                directory.fields("memory.events").getOrDefault("oom", 0L),
                directory.number("memory.max"));
    }

    /** Lines of {@code MAJOR:MINOR rbytes=N wbytes=N …}. */
    private List<CgroupStats.BlockIo> bytes() throws IOException {
        var counts = new ArrayList<CgroupStats.BlockIo>();
        for (var line : directory.text("io.stat").orElse("").lines().toList()) {
            var words = line.split(" ", -1);
            var device = words[0].split(":", -1);
            var values = values(words);
            if (device.length == 2 && values.containsKey("rbytes")) {
                long major = Long.parseLong(device[0]);
                long minor = Long.parseLong(device[1]);
                for (var operation : List.of("read", "write")) {
                    counts.add(
                            new CgroupStats.BlockIo(
                                    major,
                                    minor,
                                    operation,
                                    values.getOrDefault(operation.charAt(0) + "bytes", 0L)));
                }
            }
        }
        return counts;
    }

    private static Map<String, Long> values(String[] words) {
        var values = new HashMap<String, Long>();
        for (var word : words) {
            int equals = word.indexOf('=');
            if (equals > 0 && word.substring(equals + 1).matches("\\d{1,18}")) {
                values.put(word.substring(0, equals), Long.valueOf(word.substring(equals + 1)));
            }
        }
        return values;
    }

    @Override
    public List<Long> processes() throws IOException {
        return directory.processes();
    }

    @Override
    public long oomKills() throws IOException {
        return directory.fields("memory.events").getOrDefault("oom_kill", 0L);
    }
}
