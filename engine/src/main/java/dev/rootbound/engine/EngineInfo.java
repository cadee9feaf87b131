package dev.rootbound.engine;

import java.nio.file.Path;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What the engine is and runs on.
 *
 * @param memory bytes
 * @param cgroupVersion {@code 1} (also hybrid) or {@code 2}
 * @param runtime name, such as {@code runc}
 * @param containersRunning without those that are paused
 * @param seccomp which profile containers get by default, such as {@code rootbound}
 * @param pool what containers' host ids are leased from, as in /etc/subuid
 * @param remap {@code null}: each container has ids of its own
 * @param notes true things a user should know, such as what is not built yet
 */
public record EngineInfo(
        String id,
        String version,
        String hostname,
        String operatingSystem,
        String kernel,
        String architecture,
        int cpus,
        long memory,
        int cgroupVersion,
        String cgroupDriver,
        String runtime,
        String runtimeVersion,
        String monitorVersion,
        Path root,
        int containersRunning,
        int containersPaused,
        int containersStopped,
        int images,
        String seccomp,
        String pool,
        @Nullable Remap remap,
        int leases,
        List<String> notes) {}
