package dev.rootbound.engine;

import dev.rootbound.idmap.Tenant;
import java.io.IOException;
import java.util.List;
import java.util.Optional;

/**
 * Which tenant the peer of a request is. Its uid is the kernel's word; whose it is, is decided
 * here: a running container's ids act for that container's tenant, a subordinate id for its owner,
 * and what is nobody's is refused, else one user would be as many tenants as ids.
 */
final class Peers {
    private final Containers containers;
    private final HostUsers users;

    Peers(Containers containers, HostUsers users) {
        this.containers = containers;
        this.users = users;
    }

    Caller caller(long uid, long gid, List<Long> groups) throws IOException {
        if (uid == 0) {
            return new Caller(new Tenant(0), uid, gid, groups);
        }
        var leased = leaseHolder(uid);
        return leased.isPresent()
                ? new Caller(leased.get(), uid, gid, groups, true)
                : new Caller(user(uid), uid, gid, groups);
    }

    /** The user who has this uid, as its own or as a subordinate one. */
    private Tenant user(long uid) throws IOException {
        var line = users.subordinates().ownerOf(uid);
        var owner = users.uid(line.isPresent() ? line.get().owner() : Long.toString(uid));
        if (owner.isEmpty()) {
            throw new EngineException.Denied(
                    "uid "
                            + uid
                            + " may not use this engine: it is no user of this host, no container's,"
                            + " and in no user's line of /etc/subuid");
        }
        return new Tenant(owner.getAsLong());
    }

    private Optional<Tenant> leaseHolder(long uid) {
        return containers.all().stream()
                .map(ContainerEntry::container)
                .filter(c -> c.ids() != null && c.ids().toInside(uid).isPresent())
                .map(Container::tenant)
                .findFirst();
    }
}
