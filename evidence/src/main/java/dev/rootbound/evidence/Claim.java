package dev.rootbound.evidence;

import dev.rootbound.idmap.IdMaps;
import dev.rootbound.idmap.Tenant;
import java.nio.file.Path;

/**
 * What the engine believes of a running container: to be compared with the kernel, never evidence
 * itself.
 *
 * @param id 64 hexadecimal digits, which its cgroups are called
 * @param ids on the host, of all its processes
 * @param pid of its first process, on the host
 * @param startTime of that process, in clock ticks since boot
 * @param bundle the directory that its mounts on the host are below
 * @param store the directory of the files of all containers
 * @param writable the directory in it of what this container has written
 * @param filtered whether its system calls are to be filtered
 * @param noNewPrivileges whether that is to be set
 */
public record Claim(
        String id,
        String name,
        Tenant tenant,
        IdMaps ids,
        long pid,
        long startTime,
        Path bundle,
        Path store,
        Path writable,
        boolean filtered,
        boolean noNewPrivileges) {}
