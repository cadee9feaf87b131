package dev.rootbound.evidence;

import dev.rootbound.linux.MountLine;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * A mount of one of the host's file systems in a container, as it was tried.
 *
 * @param kind of its root; {@code null} if the mount could not be reached: another one is over it
 * @param writable whether container root may write there, asked of the kernel
 * @param seen the owner of its root as the container sees it
 * @param disk the same file on the host
 */
record HostMount(
        MountLine line,
        @Nullable Kind kind,
        boolean writable,
        Optional<Owner> seen,
        Optional<Place> disk) {

    /** What is mounted. */
    sealed interface Kind {
        /** A directory, a file, a socket. */
        record File() implements Kind {}

        /** A device node, mknod(2). */
        record Device(boolean block, int major, int minor) implements Kind {}
    }

    /** Ids of the host. */
    record Owner(long uid, long gid) {}

    /** Where it is on the host, and whose. */
    record Place(String path, Owner owner) {}
}
