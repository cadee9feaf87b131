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
 * @param hostname of a UTS namespace of its own
 * @param namespaces of its own and joined ones, in the order in which the runtime is told; it stays
 *     in the host's of the kinds that are missing
 * @param devices that it may use beside the usual ones
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
        List<Namespace> namespaces,
        boolean privileged,
        @Nullable String seccomp,
        String architecture,
        Resources resources,
        List<Device> devices,
        List<Mount> mounts,
        Map<String, String> sysctls,
        List<String> maskedPaths,
        List<String> readonlyPaths,
        Map<String, String> annotations,
        String cgroupsPath,
        boolean unifiedCgroups) {

    /**
     * A namespace that is not the host's (config-linux.md#namespaces).
     *
     * @param type the runtime's word
     * @param path of one to join; empty: one is made
     */
    public record Namespace(String type, String path) {
        public static final String USER = "user";
        public static final String UTS = "uts";

        /** One is made. */
        public static Namespace made(String type) {
            return new Namespace(type, "");
        }
    }

    /**
     * A device that processes may open, wherever they have a node of it (cgroups(7), devices).
     *
     * @param block {@code false}: a character device
     * @param access of {@code rwm}: read, write, mknod
     */
    public record Device(boolean block, int major, int minor, String access) {}

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

    boolean has(String namespace) {
        return namespaces.stream().anyMatch(each -> each.type().equals(namespace));
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
                namespaces,
                privileged,
                seccomp,
                architecture,
                resources,
                devices,
                left,
                sysctls,
                maskedPaths,
                readonlyPaths,
                annotations,
                cgroupsPath,
                unifiedCgroups);
    }
}
