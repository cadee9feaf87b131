package dev.rootbound.engine;

import dev.rootbound.runtime.CgroupStats;
import dev.rootbound.runtime.HostCpu;
import dev.rootbound.runtime.NetworkCounters;
import dev.rootbound.runtime.Resources;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/** What containers use of the host and may use of it; and holding them still. */
public interface Usage {
    /**
     * Returns when all its processes stand still. It stays paused when the engine ends.
     *
     * <p>Conflict unless it runs and is not paused.
     */
    void pause(Caller caller, String container);

    /** Conflict unless it is paused. */
    void unpause(Caller caller, String container);

    /**
     * Sets new limits, at once if it runs and for its later starts. Refused limits change nothing.
     *
     * @param changes 0 and empty: as it is
     * @return what the host has no means for and was left out, a sentence each
     */
    List<String> update(Caller caller, String container, Resources changes);

    /**
     * What a container has used up to one moment.
     *
     * @param hostMemory bytes
     * @param networks by interface; without loopback
     */
    record Sample(
            Instant at,
            CgroupStats cgroup,
            HostCpu host,
            long hostMemory,
            Map<String, NetworkCounters> networks) {
        public Sample {
            networks = Map.copyOf(networks);
        }
    }

    /** Empty unless it runs. */
    Optional<Sample> sample(Caller caller, String container);

    /** A table. */
    record ProcessTable(List<String> titles, List<List<String>> rows) {}

    /**
     * Its processes with their pids on the host. Nothing of the container is run for it.
     *
     * @param options of ps(1): {@code -ef} or empty, {@code aux}, {@code -o pid,user,args}
     */
    ProcessTable processes(Caller caller, String container, String options);
}
