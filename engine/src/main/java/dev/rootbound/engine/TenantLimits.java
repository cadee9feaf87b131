package dev.rootbound.engine;

import dev.rootbound.runtime.TenantCgroup;

/**
 * What all of a tenant's containers together may have; each is {@link #NONE} if there is no limit.
 *
 * @param containers that run at once
 * @param memory bytes
 * @param nanoCpus billionths of a processor
 * @param pids processes and threads
 * @param disk bytes, as {@link DiskUse} counts them
 */
record TenantLimits(long containers, long memory, long nanoCpus, long pids, long disk) {
    static final long NONE = TenantCgroup.NONE;

    static final TenantLimits UNLIMITED = new TenantLimits(NONE, NONE, NONE, NONE, NONE);

    /** Whether there is a limit that the kernel keeps. */
    boolean hasCgroup() {
        return memory != NONE || nanoCpus != NONE || pids != NONE;
    }
}
