package dev.rootbound.runtime;

import java.util.Collection;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Locale;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * Sets of capabilities(7) by name, {@code CAP_CHOWN}. They are worth something inside the
 * container's user namespace only.
 */
public final class Capabilities {
    /** All, by number: include/uapi/linux/capability.h. */
    public static final List<String> ALL =
            List.of(
                    "CAP_CHOWN",
                    "CAP_DAC_OVERRIDE",
                    "CAP_DAC_READ_SEARCH",
                    "CAP_FOWNER",
                    "CAP_FSETID",
                    "CAP_KILL",
                    "CAP_SETGID",
                    "CAP_SETUID",
                    "CAP_SETPCAP",
                    "CAP_LINUX_IMMUTABLE",
                    "CAP_NET_BIND_SERVICE",
                    "CAP_NET_BROADCAST",
                    "CAP_NET_ADMIN",
                    "CAP_NET_RAW",
                    "CAP_IPC_LOCK",
                    "CAP_IPC_OWNER",
                    "CAP_SYS_MODULE",
                    "CAP_SYS_RAWIO",
                    "CAP_SYS_CHROOT",
                    "CAP_SYS_PTRACE",
                    "CAP_SYS_PACCT",
                    "CAP_SYS_ADMIN",
                    "CAP_SYS_BOOT",
                    "CAP_SYS_NICE",
                    "CAP_SYS_RESOURCE",
                    "CAP_SYS_TIME",
                    "CAP_SYS_TTY_CONFIG",
                    "CAP_MKNOD",
                    "CAP_LEASE",
                    "CAP_AUDIT_WRITE",
                    "CAP_AUDIT_CONTROL",
                    "CAP_SETFCAP",
                    "CAP_MAC_OVERRIDE",
                    "CAP_MAC_ADMIN",
                    "CAP_SYSLOG",
                    "CAP_WAKE_ALARM",
                    "CAP_BLOCK_SUSPEND",
                    "CAP_AUDIT_READ",
                    "CAP_PERFMON",
                    "CAP_BPF",
                    "CAP_CHECKPOINT_RESTORE");

    /** Docker's 14 without NET_RAW (ping needs none here), MKNOD and AUDIT_WRITE. */
    public static final Set<String> DEFAULT =
            inOrder(
                    Set.of(
                            "CAP_CHOWN",
                            "CAP_DAC_OVERRIDE",
                            "CAP_FOWNER",
                            "CAP_FSETID",
                            "CAP_KILL",
                            "CAP_SETGID",
                            "CAP_SETUID",
                            "CAP_SETPCAP",
                            "CAP_NET_BIND_SERVICE",
                            "CAP_SYS_CHROOT",
                            "CAP_SETFCAP"));

    private static final String EVERY = "ALL";

    private Capabilities() {}

    /**
     * The bounding set of a container: Docker's rules (added ALL minus dropped; dropped ALL plus
     * added; else default minus dropped plus added).
     *
     * @param add names with or without {@code CAP_}, in any case, or {@code ALL}
     * @param known what the kernel and the engine's own bounding set have, see {@link #ofMask}; the
     *     rest is left out, because the runtime could not give it
     */
    public static Set<String> of(
            List<String> add, List<String> drop, boolean privileged, Set<String> known)
            throws InvalidSpec {
        var added = names(add);
        var dropped = names(drop);
        var caps = new TreeSet<>(privileged ? ALL : tweaked(added, dropped));
        caps.retainAll(known);
        return inOrder(caps);
    }

    private static Collection<String> tweaked(Set<String> added, Set<String> dropped) {
        if (added.contains(EVERY)) {
            return without(ALL, dropped);
        }
        if (dropped.contains(EVERY)) {
            return added;
        }
        var caps = without(DEFAULT, dropped);
        caps.addAll(added);
        return caps;
    }

    private static Set<String> without(Collection<String> caps, Set<String> dropped) {
        var left = new TreeSet<>(caps);
        left.removeAll(dropped);
        return left;
    }

    private static Set<String> names(List<String> texts) throws InvalidSpec {
        var names = new TreeSet<String>();
        for (var text : texts) {
            names.add(name(text));
        }
        return names;
    }

    private static String name(String text) throws InvalidSpec {
        var upper = text.toUpperCase(Locale.ROOT);
        if (upper.equals(EVERY)) {
            return EVERY;
        }
        var name = upper.startsWith("CAP_") ? upper : "CAP_" + upper;
        if (!ALL.contains(name)) {
            throw new InvalidSpec("unknown capability: \"" + text + "\"");
        }
        return name;
    }

    /** The names of a mask such as {@code CapBnd} of /proc/PID/status. */
    public static Set<String> ofMask(long mask) {
        return IntStream.range(0, ALL.size())
                .filter(n -> (mask >> n & 1) == 1)
                .mapToObj(ALL::get)
                .collect(Collectors.toCollection(LinkedHashSet::new));
    }

    /** By number, so that bundles and messages do not change from run to run. */
    static Set<String> inOrder(Set<String> caps) {
        return ALL.stream()
                .filter(caps::contains)
                .collect(
                        Collectors.collectingAndThen(
                                Collectors.toCollection(LinkedHashSet::new),
                                java.util.Collections::unmodifiableSet));
    }
}
