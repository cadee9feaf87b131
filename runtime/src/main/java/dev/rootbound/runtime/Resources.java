package dev.rootbound.runtime;

import org.jspecify.annotations.Nullable;

/**
 * Limits of a container's cgroup, in Docker's units; 0 and empty mean none.
 *
 * @param memory bytes
 * @param memoryReservation bytes
 * @param memorySwap bytes of memory and swap together, -1 unlimited
 * @param memorySwappiness 0 to 100; {@code null}: the host's
 * @param nanoCpus billionths of a CPU
 * @param cpuShares weight, 1024 is usual
 * @param cpuPeriod microseconds
 * @param cpuQuota microseconds a period
 * @param pidsLimit tasks; 0 is the engine's default 4096, -1 none
 * @param blkioWeight 10 to 1000
 */
public record Resources(
        long memory,
        long memoryReservation,
        long memorySwap,
        @Nullable Integer memorySwappiness,
        long nanoCpus,
        long cpuShares,
        long cpuPeriod,
        long cpuQuota,
        String cpusetCpus,
        String cpusetMems,
        long pidsLimit,
        int blkioWeight,
        boolean oomKillDisable) {

    public static final Resources DEFAULT =
            new Resources(0, 0, 0, null, 0, 0, 0, 0, "", "", 0, 0, false);

    /** With other rules for swap and for memory's end, all else as it is. */
    public Resources with(long swap, @Nullable Integer swappiness, boolean noOomKill) {
        return new Resources(
                memory,
                memoryReservation,
                swap,
                swappiness,
                nanoCpus,
                cpuShares,
                cpuPeriod,
                cpuQuota,
                cpusetCpus,
                cpusetMems,
                pidsLimit,
                blkioWeight,
                noOomKill);
    }
}
