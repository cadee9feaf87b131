package dev.rootbound.engine;

import dev.rootbound.image.SignatureRules;
import dev.rootbound.network.Cidr;
import dev.rootbound.runtime.Capabilities;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.stream.Stream;

/** What a policy decides about containers: each is a key of its file. */
enum Setting {
    PRIVILEGED("privileged", "deny allow", "leave --privileged out"),
    CAPABILITIES("capabilities", "", "leave it out of --cap-add"),
    SECCOMP("seccomp", "default profile unconfined", "use the engine's own filter"),
    NO_NEW_PRIVILEGES(
            "no-new-privileges", "required optional", "say --security-opt no-new-privileges"),
    /** Also set-group-ID ones. */
    SET_USER_ID_FILES(
            "set-user-id-files",
            "refuse allow",
            "use the engine's own filter, or a profile of which it can make one"),
    UNMASKED_PATHS(
            "unmasked-paths",
            "deny allow",
            "leave the engine's masked and read-only paths as they are"),
    /** A list of modes. */
    USERNS("userns", "", "leave it out: the container has ids of its own"),
    /** Whether {@code map} may have ids that are somebody's; those of a lease it never has. */
    MAP_IDS(
            "map-ids",
            "free any",
            "choose ids that nobody has, which rootbound ids shows: from 65536, in no line of"
                    + " /etc/subuid and /etc/subgid"),
    /** A list of namespaces. */
    HOST_NAMESPACES("host-namespaces", "", "leave it out: the container has its own"),
    DEVICES("devices", "", "leave it out"),
    SYSCTLS("sysctls", "", "leave it out"),
    /** Its value is {@link HostPaths}. */
    HOST_PATHS("host-paths", "", "use a named volume"),
    /** Of host root's containers only: whose they are in what belongs to host root. */
    ROOT_BINDS("root-binds", "stranger owner", "use rootbound adopt"),
    ROOT_USER("root-user", "deny allow", "say --user UID[:GID], or take an image that has a user"),
    PUBLISHED_PORTS("published-ports", "deny allow", "leave it out: its networks reach it"),
    /** Ports of the host below {@link NetworkRule#lowestPort}. */
    LOW_PORTS(
            "low-ports",
            "deny allow",
            "publish one that is not below sysctl net.ipv4.ip_unprivileged_port_start"),
    /** A list of blocks, of which a network may have any part. */
    SUBNETS("subnets", "", "leave it out: the engine takes one that is free"),
    IMAGE_REGISTRIES(
            "image-registries",
            "",
            "pull it from one of them: what was loaded, imported or committed is from none"),
    IMAGE_DIGESTS("image-digests", "required optional", "name it as NAME@sha256:DIGEST");

    /** Allows everything; nothing is what {@link #NONE} allows. */
    static final String ALL = "all";

    static final String NONE = "none";

    /** Of {@link #CAPABILITIES}: the container keeps the engine's own. */
    static final String DEFAULT = "default";

    private static final Set<String> MODES = Set.of("keep-id", "container", "map", "host");
    private static final Set<String> NAMESPACES = Set.of("network", "ipc", "pid", "uts", "cgroup");

    private final String key;
    private final String scale;
    private final String remedy;

    /**
     * @param scale its value is one of these words, which allows those up to it; empty: it is a
     *     list
     */
    Setting(String key, String scale, String remedy) {
        this.key = key;
        this.scale = scale;
        this.remedy = remedy;
    }

    private List<String> scale() {
        return List.of(scale.split(" "));
    }

    String key() {
        return key;
    }

    /** What whoever is refused can do. */
    String remedy() {
        return remedy;
    }

    boolean isList() {
        return scale.isEmpty();
    }

    /**
     * What a value that is no list allows.
     *
     * @throws IllegalArgumentException if it is none
     */
    Set<String> allowedBy(String value) {
        if (isList()) {
            if (value.equals(ALL)) return Set.of(ALL);
            if (value.equals(NONE)) return Set.of();
            throw new IllegalArgumentException("is all, none or a list, not '" + value + "'");
        }
        int place = scale().indexOf(value);
        if (place < 0) {
            throw new IllegalArgumentException(
                    "is one of " + String.join(", ", scale()) + ", not '" + value + "'");
        }
        return Set.copyOf(scale().subList(1, place + 1));
    }

    /**
     * A word of a list that is its value.
     *
     * @throws IllegalArgumentException if it is none
     */
    String word(String text) {
        return switch (this) {
            case CAPABILITIES -> capability(text);
            case USERNS -> known(MODES, text);
            case HOST_NAMESPACES -> known(NAMESPACES, text);
            case SYSCTLS -> sysctl(text);
            case DEVICES, HOST_PATHS -> path(text);
            case IMAGE_REGISTRIES -> SignatureRules.scope(text);
            case SUBNETS -> subnet(text);
            default -> throw new IllegalArgumentException("is no list");
        };
    }

    /** As the file would have it. */
    String text(Set<String> words) {
        if (isList()) {
            if (words.isEmpty() || words.contains(ALL)) return words.isEmpty() ? NONE : ALL;
            return String.join(", ", words.stream().sorted().toList());
        }
        return scale().reversed().stream()
                .filter(word -> words.contains(word) || words.contains(ALL))
                .findFirst()
                .orElse(scale().getFirst());
    }

    private static String known(Set<String> words, String text) {
        if (words.contains(text)) return text;
        throw new IllegalArgumentException(
                "has "
                        + String.join(", ", words.stream().sorted().toList())
                        + ", not '"
                        + text
                        + "'");
    }

    private static String capability(String text) {
        if (text.equals(DEFAULT)) return text;
        var upper = text.toUpperCase(Locale.ROOT);
        var name = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        if (Capabilities.ALL.contains(name)) return name;
        throw new IllegalArgumentException("has no capability '" + text + "'");
    }

    private static String sysctl(String text) {
        if (text.matches("[a-z0-9_-]+(\\.[A-Za-z0-9_-]+)*(\\.\\*)?")) return text;
        throw new IllegalArgumentException(
                "has names such as net.core.somaxconn or net.ipv4.*, not '" + text + "'");
    }

    private static String subnet(String text) {
        try {
            return Cidr.parse(text).toString();
        } catch (IllegalArgumentException e) {
            throw new IllegalArgumentException(
                    "has blocks such as 10.8.0.0/13 or fd00::/8, not '" + text + "'", e);
        }
    }

    private static String path(String text) {
        boolean plain = text.startsWith("/") && Stream.of(text.split("/")).noneMatch(".."::equals);
        if (plain) return text;
        throw new IllegalArgumentException("has absolute paths without '..', not '" + text + "'");
    }
}
