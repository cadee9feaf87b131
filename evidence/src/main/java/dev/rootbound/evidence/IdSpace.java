package dev.rootbound.evidence;

import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import java.util.ArrayList;
import java.util.Collection;
import java.util.Comparator;
import java.util.List;
import java.util.function.Predicate;

/**
 * What of the 2^32 ids of a host is whose.
 *
 * @param spans by their first ids; some lie in others
 * @param conflicts what is two parties', a sentence each
 */
public record IdSpace(List<Span> spans, List<String> conflicts) {
    /** What a span is. */
    public enum Kind {
        /** The host's own users and groups, used or not. */
        HOST,
        /** A range that systemd keeps. */
        RESERVED,
        /** A line of /etc/subuid or /etc/subgid. */
        SUBORDINATE,
        /** Such a line that leases are given from. */
        POOL,
        /** A running container's. */
        LEASE,
        /** The owners of files in the store. */
        STORE
    }

    /**
     * @param owner a user, a tenant, or what it is for
     * @param container of a lease, its name, if it is one of this engine
     * @param source where that is written
     */
    public record Span(IdRange range, Kind kind, String owner, String container, String source) {}

    public IdSpace {
        spans =
                spans.stream()
                        .sorted(
                                Comparator.comparingLong((Span span) -> span.range().first())
                                        .thenComparing(Span::kind))
                        .toList();
        conflicts = List.copyOf(conflicts);
    }

    /**
     * All that there is; for host root.
     *
     * @param named which containers' names are told
     */
    public static IdSpace of(
            HostIdentities host, Collection<Claim> claims, Predicate<Claim> named) {
        var spans = new ArrayList<Span>();
        spans.add(new Span(new IdRange(0, 65_536), Kind.HOST, "users and groups", "", "passwd(5)"));
        KnownRanges.SYSTEMD.stream()
                .filter(known -> known.range().size() > 1)
                .map(k -> new Span(k.range(), Kind.RESERVED, k.purpose(), "", "UIDS-GIDS"))
                .forEach(spans::add);
        spans.add(new Span(IdRange.FOREIGN, Kind.STORE, "files in the store", "", "UIDS-GIDS"));
        lines(host.subuids(), "/etc/subuid", spans);
        lines(host.subgids(), "/etc/subgid", spans);
        for (var claim : claims) {
            spans.addAll(leases(claim, host, named));
        }
        host.leases()
                .forEach((range, holders) -> {
                    if (claims.stream()
                            .noneMatch(c -> c.ids().outside().stream().anyMatch(range::overlaps))) {
                        spans.add(
                                new Span(
                                        range,
                                        Kind.LEASE,
                                        "another engine",
                                        "",
                                        String.join(" ", holders)));
                    }
                });
        return new IdSpace(spans, conflicts(host, claims, named));
    }

    /** What is a tenant's: its containers' leases and its own lines. */
    public static IdSpace ofTenant(HostIdentities host, Collection<Claim> claims, long uid) {
        var spans = new ArrayList<Span>();
        claims.stream()
                .filter(claim -> claim.tenant().uid() == uid)
                .forEach(claim -> spans.addAll(leases(claim, host, _ -> true)));
        var name = host.users().of(uid).orElse("" + uid);
        for (var range : host.subuids().rangesOf(name, uid)) {
            spans.add(new Span(range, Kind.SUBORDINATE, name, "", "/etc/subuid"));
        }
        for (var range : host.subgids().rangesOf(name, uid)) {
            spans.add(new Span(range, Kind.SUBORDINATE, name, "", "/etc/subgid"));
        }
        return new IdSpace(spans, List.of());
    }

    private static List<Span> leases(Claim claim, HostIdentities host, Predicate<Claim> named) {
        long uid = claim.tenant().uid();
        var tenant = host.users().of(uid).orElse("" + uid);
        var source = "pid " + claim.pid();
        var name = named.test(claim) ? claim.name() : "";
        return claim.ids().outside().stream()
                .map(range -> new Span(range, Kind.LEASE, tenant, name, source))
                .toList();
    }

    private static void lines(SubidFile file, String source, List<Span> spans) {
        for (var line : file.lines()) {
            boolean pool = line.owner().equals(HostIdentities.POOL);
            var kind = pool ? Kind.POOL : Kind.SUBORDINATE;
            spans.add(new Span(line.range(), kind, line.owner(), "", source));
        }
    }

    /**
     * What of the pool or a lease is also somebody else's. The engine leases none of that: what is
     * told of a lease came into being after it was given.
     */
    private static List<String> conflicts(
            HostIdentities host, Collection<Claim> claims, Predicate<Claim> named) {
        var conflicts = new ArrayList<String>();
        for (var range : host.subuids().rangesOf(HostIdentities.POOL, -1)) {
            add("the pool ", range, LeaseChecks.conflicts(range, host), conflicts);
            for (var known : KnownRanges.SYSTEMD) {
                if (known.range().overlaps(range)) {
                    conflicts.add(
                            "the pool "
                                    + range
                                    + ": "
                                    + known.range()
                                    + " are kept for "
                                    + known.purpose());
                }
            }
        }
        if (!host.subuids()
                .rangesOf(HostIdentities.POOL, -1)
                .equals(host.subgids().rangesOf(HostIdentities.POOL, -1))) {
            conflicts.add("the pool is not the same in /etc/subuid and /etc/subgid");
        }
        for (var claim : claims) {
            for (var range : claim.ids().outside()) {
                var found = LeaseChecks.conflicts(range, host);
                add(text(claim, named) + ", ", range, found, conflicts);
            }
            for (var other : claims) {
                if (isBefore(claim, other) && LeaseChecks.overlap(claim, other)) {
                    conflicts.add(text(claim, named) + " and " + text(other, named) + " share ids");
                }
            }
        }
        return conflicts;
    }

    private static String text(Claim claim, Predicate<Claim> named) {
        return named.test(claim)
                ? "container " + claim.name()
                : "a container of tenant " + claim.tenant().uid();
    }

    /** A container that joins another's user namespace has the same lease, all of it. */
    private static boolean isBefore(Claim one, Claim other) {
        return one.ids().rootUid() < other.ids().rootUid();
    }

    private static void add(
            String what, IdRange range, List<String> found, List<String> conflicts) {
        found.forEach(each -> conflicts.add(what + range + ": " + each));
    }
}
