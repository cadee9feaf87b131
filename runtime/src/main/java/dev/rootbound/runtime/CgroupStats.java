package dev.rootbound.runtime;

import java.util.List;
import java.util.Map;

/**
 * What a cgroup's processes have used so far.
 *
 * @param ioBytes by device and operation
 * @param ioOperations by device and operation; empty with version 2
 */
public record CgroupStats(
        Cpu cpu, Memory memory, Pids pids, List<BlockIo> ioBytes, List<BlockIo> ioOperations) {

    /**
     * Times in nanoseconds.
     *
     * @param perCpu of each CPU; empty with version 2
     * @param periods in which a quota was in force
     * @param throttledPeriods in which it was used up
     */
    public record Cpu(
            long total,
            List<Long> perCpu,
            long user,
            long system,
            long periods,
            long throttledPeriods,
            long throttled) {
        public Cpu {
            perCpu = List.copyOf(perCpu);
        }
    }

    /**
     * Bytes.
     *
     * @param maxUsage the most so far; 0 where the kernel does not say
     * @param fields of memory.stat, in the kernel's words
     * @param failures how often the limit was met
     * @param limit {@link Long#MAX_VALUE} or more than the host has: none
     */
    public record Memory(
            long usage, long maxUsage, Map<String, Long> fields, long failures, long limit) {}

    /**
     * Tasks.
     *
     * @param limit {@link Long#MAX_VALUE}: none
     */
    public record Pids(long current, long limit) {}

    /** A device's count. */
    public record BlockIo(long major, long minor, String operation, long value) {}

    public CgroupStats {
        ioBytes = List.copyOf(ioBytes);
        ioOperations = List.copyOf(ioOperations);
    }
}
