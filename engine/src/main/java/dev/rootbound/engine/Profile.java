package dev.rootbound.engine;

import java.util.Locale;
import java.util.Set;

/** What is allowed where the policy file has no other word. */
enum Profile {
    /**
     * Docker's behaviour inside the user namespace. What reaches out of it, into the host's own, is
     * host root's.
     */
    COMPATIBLE,

    /**
     * Kubernetes' restricted Pod Security Standard,
     * https://kubernetes.io/docs/concepts/security/pod-security-standards/. Its controls of what is
     * not here (Windows, AppArmor and SELinux labels) are left out.
     */
    RESTRICTED;

    /** The standard's safe sysctls, as of Kubernetes 1.29. */
    private static final Set<String> SAFE_SYSCTLS =
            Set.of(
                    "kernel.shm_rmid_forced",
                    "net.ipv4.ip_local_port_range",
                    "net.ipv4.ip_local_reserved_ports",
                    "net.ipv4.ip_unprivileged_port_start",
                    "net.ipv4.ping_group_range",
                    "net.ipv4.tcp_fin_timeout",
                    "net.ipv4.tcp_keepalive_intvl",
                    "net.ipv4.tcp_keepalive_probes",
                    "net.ipv4.tcp_keepalive_time",
                    "net.ipv4.tcp_syncookies");

    /** Of which most hosts send nothing elsewhere: private ones (RFC 1918, 4193), without 10/8. */
    private static final Set<String> NOBODYS_SUBNETS =
            Set.of("172.16.0.0/12", "192.168.0.0/16", "fd00::/8");

    String key() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * @throws IllegalArgumentException if there is none of that name
     */
    static Profile of(String text) {
        for (var profile : values()) if (profile.key().equals(text)) return profile;
        throw new IllegalArgumentException("is compatible or restricted, not '" + text + "'");
    }

    /**
     * What it allows.
     *
     * @param rule where it was chosen
     */
    Allowed of(Setting setting, boolean hostRoot, String rule) {
        if (setting == Setting.HOST_PATHS) {
            return Allowed.of(this == COMPATIBLE ? HostPaths.ALL : HostPaths.NONE, rule);
        }
        var words = this == COMPATIBLE ? compatible(setting, hostRoot) : restricted(setting);
        return Allowed.of(setting, words, rule);
    }

    private static Set<String> compatible(Setting setting, boolean hostRoot) {
        return switch (setting) {
            case USERNS -> hostRoot ? Set.of(Setting.ALL) : Set.of("keep-id", "container");
            case SUBNETS -> hostRoot ? Set.of(Setting.ALL) : NOBODYS_SUBNETS;
            case HOST_NAMESPACES, DEVICES, LOW_PORTS -> hostRoot ? Set.of(Setting.ALL) : Set.of();
            case ROOT_BINDS, MAP_IDS -> Set.of();
            default -> Set.of(Setting.ALL);
        };
    }

    private static Set<String> restricted(Setting setting) {
        return switch (setting) {
            case CAPABILITIES -> Set.of("CAP_NET_BIND_SERVICE");
            case SYSCTLS -> SAFE_SYSCTLS;
            case USERNS -> Set.of("keep-id", "container");
            case SUBNETS -> NOBODYS_SUBNETS;
            case IMAGE_REGISTRIES, IMAGE_DIGESTS, SET_USER_ID_FILES -> Set.of(Setting.ALL);
            default -> Set.of();
        };
    }
}
