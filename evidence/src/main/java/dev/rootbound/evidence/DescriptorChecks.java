package dev.rootbound.evidence;

import dev.rootbound.linux.Shown;
import java.util.Set;

/**
 * Whether what a process holds is of its own mounts; pure. Pipes, sockets and events have no path:
 * they lead to whoever holds their other end, as the monitor's streams do.
 */
final class DescriptorChecks {
    private final Ledger ledger;
    private final Set<Long> hostMounts;

    /**
     * @param hostMounts the ids of the mounts that we see ourselves
     */
    DescriptorChecks(Set<Long> hostMounts, Ledger ledger) {
        this.hostMounts = Set.copyOf(hostMounts);
        this.ledger = ledger;
    }

    /**
     * @param mounts the ids of the mounts of its mount namespace
     * @param members the pids of the container
     * @param namespaces the inodes of the container's namespaces
     */
    void check(ProcessFacts process, Set<Long> mounts, Set<Long> members, Set<Long> namespaces) {
        var whose = "pid " + process.title();
        int inside = 0;
        for (var each : process.held().descriptors()) {
            if (isInside(each, mounts, members, namespaces)) {
                inside++;
            } else {
                ledger.add(
                        Subject.DESCRIPTORS,
                        false,
                        whose,
                        each.name() + " is " + Shown.of(each.target()) + ", outside of it");
            }
        }
        boolean all = process.held().all();
        ledger.add(
                Subject.DESCRIPTORS,
                all,
                whose,
                inside + " inside" + (all ? "" : "; it has more than were looked at"));
    }

    private boolean isInside(
            Descriptor held, Set<Long> mounts, Set<Long> members, Set<Long> namespaces) {
        if (held.process() != 0) {
            return members.contains(held.process());
        }
        if (held.isPathless()) {
            return isNoNamespaceOfOthers(held.target(), namespaces);
        }
        if (held.isNamedMemory() && !hostMounts.contains(held.mount())) {
            return true;
        }
        return mounts.contains(held.mount());
    }

    /** {@code mnt:[4026531841]} is a way into that namespace. */
    private static boolean isNoNamespaceOfOthers(String target, Set<Long> namespaces) {
        var type = target.substring(0, Math.max(0, target.indexOf(':')));
        if (!type.equals("user") && !ProcessFacts.TYPES.contains(type)) {
            return true;
        }
        var inode = target.replaceAll("[^0-9]", "");
        return !inode.isEmpty() && namespaces.contains(Long.parseLong(inode));
    }
}
