package dev.rootbound.docker;

import dev.rootbound.runtime.Resources;

/** The limits in Docker's HostConfig. */
final class AskedResources {
    private static final long MOST = Long.MAX_VALUE;

    /** What a container needs to start at all, as in Docker. */
    private static final long LEAST_MEMORY = 6 << 20;

    private AskedResources() {}

    static Resources of(Fields host) {
        return new Resources(
                memory(host, "Memory"),
                memory(host, "MemoryReservation"),
                host.number("MemorySwap", -1, MOST),
                host.number("NanoCpus", 0, MOST),
                host.number("CpuShares", 0, MOST),
                host.number("CpuPeriod", 0, MOST),
                host.number("CpuQuota", -1, MOST),
                host.text("CpusetCpus"),
                host.text("CpusetMems"),
                host.number("PidsLimit", -1, MOST),
                blkioWeight(host),
                host.flag("OomKillDisable"));
    }

    private static long memory(Fields host, String name) {
        long bytes = host.number(name, 0, MOST);
        if (bytes != 0 && bytes < LEAST_MEMORY) {
            throw new ApiException(400, host.path(name) + ": Minimum memory limit allowed is 6MB");
        }
        return bytes;
    }

    private static int blkioWeight(Fields host) {
        int weight = (int) host.number("BlkioWeight", 0, 1000);
        if (weight != 0 && weight < 10) {
            throw new ApiException(
                    400, host.path("BlkioWeight") + ": the range is 10 to 1000, or 0");
        }
        return weight;
    }
}
