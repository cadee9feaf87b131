package dev.rootbound.docker;

import dev.rootbound.runtime.Resources;
import org.jspecify.annotations.Nullable;

/** The limits in Docker's HostConfig; the engine judges whether they can be had. */
final class AskedResources {
    private static final long MOST = Long.MAX_VALUE;

    private AskedResources() {}

    static Resources of(Fields host) {
        return new Resources(
                host.number("Memory", 0, MOST),
                host.number("MemoryReservation", 0, MOST),
                host.number("MemorySwap", -1, MOST),
                swappiness(host),
                host.number("NanoCpus", 0, MOST),
                host.number("CpuShares", 0, MOST),
                host.number("CpuPeriod", 0, MOST),
                host.number("CpuQuota", -1, MOST),
                host.text("CpusetCpus"),
                host.text("CpusetMems"),
                host.number("PidsLimit", -1, MOST),
                (int) host.number("BlkioWeight", 0, Integer.MAX_VALUE),
                host.flag("OomKillDisable"));
    }

    /** The docker CLI sends -1 for "not given". */
    private static @Nullable Integer swappiness(Fields host) {
        var asked = host.integer("MemorySwappiness");
        return asked == null || asked == -1 ? null : asked;
    }
}
