package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import java.util.ArrayList;
import java.util.List;

/** Whether a lease is its container's alone; pure. */
final class LeaseChecks {
    private final Ledger ledger;

    LeaseChecks(Ledger ledger) {
        this.ledger = ledger;
    }

    void check(Claim claim, HostIdentities host) {
        var conflicts = new ArrayList<String>();
        for (var range : claim.ids().outside()) conflicts.addAll(conflicts(range, host));
        host.leases()
                .forEach((range, holders) -> {
                    boolean own = holders.contains(claim.bundle().toString());
                    if (claim.ids().outside().stream().anyMatch(range::overlaps) && !own) {
                        conflicts.add("ids " + range + " are leased to " + holders);
                    }
                });
        for (var conflict : conflicts) {
            ledger.add(Subject.DISJOINT, false, "", conflict);
        }
        if (conflicts.isEmpty()) {
            ledger.add(
                    Subject.DISJOINT,
                    true,
                    "",
                    "ids %s: none of %d users, %d groups, %d subordinate ranges, %d other leases"
                            .formatted(
                                    claim.ids().outsideText(),
                                    host.users().byId().size(),
                                    host.groups().byId().size(),
                                    others(host.subuids()).size() + others(host.subgids()).size(),
                                    host.leases().values().stream()
                                            .filter(h -> !h.contains(claim.bundle().toString()))
                                            .count()));
        }
    }

    private static List<SubidFile.Line> others(SubidFile file) {
        return file.lines().stream()
                .filter(line -> !line.owner().equals(HostIdentities.POOL))
                .toList();
    }

    /** Whether two containers have an id in common. */
    static boolean overlap(Claim one, Claim other) {
        return one.ids().outside().stream()
                .anyMatch(range -> other.ids().outside().stream().anyMatch(range::overlaps));
    }

    /** What of somebody else's is in a range of ours, a sentence each. */
    static List<String> conflicts(IdRange range, HostIdentities host) {
        var conflicts = new ArrayList<String>();
        host.users().byId().forEach((id, name) -> addIf(range, id, "user " + name, conflicts));
        host.groups().byId().forEach((id, name) -> addIf(range, id, "group " + name, conflicts));
        for (var line : others(host.subuids())) {
            addIf(range, line, "/etc/subuid", conflicts);
        }
        for (var line : others(host.subgids())) {
            addIf(range, line, "/etc/subgid", conflicts);
        }
        if (range.overlaps(IdRange.FOREIGN)) {
            conflicts.add("ids " + range + " overlap the foreign range " + IdRange.FOREIGN);
        }
        return conflicts;
    }

    private static void addIf(IdRange range, long id, String whose, List<String> conflicts) {
        if (range.contains(id)) {
            conflicts.add("id " + id + " is " + whose);
        }
    }

    private static void addIf(
            IdRange range, SubidFile.Line line, String file, List<String> conflicts) {
        if (range.overlaps(line.range())) {
            conflicts.add("ids " + line.range() + " are " + line.owner() + "'s in " + file);
        }
    }
}
