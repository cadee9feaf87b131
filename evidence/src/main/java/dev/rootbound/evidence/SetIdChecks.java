package dev.rootbound.evidence;

import java.util.stream.Collectors;

/**
 * What the set-user-ID files in directories of the host's give; pure. One that a container can have
 * left there gives the rights of its tenant and no others: who could make it is its owner as the
 * container sees it, what it gives is its owner on disk.
 */
final class SetIdChecks {
    private static final int NAMED = 5;

    private final Claim claim;
    private final TenantIds ofTenant;
    private final Ledger ledger;

    SetIdChecks(Claim claim, TenantIds ofTenant, Ledger ledger) {
        this.claim = claim;
        this.ofTenant = ofTenant;
        this.ledger = ledger;
    }

    /**
     * All below one directory.
     *
     * @param place that directory's owner: where the tenant is root, its files are that user's
     */
    void check(SetIdFiles files, HostMount.Owner place) {
        int own = 0;
        int others = 0;
        for (var file : files.found()) {
            boolean made = isMade(file);
            if (made && !gives(file, place)) {
                ledger.add(
                        Subject.SET_IDS, false, "", text(file) + ": the container can make such");
            } else if (made) {
                own++;
            } else {
                others++;
            }
        }
        var first =
                files.found().stream()
                        .limit(NAMED)
                        .map(SetIdChecks::text)
                        .collect(Collectors.joining(", "));
        ledger.add(
                Subject.SET_IDS,
                true,
                "",
                "%s: %s%d files%s: %d set-user-ID or set-group-ID that it can have left, its tenant's; %d that it cannot%s"
                        .formatted(
                                files.path(),
                                files.whole() ? "" : "the first ",
                                files.files(),
                                files.whole() ? "" : " (more were not looked at)",
                                own,
                                others,
                                first.isEmpty() ? "" : ": " + first));
    }

    private static String text(SetIdFiles.File file) {
        return "%s (%04o) of %d:%d"
                .formatted(file.path(), file.mode() & 07777, file.disk().uid(), file.disk().gid());
    }

    /** Only who has an owner's id can make such a file of it. */
    private boolean isMade(SetIdFiles.File file) {
        return claim.ids().uids().toInside(file.seen().uid()).isPresent();
    }

    /** Whether it gives nothing that the tenant has not. */
    private boolean gives(SetIdFiles.File file, HostMount.Owner place) {
        boolean user = !file.setsUser() || ofTenant.has(file.disk().uid(), place.uid());
        boolean group = !file.setsGroup() || ofTenant.has(file.disk().gid(), place.gid());
        return user && group;
    }

    /** After the last one. */
    void end() {
        if (!ledger.has(Subject.SET_IDS)) {
            ledger.add(Subject.SET_IDS, true, "", "no directory of the host's is in it");
        }
    }
}
