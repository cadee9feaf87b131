package dev.rootbound.runtime;

import java.io.IOException;
import java.util.ArrayList;
import java.util.List;

/** New limits for a running cgroup of version 2, whose units differ from Docker's. */
final class CgroupV2Update {
    private static final String NONE = "max";

    private final CgroupDirectory directory;
    private final CgroupWrites writes = new CgroupWrites();
    private final List<String> left = new ArrayList<>();

    CgroupV2Update(CgroupDirectory directory) {
        this.directory = directory;
    }

    /** Returns what was left out. */
    List<String> write(Resources limits) throws IOException {
        try {
            memory(limits);
            cpu(limits);
            if (!limits.cpusetCpus().isEmpty()) {
                set("cpuset.cpus", limits.cpusetCpus());
            }
            if (!limits.cpusetMems().isEmpty()) {
                set("cpuset.mems", limits.cpusetMems());
            }
            if (limits.pidsLimit() != 0) {
                set("pids.max", limits.pidsLimit() < 0 ? NONE : "" + limits.pidsLimit());
            }
            weight(limits.blkioWeight());
            return left;
        } catch (IOException e) {
            writes.takeBack(e);
            throw e;
        }
    }

    /** Docker's swap limit is memory and swap together, the kernel's is swap alone. */
    private void memory(Resources limits) throws IOException {
        long memory = limits.memory();
        long both = limits.memorySwap();
        if (both != 0 && !directory.has("memory.swap.max")) {
            left.add(Discarded.SWAP);
        } else if (both == -1) {
            set("memory.swap.max", NONE);
        } else if (both != 0) {
            set("memory.swap.max", Long.toString(Math.max(0, both - memory)));
        }
        if (memory != 0) {
            set("memory.max", memory < 0 ? NONE : Long.toString(memory));
        }
        if (limits.memoryReservation() != 0) {
            set("memory.low", Long.toString(limits.memoryReservation()));
        }
    }

    private void cpu(Resources limits) throws IOException {
        if (limits.cpuShares() != 0) {
            set("cpu.weight", Long.toString(cpuWeight(limits.cpuShares())));
        }
        var quota = CpuQuota.of(limits);
        if (quota.quota() != 0 || quota.period() != 0) {
            var now = directory.text("cpu.max").orElse("max 100000").split(" ", -1);
            var most = quota.quota() < 0 ? NONE : Long.toString(quota.quota());
            set(
                    "cpu.max",
                    (quota.quota() == 0 ? now[0] : most)
                            + " "
                            + (quota.period() == 0 ? now[1] : Long.toString(quota.period())));
        }
    }

    /** 2 to 262144 become 1 to 10000, as runc and crun do it. */
    static long cpuWeight(long shares) {
        return 1 + (Math.clamp(shares, 2L, 262_144L) - 2) * 9999 / 262_142;
    }

    /** 10 to 1000 become 1 to 10000, as runc and crun do it; bfq has the first range itself. */
    private void weight(int weight) throws IOException {
        if (weight == 0) {
            return;
        }
        if (directory.has("io.bfq.weight")) {
            set("io.bfq.weight", Integer.toString(weight));
        } else if (directory.has("io.weight")) {
            set("io.weight", Long.toString(1 + (weight - 10) * 9999L / 990));
        } else {
            left.add(Discarded.WEIGHT);
        }
    }

    private void set(String file, String value) throws IOException {
        if (!directory.has(file)) {
            throw new IOException(
                    directory.path()
                            + " has no "
                            + file
                            + ": its controller is not enabled for the engine, see"
                            + " cgroup.subtree_control");
        }
        writes.write(directory, file, value);
    }
}
