package dev.rootbound.runtime;

import dev.rootbound.linux.Errno;
import dev.rootbound.linux.ErrnoException;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/** New limits for a running cgroup of version 1, in an order that the kernel takes. */
final class CgroupV1Update {
    private final Map<String, CgroupDirectory> directories;
    private final CgroupWrites writes = new CgroupWrites();
    private final List<String> left = new ArrayList<>();

    CgroupV1Update(Map<String, CgroupDirectory> directories) {
        this.directories = directories;
    }

    /** Returns what was left out. */
    List<String> write(Resources limits) throws IOException {
        try {
            memory(limits);
            cpu(limits);
            text("cpuset", "cpuset.cpus", limits.cpusetCpus());
            text("cpuset", "cpuset.mems", limits.cpusetMems());
            if (limits.pidsLimit() != 0) {
                set("pids", "pids.max", limits.pidsLimit() < 0 ? "max" : "" + limits.pidsLimit());
            }
            weight(limits.blkioWeight());
            return left;
        } catch (IOException e) {
            writes.takeBack(e);
            throw e;
        }
    }

    /** The sum of memory and swap may at no moment be below memory alone. */
    private void memory(Resources limits) throws IOException {
        long memory = limits.memory();
        long both = limits.memorySwap();
        boolean swap = has("memory", "memory.memsw.limit_in_bytes");
        if (both > 0 && !swap) {
            left.add(Discarded.SWAP);
        }
        boolean raised = swap && (both == -1 || both > bothNow());
        if (raised) {
            number("memory", "memory.memsw.limit_in_bytes", both);
        }
        if (memory != 0) {
            number("memory", "memory.limit_in_bytes", memory);
        }
        if (both != 0 && swap && !raised) {
            number("memory", "memory.memsw.limit_in_bytes", both);
        }
        if (limits.memoryReservation() != 0) {
            number("memory", "memory.soft_limit_in_bytes", limits.memoryReservation());
        }
    }

    private long bothNow() throws IOException {
        var memory = directories.get("memory");
        return memory == null ? 0 : memory.number("memory.memsw.limit_in_bytes");
    }

    private void cpu(Resources limits) throws IOException {
        if (limits.cpuShares() != 0) {
            number("cpu", "cpu.shares", limits.cpuShares());
        }
        var quota = CpuQuota.of(limits);
        boolean late = false;
        if (quota.period() != 0) {
            try {
                number("cpu", "cpu.cfs_period_us", quota.period());
            } catch (IOException e) {
                // a shorter period with the old quota may be more than the parent's: then after it
                late = isInvalid(e) && quota.quota() != 0;
                if (!late) {
                    throw e;
                }
            }
        }
        if (quota.quota() != 0) {
            number("cpu", "cpu.cfs_quota_us", quota.quota());
        }
        if (late) {
            number("cpu", "cpu.cfs_period_us", quota.period());
        }
    }

    private static boolean isInvalid(IOException e) {
        return e.getCause() instanceof ErrnoException errno && errno.errno() == Errno.EINVAL;
    }

    private void weight(int weight) throws IOException {
        if (weight == 0) {
            return;
        }
        for (var file : List.of("blkio.weight", "blkio.bfq.weight")) {
            if (has("blkio", file)) {
                number("blkio", file, weight);
                return;
            }
        }
        left.add(Discarded.WEIGHT);
    }

    private void text(String controller, String file, String value) throws IOException {
        if (!value.isEmpty()) {
            set(controller, file, value);
        }
    }

    private void number(String controller, String file, long value) throws IOException {
        set(controller, file, Long.toString(value));
    }

    private void set(String controller, String file, String value) throws IOException {
        var directory = directories.get(controller);
        if (directory == null) {
            throw new IOException(
                    "this host has no cgroup controller "
                            + controller
                            + ": "
                            + file
                            + " cannot be set");
        }
        writes.write(directory, file, value);
    }

    private boolean has(String controller, String file) {
        var directory = directories.get(controller);
        return directory != null && directory.has(file);
    }
}
