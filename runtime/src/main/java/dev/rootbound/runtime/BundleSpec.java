package dev.rootbound.runtime;

import dev.rootbound.idmap.IdMaps;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * Everything that a bundle's config.json says (OCI runtime-spec config.md and config-linux.md),
 * decided.
 *
 * @param rootfs the mounted root, owned by {@code ids}
 * @param userNamespace path of the namespace to join; empty: it stays in the host's
 * @param networkNamespace path of the namespace to join, or {@link #HOSTS}; empty, as of the next
 *     two: one is made
 * @param seccomp a profile in Docker's JSON format; {@code null}: unconfined
 * @param architecture the image's, Go's word ({@code amd64}), for the seccomp profile
 * @param cgroupsPath absolute, below the cgroup root, such as {@code /rootbound/0/ID}
 */
public record BundleSpec(
        String id,
        Path rootfs,
        boolean readOnlyRoot,
        String hostname,
        String domainname,
        ProcessSpec process,
        IdMaps ids,
        String userNamespace,
        String networkNamespace,
        String ipcNamespace,
        String pidNamespace,
        boolean privileged,
        @Nullable String seccomp,
        String architecture,
        Resources resources,
        List<Mount> mounts,
        Map<String, String> sysctls,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Map<String, String> annotations,
        String cgroupsPath,
        boolean unifiedCgroups) {

    /** The network namespace of the host. */
    public static final String HOSTS = "host";

    /**
     * A mount on top of the usual ones (/proc, /dev, /sys …): tmpfs or bind, options as in
     * mount(8).
     */
    public record Mount(String target, String type, String source, List<String> options) {
        /** Whether the source is mounted already, and shown at the target as it is. */
        public boolean isBind() {
            return type.equals("bind");
        }
    }

    boolean hasHostNetwork() {
        return networkNamespace.equals(HOSTS);
    }

    /** The same with a root in which all other mounts are there already. */
    public BundleSpec mountedAt(List<Mount> left, Path root) {
        return new BundleSpec(
                id,
                root,
                readOnlyRoot,
                hostname,
                domainname,
                process,
                ids,
                userNamespace,
                networkNamespace,
                ipcNamespace,
                pidNamespace,
                privileged,
                seccomp,
                architecture,
                resources,
                left,
                sysctls,
                maskedPaths,
                readonlyPaths,
                annotations,
                cgroupsPath,
                unifiedCgroups);
    }
}
