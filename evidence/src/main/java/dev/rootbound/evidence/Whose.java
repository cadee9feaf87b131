package dev.rootbound.evidence;

import dev.rootbound.evidence.IdOwner.Kind;
import dev.rootbound.idmap.IdRange;
import dev.rootbound.idmap.SubidFile;
import dev.rootbound.linux.MountLine;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.stream.Collectors;

/** Tells whose an id of the host is; pure. */
public final class Whose {
    /** Two kinds of ids with the same numbers and other owners. */
    public enum Ids {
        UID,
        GID;

        /** As it is written: {@code uid}. */
        public String text() {
            return name().toLowerCase(Locale.ROOT);
        }
    }

    private final HostIdentities host;
    private final List<Claim> claims;
    private final Predicate<Claim> visible;
    private final boolean root;

    /**
     * @param claims of all running containers of the engine
     * @param visible which of them the asker may know of
     * @param root whether the asker may know of other engines' containers
     */
    public Whose(
            HostIdentities host, Collection<Claim> claims, Predicate<Claim> visible, boolean root) {
        this.host = host;
        this.claims = List.copyOf(claims);
        this.visible = visible;
        this.root = root;
    }

    /**
     * @param subject what has the id, for the sentence: {@code uid 5} itself, or a file's absolute
     *     path
     */
    public IdOwner of(Ids ids, long id, String subject) {
        var leased =
                claims.stream().filter(claim -> inside(ids, claim, id).isPresent()).findFirst();
        if (leased.isPresent()) {
            return container(ids, leased.get(), id, subject);
        }
        for (var lease : host.leases().entrySet()) {
            if (lease.getKey().contains(id)) {
                return anotherEngines(lease.getKey(), lease.getValue(), id, subject);
            }
        }
        var name = (ids == Ids.UID ? host.users() : host.groups()).of(id);
        if (name.isPresent()) {
            var what = ids == Ids.UID ? "user " : "group ";
            return other(Kind.REAL, subject, "is the host's " + what + name.get());
        }
        if (IdRange.FOREIGN.contains(id)) {
            return stored(ids, id, subject);
        }
        return subordinate(ids, id)
                .map(line -> subordinate(ids, id, line, subject))
                .orElseGet(() -> unknown(id, subject));
    }

    private IdOwner container(Ids ids, Claim claim, long id, String subject) {
        if (!visible.test(claim)) {
            return other(Kind.ANOTHER_TENANTS, subject, "is another tenant's");
        }
        return in(claim, ids, inside(ids, claim, id).orElseThrow(), subject);
    }

    private static OptionalLong inside(Ids ids, Claim claim, long id) {
        return (ids == Ids.UID ? claim.ids().uids() : claim.ids().gids()).toInside(id);
    }

    private IdOwner in(Claim claim, Ids ids, long inside, String subject) {
        long tenant = claim.tenant().uid();
        var joined =
                claims.stream()
                        .filter(other -> other.ids().equals(claim.ids()) && !other.equals(claim))
                        .map(other -> ", and in " + other.name() + " that shares its ids")
                        .collect(Collectors.joining());
        return new IdOwner(
                subject,
                Kind.CONTAINER,
                claim.id(),
                claim.name(),
                tenant,
                inside,
                "%s is %s %d in container %s (%.12s) of tenant %s"
                                .formatted(
                                        subject,
                                        ids.text(),
                                        inside,
                                        claim.name(),
                                        claim.id(),
                                        tenantText(tenant))
                        + joined);
    }

    private String tenantText(long uid) {
        return host.users().of(uid).map(name -> name + " (" + uid + ")").orElse("" + uid);
    }

    private IdOwner anotherEngines(IdRange lease, List<String> holders, long id, String subject) {
        var where = root && !holders.isEmpty() ? ", in " + String.join(" and ", holders) : "";
        return new IdOwner(
                subject,
                Kind.ANOTHER_ENGINES,
                "",
                "",
                null,
                root ? id - lease.first() : null,
                subject + " is leased to a container of another engine" + where);
    }

    /** A path of a container's files tells whose they are; the id does not. */
    private IdOwner stored(Ids ids, long id, String subject) {
        long inside = id - IdRange.FOREIGN.first();
        for (var claim : claims) {
            if (visible.test(claim) && MountLine.isBelow(subject, claim.writable().toString())) {
                return in(claim, ids, inside, subject);
            }
        }
        return new IdOwner(
                subject,
                Kind.STORED,
                "",
                "",
                null,
                inside,
                "%s is that of files in the store: %s %d inside of whichever container they are in"
                        .formatted(subject, ids.text(), inside));
    }

    private Optional<SubidFile.Line> subordinate(Ids ids, long id) {
        return (ids == Ids.UID ? host.subuids() : host.subgids()).ownerOf(id);
    }

    private IdOwner subordinate(Ids ids, long id, SubidFile.Line line, String subject) {
        if (line.owner().equals(HostIdentities.POOL)) {
            return other(
                    Kind.FREE,
                    subject,
                    "is in the pool of containers' ids, and no container's now");
        }
        return other(
                Kind.SUBORDINATE,
                subject,
                "is the subordinate id %d of %s, by its line %s:%d:%d in /etc/sub%s"
                        .formatted(
                                id - line.range().first(),
                                line.owner(),
                                line.owner(),
                                line.range().first(),
                                line.range().size(),
                                ids.text()));
    }

    private static IdOwner unknown(long id, String subject) {
        var known = KnownRanges.of(id);
        return known.isPresent()
                ? other(Kind.RESERVED, subject, "is in a range kept for " + known.get().purpose())
                : other(Kind.NOBODYS, subject, "is nobody's");
    }

    private static IdOwner other(Kind kind, String subject, String rest) {
        return new IdOwner(subject, kind, "", "", null, null, subject + " " + rest);
    }
}
