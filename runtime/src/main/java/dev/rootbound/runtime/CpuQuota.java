package dev.rootbound.runtime;

/**
 * How long a cgroup may run in each period, microseconds; 0: nothing was asked.
 *
 * @param quota -1: as long as it likes
 */
record CpuQuota(long quota, long period) {
    /** What Docker divides {@code --cpus} by. */
    private static final long PERIOD = 100_000;

    private static final long NANO = 1_000_000_000;

    static CpuQuota of(Resources limits) {
        return limits.nanoCpus() != 0
                ? new CpuQuota(limits.nanoCpus() / (NANO / PERIOD), PERIOD)
                : new CpuQuota(limits.cpuQuota(), limits.cpuPeriod());
    }
}
