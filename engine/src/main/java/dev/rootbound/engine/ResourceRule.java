package dev.rootbound.engine;

import dev.rootbound.runtime.HostLimits.Clamped;
import dev.rootbound.runtime.Resources;
import java.util.ArrayList;
import java.util.List;

/**
 * Which limits a container can have on this host: Docker's rules in Docker's words. What is asked
 * for and cannot be here is left out with a sentence where Docker does so too.
 */
final class ResourceRule {
    /** What a container needs to start at all, as in Docker. */
    private static final long LEAST_MEMORY = 6L << 20;

    private static final long NANO = 1_000_000_000;

    private final HostResources host;

    ResourceRule(HostResources host) {
        this.host = host;
    }

    Clamped<Resources> judge(Resources asked) {
        memory(asked);
        swap(asked);
        cpu(asked);
        cpuset("cpus", "CPUs", asked.cpusetCpus(), host.cpuList());
        cpuset("mems", "memory nodes", asked.cpusetMems(), host.memList());
        range("Range of blkio weight is from 10 to 1000", asked.blkioWeight(), 10, 1000);
        refuseIf(asked.pidsLimit() < -1, "the pids limit is -1 (none) or more");
        return possible(asked);
    }

    private static void memory(Resources asked) {
        long limit = asked.memory();
        long reserved = asked.memoryReservation();
        refuseIf(limit < 0 || reserved < 0, "a memory limit is not negative");
        refuseIf(limit > 0 && limit < LEAST_MEMORY, "Minimum memory limit allowed is 6MB");
        refuseIf(
                reserved > 0 && reserved < LEAST_MEMORY,
                "Minimum memory reservation allowed is 6MB");
        refuseIf(
                limit > 0 && limit < reserved,
                "Minimum memory limit can not be less than memory reservation limit, see usage");
    }

    private static void swap(Resources asked) {
        refuseIf(asked.memorySwap() < -1, "the memory and swap limit is -1 (none) or more");
        refuseIf(
                asked.memory() > 0 && asked.memorySwap() > 0 && asked.memorySwap() < asked.memory(),
                "Minimum memoryswap limit should be larger than memory limit, see usage");
        refuseIf(
                asked.memory() == 0 && asked.memorySwap() > 0,
                "You should always set the Memory limit when using Memoryswap limit, see usage");
        var swappiness = asked.memorySwappiness();
        refuseIf(
                swappiness != null && (swappiness < 0 || swappiness > 100),
                "Invalid value: " + swappiness + ", valid memory swappiness range is 0-100");
    }

    private void cpu(Resources asked) {
        refuseIf(
                asked.nanoCpus() != 0 && (asked.cpuPeriod() != 0 || asked.cpuQuota() != 0),
                "Conflicting options: Nano CPUs and CPU period or quota cannot both be set");
        range(
                "Range of CPUs is from 0.01 to "
                        + host.cpus()
                        + ".00, as there are only "
                        + host.cpus()
                        + " CPUs available",
                asked.nanoCpus(),
                NANO / 100,
                host.cpus() * NANO);
        range("the range of CPU shares is from 2 to 262144", asked.cpuShares(), 2, 262_144);
        range(
                "CPU cfs period can not be less than 1ms (i.e. 1000) or larger than 1s (i.e. 1000000)",
                asked.cpuPeriod(),
                1000,
                1_000_000);
        refuseIf(
                asked.cpuQuota() > 0 && asked.cpuQuota() < 1000,
                "CPU cfs quota can not be less than 1ms (i.e. 1000)");
    }

    private static void cpuset(String field, String what, String asked, String available) {
        if (asked.isEmpty()) {
            return;
        }
        TextRule.place("the cpuset's " + field, asked);
        var beyond = CpuList.parse(field, asked);
        beyond.andNot(CpuList.parse(field, available));
        refuseIf(
                !beyond.isEmpty(),
                "Requested "
                        + what
                        + " are not available - requested "
                        + TextRule.shown(asked)
                        + ", available: "
                        + available);
    }

    /** Zero is always fine: nothing is asked for. */
    private static void range(String message, long value, long least, long most) {
        refuseIf(value != 0 && (value < least || value > most), message);
    }

    private static void refuseIf(boolean wrong, String message) {
        if (wrong) {
            throw new EngineException.Invalid(message);
        }
    }

    private Clamped<Resources> possible(Resources asked) {
        var warnings = new ArrayList<String>();
        long swap = asked.memorySwap();
        if (swap == 0 && host.swap()) {
            // as Docker; of a limit beyond all memory none
            swap = asked.memory() > Long.MAX_VALUE / 2 ? -1 : asked.memory() * 2;
        }
        if (swap != 0 && !host.swap()) {
            swap = 0;
            warnings.add("this kernel does not limit swap: memory is limited without swap");
        }
        var swappiness = asked.memorySwappiness();
        if (swappiness != null && !host.swappiness()) {
            swappiness = null;
            warnings.add("this host's cgroups have no memory swappiness: it is discarded");
        }
        boolean noOomKill = asked.oomKillDisable() && host.oomKillDisable();
        if (asked.oomKillDisable() && !noOomKill) {
            warnings.add(
                    "this host's cgroups cannot disable the OOM killer: OomKillDisable is discarded");
        }
        if (noOomKill && asked.memory() == 0) {
            warnings.add(
                    "OOM killer is disabled for the container, but no memory limit is set, this can result in the system running out of resources.");
        }
        return new Clamped<>(asked.with(swap, swappiness, noOomKill), List.copyOf(warnings));
    }
}
