package dev.rootbound.evidence;

import dev.rootbound.idmap.IdMap;
import dev.rootbound.idmap.IdMaps;
import dev.rootbound.linux.ProcFile;
import java.util.ArrayList;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;

/** Who a process is and what its capabilities are worth; pure. */
final class ProcessChecks {
    private final Claim claim;
    private final long hostUser;
    private final long containerUser;
    private final Ledger ledger;

    /**
     * @param hostUser the inode of the user namespace that we are in
     * @param containerUser of the user namespace of the container's first process
     */
    ProcessChecks(Claim claim, long hostUser, long containerUser, Ledger ledger) {
        this.claim = claim;
        this.hostUser = hostUser;
        this.containerUser = containerUser;
        this.ledger = ledger;
    }

    /**
     * @param startTime of the process that has the pid now
     * @param cgroups the text of its /proc/PID/cgroup
     */
    void first(Optional<ProcessFacts> process, OptionalLong startTime, String cgroups) {
        var pid = "pid " + claim.pid();
        if (process.isEmpty() || startTime.isEmpty()) {
            ledger.add(Subject.FIRST_PROCESS, false, "", pid + " is no process any more");
            return;
        }
        boolean same = startTime.getAsLong() == claim.startTime();
        boolean inside = CgroupPath.anyIsOf(cgroups, claim.id());
        ledger.add(
                Subject.FIRST_PROCESS,
                same && inside,
                "pid " + process.get().title(),
                "started at tick "
                        + startTime.getAsLong()
                        + (same ? "" : ", not at " + claim.startTime())
                        + (inside ? "; its cgroup is called " : "; its cgroup is not called ")
                        + claim.id());
    }

    void check(ProcessFacts process) {
        maps(process);
        ids(process);
        namespace(process);
        capabilities(process);
        if (!process.isOfAnother(claim)) {
            restrictions(process);
        }
    }

    private void add(Subject subject, boolean holds, ProcessFacts process, String found) {
        ledger.add(subject, holds, "pid " + process.title(), found);
    }

    /** Maps read from here have the host's ids outside, whatever namespaces are in between. */
    private void maps(ProcessFacts process) {
        boolean own = process.user().inode() == containerUser;
        boolean holds =
                isClaimed(process.uidMap(), claim.ids().uids(), own)
                        && isClaimed(process.gidMap(), claim.ids().gids(), own);
        var uids = oneLine(process.uidMap());
        var gids = oneLine(process.gidMap());
        add(
                Subject.MAPS,
                holds,
                process,
                "uid_map " + uids + ", gid_map " + gids + ", setgroups " + process.setgroups());
    }

    /** One of a namespace further in has ids of it, and may be empty: it gives no ids at all. */
    private static boolean isClaimed(String map, IdMap claimed, boolean whole) {
        return whole
                ? oneLine(map).equals(oneLine(claimed.procText()))
                : ProcFile.lines(map).stream()
                        .filter(line -> !line.isBlank())
                        .map(line -> line.strip().split("\\s+"))
                        .allMatch(f -> has(claimed, Long.parseLong(f[1]), Long.parseLong(f[2])));
    }

    private static boolean has(IdMap claimed, long first, long size) {
        return claimed.entries().stream()
                .map(IdMap.Entry::outside)
                .anyMatch(range -> range.first() <= first && first + size <= range.end());
    }

    private static String oneLine(String map) {
        return map.strip().replaceAll("\\n\\s*", "; ").replaceAll("[ \\t]+", " ");
    }

    private void ids(ProcessFacts process) {
        var found = new LinkedHashSet<String>();
        boolean holds = true;
        for (var task : process.tasks()) {
            var strangers = strangers(task, claim.ids());
            holds &= strangers.isEmpty();
            found.add(
                    idText(task) + (strangers.isEmpty() ? "" : ": not of the lease: " + strangers));
        }
        add(Subject.IDS, holds, process, String.join("; another thread: ", found));
    }

    private static Set<Long> strangers(Task task, IdMaps ids) {
        return task.ids().stream()
                .filter(id -> !ids.contains(id))
                .collect(Collectors.toCollection(TreeSet::new));
    }

    private static String idText(Task task) {
        return "uids "
                + same(task.uids())
                + ", gids "
                + same(task.gids())
                + ", groups "
                + (task.groups().isEmpty() ? "none" : join(task.groups()));
    }

    /** All four are one nearly always. */
    private static String same(List<Long> ids) {
        return Set.copyOf(ids).size() == 1 ? "all " + ids.getFirst() : join(ids);
    }

    private static String join(List<Long> ids) {
        return ids.stream().map(String::valueOf).collect(Collectors.joining(" "));
    }

    private void namespace(ProcessFacts process) {
        var user = process.user();
        if (user.inode() == hostUser) {
            add(Subject.NAMESPACE, false, process, "in the host's user namespace " + hostUser);
            return;
        }
        boolean below = user.isBelow(hostUser);
        boolean ours = user.inode() == containerUser || user.isBelow(containerUser);
        boolean made = user.ownerUid() == 0 || claim.ids().contains(user.ownerUid());
        add(
                Subject.NAMESPACE,
                below && ours && made,
                process,
                "user namespace "
                        + user.inode()
                        + (ours ? "" : ", not the container's " + containerUser)
                        + (below ? ", below the host's " : ", not below the host's ")
                        + hostUser
                        + ", made by uid "
                        + user.ownerUid());
    }

    /**
     * user_namespaces(7): a process has no capability in a namespace that its user namespace is not
     * or is not around, whatever its sets say.
     */
    private void capabilities(ProcessFacts process) {
        boolean below = process.user().inode() != hostUser && process.user().isBelow(hostUser);
        var sets = new LinkedHashSet<String>();
        for (var task : process.tasks()) {
            sets.add(
                    "effective %x, permitted %x, bounding %x"
                            .formatted(
                                    task.effective(),
                                    task.capabilities().getOrDefault("CapPrm", 0L),
                                    task.capabilities().getOrDefault("CapBnd", 0L)));
        }
        add(
                Subject.CAPABILITIES,
                below,
                process,
                String.join("; another thread: ", sets)
                        + (below
                                ? "; they count in " + owned(process) + " and nowhere around"
                                : "; they count on the host"));
    }

    private static String owned(ProcessFacts process) {
        var own = new ArrayList<>(List.of("user"));
        var others = new ArrayList<String>();
        process.namespaces()
                .forEach((type, namespace) -> {
                    boolean owned = namespace.owner() == process.user().inode();
                    (owned ? own : others).add(type);
                });
        return "its own namespaces ("
                + String.join(" ", own)
                + ")"
                + (others.isEmpty()
                        ? ""
                        : ", not in those of others (" + String.join(" ", others) + ")");
    }

    private void restrictions(ProcessFacts process) {
        boolean privileges = process.tasks().stream().allMatch(Task::noNewPrivileges);
        add(
                Subject.NO_NEW_PRIVILEGES,
                privileges || !claim.noNewPrivileges(),
                process,
                "no_new_privs "
                        + (privileges ? "set" : "not set")
                        + (claim.noNewPrivileges() ? ", asked for" : ", not asked for"));
        int seccomp = process.tasks().stream().mapToInt(Task::seccomp).min().orElse(0);
        add(
                Subject.SECCOMP,
                seccomp > 0 || !claim.filtered(),
                process,
                "seccomp mode " + seccomp + (claim.filtered() ? "" : ", as was asked"));
    }
}
