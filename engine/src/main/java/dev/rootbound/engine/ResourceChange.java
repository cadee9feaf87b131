package dev.rootbound.engine;

import dev.rootbound.runtime.Resources;

/** New limits over those that are set: Docker's rules in Docker's words. */
final class ResourceChange {
    private ResourceChange() {}

    /** What is 0 or empty in {@code change} stays. */
    static Resources of(Resources now, Resources change) {
        conflict(change.nanoCpus() > 0 && now.cpuPeriod() > 0, "Nano CPUs", "CPU Period");
        conflict(change.nanoCpus() > 0 && now.cpuQuota() > 0, "Nano CPUs", "CPU Quota");
        conflict(change.cpuPeriod() > 0 && now.nanoCpus() > 0, "CPU Period", "NanoCPUs");
        conflict(change.cpuQuota() > 0 && now.nanoCpus() > 0, "CPU Quota", "NanoCPUs");
        if (change.memorySwap() == 0
                && now.memorySwap() > 0
                && change.memory() > now.memorySwap()) {
            throw new EngineException.Conflict(
                    "Memory limit should be smaller than already set memoryswap limit, update the"
                            + " memoryswap at the same time");
        }
        return new Resources(
                or(change.memory(), now.memory()),
                or(change.memoryReservation(), now.memoryReservation()),
                or(change.memorySwap(), now.memorySwap()),
                now.memorySwappiness(),
                or(change.nanoCpus(), now.nanoCpus()),
                or(change.cpuShares(), now.cpuShares()),
                or(change.cpuPeriod(), now.cpuPeriod()),
                or(change.cpuQuota(), now.cpuQuota()),
                change.cpusetCpus().isEmpty() ? now.cpusetCpus() : change.cpusetCpus(),
                change.cpusetMems().isEmpty() ? now.cpusetMems() : change.cpusetMems(),
                or(change.pidsLimit(), now.pidsLimit()),
                (int) or(change.blkioWeight(), now.blkioWeight()),
                now.oomKillDisable());
    }

    /**
     * What has to be written for {@code now} where {@code before} is in force: 0 or empty is as it
     * was. Limits that the kernel takes together stay together.
     */
    static Resources differing(Resources before, Resources now) {
        boolean memory = now.memory() != before.memory() || now.memorySwap() != before.memorySwap();
        boolean quota =
                now.nanoCpus() != before.nanoCpus()
                        || now.cpuPeriod() != before.cpuPeriod()
                        || now.cpuQuota() != before.cpuQuota();
        return new Resources(
                memory ? now.memory() : 0,
                changed(before.memoryReservation(), now.memoryReservation()),
                memory ? now.memorySwap() : 0,
                now.memorySwappiness(),
                quota ? now.nanoCpus() : 0,
                changed(before.cpuShares(), now.cpuShares()),
                quota ? now.cpuPeriod() : 0,
                quota ? now.cpuQuota() : 0,
                now.cpusetCpus().equals(before.cpusetCpus()) ? "" : now.cpusetCpus(),
                now.cpusetMems().equals(before.cpusetMems()) ? "" : now.cpusetMems(),
                changed(before.pidsLimit(), now.pidsLimit()),
                (int) changed(before.blkioWeight(), now.blkioWeight()),
                now.oomKillDisable());
    }

    private static long changed(long before, long now) {
        return now == before ? 0 : now;
    }

    private static long or(long asked, long now) {
        return asked == 0 ? now : asked;
    }

    private static void conflict(boolean both, String asked, String set) {
        if (both) {
            throw new EngineException.Conflict(
                    "Conflicting options: "
                            + asked
                            + " cannot be updated as "
                            + set
                            + " has already been set");
        }
    }
}
